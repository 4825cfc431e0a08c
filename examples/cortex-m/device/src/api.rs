//! The routes of the device, for a firmware without a router of its own.

use core::fmt::Write as _;

use crate::device::{Device, PAGE, Text};

/// What arrived, as far as the application looks at it.
#[derive(Clone, Copy, Debug)]
pub struct Request<'r> {
    /// The method.
    pub method: &'r str,
    /// The target without its query.
    pub path: &'r str,
    /// The content.
    pub body: &'r [u8],
}

/// What the application answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The value of `Content-Type`.
    pub content_type: &'static str,
    /// A field of the application's own.
    pub field: Option<(&'static str, Text)>,
    /// The content.
    pub body: Body,
}

/// Content in flash, or made for the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// In flash.
    Fixed(&'static str),
    /// Made for the request.
    Made(Text),
}

impl Body {
    /// The text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Fixed(text) => text,
            Self::Made(text) => text,
        }
    }
}

impl Answer {
    fn json(body: Text) -> Self {
        Self { status: 200, content_type: "application/json", field: None, body: Body::Made(body) }
    }

    /// An answer that is a sentence.
    pub const fn plain(status: u16, text: &'static str) -> Self {
        Self { status, content_type: "text/plain", field: None, body: Body::Fixed(text) }
    }

    fn with_field(mut self, name: &'static str, value: Text) -> Self {
        self.field = Some((name, value));
        self
    }
}

/// Answers a request that CORS and the verdicts beside it have let through.
pub fn answer(device: &Device, request: &Request<'_>) -> Answer {
    let not_allowed = |methods: &'static str| {
        let mut allow = Text::new();
        // The lists of methods below are shorter than 32 bytes.
        let _ = allow.push_str(methods);
        Answer::plain(405, "method not allowed\n").with_field("Allow", allow)
    };
    match (request.path, request.method) {
        ("/", "GET" | "HEAD") => {
            Answer { status: 200, content_type: "text/html; charset=utf-8", field: None, body: Body::Fixed(PAGE) }
        }
        ("/", _) => not_allowed("GET, HEAD"),
        ("/api/lamp", "GET" | "HEAD") => Answer::json(device.lamp()),
        ("/api/lamp", "PUT") => match device.switch(request.body) {
            true => Answer::json(device.lamp()),
            false => Answer::plain(422, "the body is neither on nor off\n"),
        },
        ("/api/lamp", _) => not_allowed("GET, HEAD, PUT"),
        ("/api/lamp/toggle", "POST") => {
            device.toggle();
            Answer::json(device.lamp())
        }
        ("/api/lamp/toggle", _) => not_allowed("POST"),
        ("/api/sensor", "GET" | "HEAD") => {
            let (text, readings) = device.sensor();
            let mut count = Text::new();
            let _ = write!(count, "{readings}");
            Answer::json(text).with_field("X-Readings", count)
        }
        ("/api/sensor", _) => not_allowed("GET, HEAD"),
        _ => Answer::plain(404, "not found\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(device: &Device, method: &str, path: &str, body: &str) -> (u16, std::string::String) {
        let answer = answer(device, &Request { method, path, body: body.as_bytes() });
        (answer.status, answer.body.as_str().into())
    }

    #[test]
    fn the_lamp_is_switched() {
        let device = Device::new();
        assert_eq!(ask(&device, "GET", "/api/lamp", ""), (200, "{\"on\":false}".into()));
        assert_eq!(ask(&device, "PUT", "/api/lamp", "on"), (200, "{\"on\":true}".into()));
        assert_eq!(ask(&device, "PUT", "/api/lamp", "dim").0, 422);
        assert_eq!(ask(&device, "POST", "/api/lamp/toggle", ""), (200, "{\"on\":false}".into()));
        assert_eq!(ask(&device, "DELETE", "/api/lamp", "").0, 405);
        assert_eq!(ask(&device, "GET", "/lamp", "").0, 404);
    }

    #[test]
    fn the_sensor_counts_its_readings() {
        let device = Device::new();
        for readings in 1..=70_u32 {
            let answer = answer(&device, &Request { method: "GET", path: "/api/sensor", body: b"" });
            let (name, value) = answer.field.expect("a field");
            assert_eq!((name, value.as_str()), ("X-Readings", std::format!("{readings}").as_str()));
            assert!(answer.body.as_str().starts_with("{\"celsius\":2"), "{}", answer.body.as_str());
        }
    }
}
