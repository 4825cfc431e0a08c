//! One case: a policy, an application behind it, and what a page does.

use corsac_browser::{Credentials, FetchCall};
use serde_json::{Value, json};

use crate::options::Policy;

/// A policy, an application behind it, and calls of one page to one URL, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain data, written by those who make cases")]
pub struct Case {
    /// What the server answers by.
    pub policy: Policy,
    /// The status of the application's answers.
    pub status: u16,
    /// The calls, at least one. Where there are more, a preflight that was passed may be remembered.
    pub calls: Vec<FetchCall>,
}

/// What the application puts on each of its answers: safelisted fields, ordinary ones, one that no page may ever read, one of CORS that
/// is dropped, and one that is merged.
pub const APPLICATION_FIELDS: [(&str, &str); 11] = [
    ("content-type", "text/plain"),
    // Nothing but the preflight cache is to remember anything.
    ("cache-control", "no-store"),
    ("content-language", "en"),
    ("etag", "\"7\""),
    ("x-a", "1"),
    ("x-b", "2, 3"),
    ("x-request-id", "abc"),
    ("location", "/elsewhere"),
    ("set-cookie", "corsac=1"),
    ("access-control-allow-origin", "*"),
    ("vary", "accept"),
];

impl Case {
    /// The origin of the page that calls.
    pub fn page_origin(&self) -> &str {
        self.calls.first().map_or("null", |call| &call.page_origin)
    }
}

/// Calls, each with the seconds before it, as the page's script takes them: bytes are characters up to U+00FF there.
pub(crate) fn script(id: usize, calls: &[(u64, FetchCall)], mark: &str, run: usize) -> Value {
    let each = calls.iter().map(|(wait, call)| {
        let headers: Vec<_> = call.headers.iter().map(|(name, value)| json!([name, latin_1(value)])).collect();
        let credentials = match call.credentials {
            Credentials::Omit => "omit",
            Credentials::SameOrigin => "same-origin",
            Credentials::Include => "include",
        };
        json!({ "wait": wait * 1_000, "method": call.method, "headers": headers, "credentials": credentials })
    });
    let url = calls.first().map_or("", |(_, call)| &call.url);
    let mark = in_run(&format!("{mark}/{id}"), run);
    json!({ "id": id, "url": url, "mark": mark, "calls": each.collect::<Vec<_>>() })
}

/// The path of a case's resource, by which the server knows the case.
pub(crate) fn path(id: usize) -> String {
    format!("/case/{id}")
}

/// The URL as it is in one run: what an earlier one has used may be remembered.
pub(crate) fn in_run(url: &str, run: usize) -> String {
    format!("{url}?run={run}")
}

/// Bytes as a script's string.
pub(crate) fn latin_1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// The bytes behind a script's string; `None` where it has characters that are none.
pub(crate) fn from_latin_1(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(from_latin_1(&latin_1(&bytes)), Some(bytes));
        assert_eq!(from_latin_1("\u{100}"), None);
    }
}
