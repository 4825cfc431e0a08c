//! Calls as a conforming browser would have to be given them to do as Chromium does.

use corsac_browser::{
    FetchCall, SAFELISTED_VALUE_MAX, is_forbidden_request_header, is_header_value, is_token, normalize_value,
};

/// Names that need no preflight in Chromium, in lower case, each with a value that is fit for it.
pub(crate) const CLIENT_HINTS: [(&str, &str); 9] = [
    ("device-memory", "0.5"),
    ("downlink", "1.25"),
    ("dpr", "2"),
    ("rtt", "50"),
    ("viewport-width", "390"),
    ("width", "320"),
    ("ect", "slow-2g"),
    ("save-data", "on"),
    ("intervention", "<https://a.example/>"),
];

/// Stands before a range that needs a preflight, whatever it is to the standard. It is not sent: what comes after it arrives.
pub(crate) const APART: &[u8] = b"apart ";

/// Without its client hints, which need no preflight and change nothing else.
pub(crate) fn without_client_hints(call: &FetchCall) -> Option<FetchCall> {
    without(call, |name, value| {
        let value = normalize_value(value);
        value.len() <= SAFELISTED_VALUE_MAX && is_header_value(value) && is_client_hint(name, value)
    })
}

/// Whether a value is fit for the hint of that name.
fn is_client_hint(name: &str, value: &[u8]) -> bool {
    let is_digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    match &*name.to_ascii_lowercase() {
        "device-memory" | "downlink" | "dpr" => {
            let mut parts = value.splitn(2, |byte| *byte == b'.');
            parts.all(is_digits)
        }
        "rtt" | "viewport-width" | "width" => is_digits(value),
        "ect" => [&b"slow-2g"[..], b"2g", b"3g", b"4g"].contains(&value),
        "save-data" => value.eq_ignore_ascii_case(b"on"),
        "intervention" => true,
        _ => false,
    }
}

/// Without `User-Agent`.
pub(crate) fn without_user_agent(call: &FetchCall) -> Option<FetchCall> {
    without(call, |name, value| name.eq_ignore_ascii_case("user-agent") && is_header_value(normalize_value(value)))
}

/// With one header for each name.
pub(crate) fn with_duplicates_joined(call: &FetchCall) -> Option<FetchCall> {
    let mut joined: Vec<(String, Vec<u8>)> = Vec::new();
    for (name, value) in &call.headers {
        let value = normalize_value(value);
        // What is not sent at all is not joined.
        let is_kept =
            is_token(name.as_bytes()) && is_header_value(value) && !is_forbidden_request_header(name.as_bytes(), value);
        let first = joined.iter_mut().find(|(known, _)| is_kept && known.eq_ignore_ascii_case(name));
        match first {
            Some((_, known)) => {
                known.extend_from_slice(b", ");
                known.extend_from_slice(value);
            }
            None => joined.push((name.clone(), value.to_vec())),
        }
    }
    let differs = joined.len() != call.headers.len();
    differs.then(|| FetchCall { headers: joined, ..call.clone() })
}

/// With a range that needs a preflight, where a position is too far for Chromium.
pub(crate) fn with_far_range_unsafe(call: &FetchCall) -> Option<FetchCall> {
    with_range_apart(call, |value| {
        let digits = value.split(|byte| !byte.is_ascii_digit());
        let mut numbers = digits.filter_map(|digits| core::str::from_utf8(digits).ok()?.parse::<u64>().ok());
        numbers.any(|number| number >= i64::MAX.cast_unsigned()).then(|| normalize_value(value).to_vec())
    })
}

/// With a range that needs a preflight, as it does by the standard, and arrives in Chromium's spelling: in lower case and without blanks.
pub(crate) fn with_respelled_range_apart(call: &FetchCall) -> Option<FetchCall> {
    with_range_apart(call, |value| {
        let plain: Vec<u8> =
            value.iter().filter(|byte| !byte.is_ascii_whitespace()).map(u8::to_ascii_lowercase).collect();
        (plain != normalize_value(value) && plain.starts_with(b"bytes=")).then_some(plain)
    })
}

/// With each range apart for which there is one that arrives.
fn with_range_apart(call: &FetchCall, arriving: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Option<FetchCall> {
    let mut call = call.clone();
    let mut differs = false;
    for (name, value) in &mut call.headers {
        if name.eq_ignore_ascii_case("range")
            && let Some(arriving) = arriving(value)
        {
            *value = [APART, &arriving].concat();
            differs = true;
        }
    }
    differs.then_some(call)
}

/// As one that is never sent.
pub(crate) fn with_available_dictionary_failing(call: &FetchCall) -> Option<FetchCall> {
    let fails = call.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("available-dictionary"));
    fails.then(|| call.clone().method("TRACE"))
}

/// What makes a request conditional.
pub(crate) const CONDITIONS: [&str; 5] =
    ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range"];

/// Whether the call makes a conditional request.
pub(crate) fn is_conditional(call: &FetchCall) -> bool {
    call.headers.iter().any(|(name, _)| CONDITIONS.iter().any(|condition| name.eq_ignore_ascii_case(condition)))
}

/// Ends the URL of a call for which no remembered preflight is looked at, though its own may be remembered. A fragment is not sent.
pub(crate) const UNREAD: &str = "#unread";

/// The call without a look at what is remembered.
pub(crate) fn with_memory_unread(call: &FetchCall) -> FetchCall {
    FetchCall { url: format!("{}{UNREAD}", call.url), ..call.clone() }
}

/// Without the headers that `drops` takes.
fn without(call: &FetchCall, drops: impl Fn(&str, &[u8]) -> bool) -> Option<FetchCall> {
    let mut call = call.clone();
    let before = call.headers.len();
    call.headers.retain(|(name, value)| !drops(name, value));
    (call.headers.len() != before).then_some(call)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call() -> FetchCall {
        FetchCall::new("http://a.example", "http://b.example", "/")
    }

    #[test]
    fn an_ordinary_call_stays_as_it_is() {
        let call = call().header("X-A", "1").header("Range", "bytes=0-499").header("Save-Data", "off");
        for rewrite in [
            without_client_hints,
            without_user_agent,
            with_duplicates_joined,
            with_far_range_unsafe,
            with_respelled_range_apart,
            with_available_dictionary_failing,
        ] {
            assert_eq!(rewrite(&call), None);
        }
    }

    #[test]
    fn a_client_hint_is_one_by_its_value() {
        for (name, value) in CLIENT_HINTS {
            assert!(is_client_hint(name, value.as_bytes()), "{name}: {value}");
        }
        for (name, value) in
            [("dpr", "2."), ("DPR", ""), ("rtt", "1.5"), ("ect", "5g"), ("save-data", "off"), ("x", "1")]
        {
            assert!(!is_client_hint(name, value.as_bytes()), "{name}: {value}");
        }
    }

    #[test]
    fn duplicates_are_joined_at_the_first() {
        let joined = with_duplicates_joined(&call().header("X-A", "1").header("b", "2").header("x-a", " 3 ")).unwrap();
        assert_eq!(joined.headers, [("X-A".to_owned(), b"1, 3".to_vec()), ("b".to_owned(), b"2".to_vec())]);
    }
}
