//! Requests to the verdicts beside CORS, with all that a server may say about them.

use std::fmt::Write as _;

use corsac::{AbsentOrigin, GuardRequest, Question, Scheme, ScreenRequest};

use super::fault::{list, quoted, quoted_bytes};
use super::wire::WireRequest;

/// A request with what the server knows about itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct VerdictRequest {
    pub(crate) wire: WireRequest,
    pub(crate) scheme: Option<Scheme>,
    pub(crate) absent_origin: AbsentOrigin,
    pub(crate) own_names: Vec<String>,
}

impl VerdictRequest {
    pub(crate) fn new(wire: WireRequest) -> Self {
        Self { wire, scheme: None, absent_origin: AbsentOrigin::Pass, own_names: Vec::new() }
    }

    pub(crate) fn guard_request(&self) -> GuardRequest<'_> {
        let WireRequest { method, fields, marks } = &self.wire;
        let mut request =
            GuardRequest::from_fields(method, fields.iter().map(|(name, value)| (name, value.as_slice())))
                .with_absent_origin(self.absent_origin)
                .with_scheme(self.scheme);
        for &(field, fault) in marks {
            request.mark(field, fault);
        }
        request
    }

    /// The names that the device got at run time, as corsac wants them.
    pub(crate) fn own_names(&self) -> Vec<&str> {
        self.own_names.iter().map(String::as_str).collect()
    }

    pub(crate) fn screen_request<'s>(&'s self, own_names: &'s [&'s str]) -> ScreenRequest<'s> {
        let WireRequest { method, fields, marks } = &self.wire;
        let mut request =
            ScreenRequest::from_fields(method, fields.iter().map(|(name, value)| (name, value.as_slice())))
                .with_absent_origin(self.absent_origin)
                .with_own_names(own_names)
                .with_scheme(self.scheme);
        for &(field, fault) in marks {
            request.mark(field, fault);
        }
        request
    }

    /// The member of a vector that asks one of the questions, or, with `None`, that has the request screened.
    pub(crate) fn json(&self, question: Option<Question>) -> String {
        let WireRequest { method, fields, marks } = &self.wire;
        let fields = fields.iter().map(|(name, value)| format!("[{}, {}]", quoted_bytes(name), quoted_bytes(value)));
        let mut json = format!("\"{}\": {{", question.map_or("screen", Question::slug));
        if question.is_none_or(|question| question == Question::Guard) {
            let _ = write!(json, "\"method\": {}, ", quoted_bytes(method));
        }
        let _ = write!(json, "\"fields\": {}", list(fields));
        let is_about_origin = question != Some(Question::Host);
        if let Some(scheme) = self.scheme.filter(|_| is_about_origin) {
            let _ = write!(json, ", \"scheme\": \"{}\"", slug(scheme));
        }
        if is_about_origin && self.absent_origin == AbsentOrigin::Refuse {
            json.push_str(", \"absent_origin\": \"refuse\"");
        }
        if question.is_none_or(|question| question == Question::Host) && !self.own_names.is_empty() {
            let names = self.own_names.iter().map(|name| quoted(name.chars()));
            let _ = write!(json, ", \"own_names\": {}", list(names));
        }
        if !marks.is_empty() {
            let _ = write!(json, ", \"marks\": \"{marks:?}\"");
        }
        json + "}"
    }
}

/// The scheme as an origin has it.
pub(crate) fn slug(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Http => "http",
        Scheme::Https => "https",
    }
}
