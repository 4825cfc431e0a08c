//! Cases made of a seed, near the border between allowed and refused.

use corsac_browser::{Credentials, FetchCall};
use fastrand::Rng;

use crate::case::{Case, path};
use crate::options::Options;
use crate::rewrite::CLIENT_HINTS;

/// Hosts of the pages, and the one that has the origin `null`.
pub(crate) const PAGE_HOSTS: [&str; 6] =
    ["localhost", "127.0.0.1", "app.example", "x.app.example", "pr-7.app.example", "evil-app.example"];

/// Where the pages and the server are, and what else limits the cases.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain data, written by those who start the servers")]
pub struct Setting {
    /// The port of the pages, of whatever host.
    pub page_port: u16,
    /// The origin of the URLs that are called.
    pub url_origin: String,
    /// What the server behind the policy can be asked at all.
    pub reach: Reach,
}

/// Which requests a server passes on to what decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "each server is one of the two")]
pub enum Reach {
    /// Every request that a browser can make, answered with any status.
    Any,
    /// Those with methods in upper case that are registered and may have an answer.
    Registered,
}

impl Setting {
    /// The origins of the pages, `null` the last.
    pub fn page_origins(&self) -> Vec<String> {
        let mut origins: Vec<_> = PAGE_HOSTS.iter().map(|host| format!("http://{host}:{}", self.page_port)).collect();
        origins.push("null".to_owned());
        origins
    }
}

/// Makes the first cases of a seed: the same for the same seed and setting, however many there are.
pub fn cases(setting: &Setting, seed: u64, count: usize) -> Vec<Case> {
    (0..count).map(|id| case(setting, seed, id)).collect()
}

fn case(setting: &Setting, seed: u64, id: usize) -> Case {
    let number = u64::try_from(id).unwrap_or(u64::MAX);
    let mut source = Source { rng: Rng::with_seed(seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15)), setting };
    let page = source.page();
    let mut calls = vec![source.call(&page, id)];
    let repeats = source.percent(12);
    let mut options = source.options(&calls[0]);
    if repeats {
        // What is remembered for five seconds may be forgotten on a slow machine.
        options.max_age = source.pick(&[Some(0), Some(600), Some(600), Some(86_400)]);
    }
    let policy = options.repaired();
    // The preflight cache: the same URL again, with the same call or one near it.
    if repeats {
        for _ in 0..source.rng.usize(1..=2) {
            let again = source.call(&page, id);
            let mut next = if source.percent(75) { calls[0].clone() } else { again };
            if source.percent(30) {
                next.credentials = source.credentials();
            }
            calls.push(next);
        }
    }
    let status = match setting.reach {
        Reach::Any => source.pick(&[200, 200, 200, 201, 404, 500]),
        Reach::Registered => source.pick(&[200, 200, 404, 500]),
    };
    Case { policy, status, calls }
}

/// Choices, and where they are about.
struct Source<'s> {
    rng: Rng,
    setting: &'s Setting,
}

impl Source<'_> {
    fn percent(&mut self, percent: u32) -> bool {
        self.rng.u32(0..100) < percent
    }

    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.rng.usize(0..choices.len())]
    }

    /// The origin of a page.
    fn page(&mut self) -> String {
        let origins = self.setting.page_origins();
        origins[self.rng.usize(0..origins.len())].clone()
    }

    fn credentials(&mut self) -> Credentials {
        self.pick(&[Credentials::Omit, Credentials::SameOrigin, Credentials::SameOrigin, Credentials::Include])
    }

    fn call(&mut self, page: &str, id: usize) -> FetchCall {
        let simple = self.percent(30);
        let method = if simple { self.pick(&["GET", "GET", "HEAD", "POST", "post"]).to_owned() } else { self.method() };
        let mut call = FetchCall::new(page, &self.setting.url_origin, &path(id)).method(&method);
        call.credentials = self.credentials();
        for _ in 0..self.pick(&[0, 0, 1, 1, 2, 3, 5]) {
            let (name, value) = if simple { self.likely_safelisted() } else { self.header() };
            call = call.header(&name, value);
        }
        call
    }

    /// A method as a page may write it: any case, and now and then none that may be sent.
    fn method(&mut self) -> String {
        const REGISTERED: [&str; 10] =
            ["GET", "GET", "HEAD", "POST", "POST", "PUT", "PUT", "DELETE", "PATCH", "OPTIONS"];
        const ODD: [&str; 16] = [
            "get", "Post", "put", "Delete", "patch", "Patch", "options", "QUERY", "PURGE", "M-SEARCH", "x", "*",
            "!#$%", "TRACE", "connect", "P T",
        ];
        let chance = self.rng.u32(0..100);
        match self.setting.reach {
            // What pages write in lower case and the standard normalizes arrives in upper case.
            Reach::Registered if chance < 20 => self.pick(&["get", "Post", "put", "Delete", "options", "TRACE"]),
            Reach::Any if chance < 30 => self.pick(&ODD),
            Reach::Any if chance < 32 => return "M".repeat(self.rng.usize(63..=66)),
            Reach::Any | Reach::Registered => self.pick(&REGISTERED),
        }
        .to_owned()
    }

    /// A header that needs no preflight, most often.
    fn likely_safelisted(&mut self) -> (String, Vec<u8>) {
        let (name, value) = self.pick(&[
            ("Accept", "*/*"),
            ("accept-language", "en;q=0.5"),
            ("Content-Language", "de"),
            ("Content-Type", "text/plain;charset=utf-8"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("Range", "bytes=0-499"),
            ("range", "bytes=5-"),
            ("Cookie", "a=b"),
        ]);
        let value = if self.percent(8) { self.header_value(name) } else { value.into() };
        (name.to_owned(), value)
    }

    fn header(&mut self) -> (String, Vec<u8>) {
        if self.percent(3) {
            let (name, value) = self.pick(&CLIENT_HINTS);
            return (name.to_owned(), value.into());
        }
        let name = self.header_name();
        let value = self.header_value(&name);
        (name, value)
    }

    fn header_name(&mut self) -> String {
        const NAMES: [&str; 22] = [
            "x-a",
            "X-A",
            "x-b",
            "X-Request-Id",
            "x-request-id",
            "Content-Type",
            "content-type",
            "Authorization",
            "authorization",
            "Accept",
            "accept-language",
            "Content-Language",
            "Range",
            "range",
            "If-Match",
            "x_y",
            "x!#",
            "a",
            "Z",
            "Cookie",
            "Sec-X",
            "X-HTTP-Method-Override",
        ];
        const RARE: [&str; 14] = [
            "DPR",
            "Save-Data",
            "Viewport-Width",
            "Device-Memory",
            "Downlink",
            "ECT",
            "RTT",
            "Width",
            "Intervention",
            "User-Agent",
            "Available-Dictionary",
            "x y",
            "",
            "Access-Control-Request-Method",
        ];
        if self.percent(6) { self.pick(&RARE) } else { self.pick(&NAMES) }.to_owned()
    }

    /// A value at the border of what is safelisted for the name, or any.
    fn header_value(&mut self, name: &str) -> Vec<u8> {
        const TYPES: [&str; 10] = [
            "text/plain",
            "text/plain;charset=utf-8",
            "TEXT/PLAIN",
            "application/json",
            "multipart/form-data; boundary=a",
            "application/x-www-form-urlencoded",
            "text/plain, text/plain",
            "text/plain;a=\"b\"",
            "text/html",
            " text/plain ",
        ];
        const RANGES: [&str; 9] = [
            "bytes=0-499",
            "bytes=5-",
            "bytes=-5",
            "bytes=5-2",
            "bytes=0-1,3-4",
            "Bytes=0-1",
            "bytes = 0-1",
            "x",
            "bytes=9223372036854775807-",
        ];
        const ANY: [&str; 9] = ["1", "a, b", "", " x ", "a\"b", "a(b)", "*/*", "en;q=0.5", "PUT, trace"];
        if self.percent(8) {
            return vec![b'a'; self.rng.usize(127..=130)];
        }
        if self.percent(2) {
            return self.pick(&[&b"\xe9\xff"[..], b"a\0b", b"a\nb", b"\ta"]).to_vec();
        }
        if name.eq_ignore_ascii_case("content-type") && self.percent(85) {
            return self.pick(&TYPES).into();
        }
        if name.eq_ignore_ascii_case("range") && self.percent(85) {
            return self.pick(&RANGES).into();
        }
        self.pick(&ANY).into()
    }

    /// A policy that the call is likely to agree with in all but one respect, if that.
    fn options(&mut self, call: &FetchCall) -> Options {
        let credentials = match call.credentials {
            Credentials::Include => self.percent(75),
            Credentials::Omit | Credentials::SameOrigin => self.percent(35),
        };
        Options {
            allow_origins: self.origins(&call.page_origin),
            allow_methods: self.methods(&call.method),
            allow_headers: self.headers(call),
            expose_headers: self.exposed(),
            allow_credentials: credentials,
            max_age: self.pick(&[None, None, Some(0), Some(600), Some(86_400)]),
            allow_null_origin: self.percent(if call.page_origin == "null" { 60 } else { 10 }),
            static_origin: self.percent(12),
            minimal_answers: self.percent(25),
            preflight_status: self.pick(&[204, 204, 204, 200, 201, 299]),
            timing_allow_origin: self.percent(25),
            dangerously_allow_insecure_origins: true,
            dangerously_allow_public_suffixes: true,
            dangerously_allow_any_port: true,
        }
    }

    fn origins(&mut self, page: &str) -> Vec<String> {
        if self.percent(15) {
            return vec!["*".to_owned()];
        }
        let port = self.setting.page_port;
        let near = [
            format!("http://localhost:{port}"),
            format!("http://127.0.0.1:{port}"),
            format!("http://app.example:{port}"),
            format!("http://*.app.example:{port}"),
            format!("http://pr-*.app.example:{port}"),
            format!("http://*-7.app.example:{port}"),
            format!("http://*.example:{port}"),
            format!("http://x*.app.example:{port}"),
            "http://localhost:*".to_owned(),
            "http://127.0.0.1:*".to_owned(),
            "http://app.example:*".to_owned(),
            "http://*.app.example:*".to_owned(),
            "http://localhost".to_owned(),
            "https://app.example".to_owned(),
            format!("https://app.example:{port}"),
            "http://app.example".to_owned(),
            "http://*.localhost:*".to_owned(),
        ];
        let mut origins = Vec::new();
        if page != "null" && self.percent(55) {
            origins.push(page.to_owned());
        }
        for _ in 0..self.pick(&[0, 1, 1, 2, 3, 6]) {
            origins.push(near[self.rng.usize(0..near.len())].clone());
        }
        self.rng.shuffle(&mut origins);
        origins
    }

    fn methods(&mut self, method: &str) -> Vec<String> {
        if self.percent(20) {
            return vec!["*".to_owned()];
        }
        let mut methods: Vec<String> = Vec::new();
        if self.percent(75) {
            methods.push(corsac_browser::normalize_method(method).into_owned());
        }
        for _ in 0..self.pick(&[0, 1, 2, 4]) {
            methods.push(
                self.pick(&["PUT", "DELETE", "PATCH", "OPTIONS", "QUERY", "patch", "put", "GET", "PURGE"]).to_owned(),
            );
        }
        methods
    }

    fn headers(&mut self, call: &FetchCall) -> Vec<String> {
        if self.percent(20) {
            let beside = self.percent(50).then(|| "authorization".to_owned());
            return ["*".to_owned()].into_iter().chain(beside).collect();
        }
        let mut headers: Vec<String> = Vec::new();
        let covers = if self.percent(70) { 100 } else { 60 };
        for (name, _) in &call.headers {
            if self.percent(covers) {
                headers.push(if self.percent(50) { name.clone() } else { name.to_ascii_lowercase() });
            }
        }
        for _ in 0..self.pick(&[0, 0, 1, 3]) {
            headers.push(self.header_name());
        }
        headers
    }

    fn exposed(&mut self) -> Vec<String> {
        if self.percent(20) {
            return vec!["*".to_owned()];
        }
        let count = self.pick(&[0, 1, 2, 4]);
        (0..count)
            .map(|_| {
                self.pick(&["x-a", "X-B", "etag", "ETag", "location", "date", "x-none", "x-request-id"]).to_owned()
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predict::{Application, predict};
    use crate::seen::Seen;
    use crate::summary::Summary;

    fn setting(reach: Reach) -> Setting {
        Setting { page_port: 8080, url_origin: "http://api.example:8081".to_owned(), reach }
    }

    #[test]
    fn a_seed_makes_the_same_cases_each_time() {
        let made = |seed, count| cases(&setting(Reach::Any), seed, count);
        assert_eq!(made(1, 50), made(1, 50));
        assert_eq!(made(1, 50)[..20], made(1, 20));
        assert_ne!(made(1, 50), made(2, 50));
    }

    #[test]
    fn both_ends_are_frequent() {
        for reach in [Reach::Any, Reach::Registered] {
            let mut summary = Summary::default();
            for case in cases(&setting(reach), 1, 5_000) {
                let applications = vec![Application::of(&case); case.calls.len()];
                let foretold = predict(&case.policy, &case.calls, &applications, None);
                let seen: Vec<Seen> = foretold.iter().map(|prediction| prediction.model.clone()).collect();
                summary.count(&case, &foretold, seen.iter());
            }
            assert_eq!(summary.shares.lacks(), Vec::<String>::new(), "{}", summary.shares);
        }
    }

    #[test]
    fn cases_that_all_go_one_way_are_found() {
        let mut summary = Summary::default();
        for mut case in cases(&setting(Reach::Any), 1, 500) {
            case.policy = Options::default().repaired();
            let applications = vec![Application::of(&case); case.calls.len()];
            let foretold = predict(&case.policy, &case.calls, &applications, None);
            let seen: Vec<Seen> = foretold.iter().map(|prediction| prediction.model.clone()).collect();
            summary.count(&case, &foretold, seen.iter());
        }
        let lacks = summary.shares.lacks();
        assert!(lacks.contains(&format!("0 of {} calls read", summary.shares.calls)), "{lacks:?}");
    }
}
