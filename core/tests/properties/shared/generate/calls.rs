//! Calls of `fetch` by pages near what a policy allows.

use corsac_browser::{Credentials, FetchCall};

use super::origins::origin;
use super::words::{flip_case, header_name, method};
use crate::shared::options::Options;
use crate::shared::source::Source;

/// The URL that every call is about.
const URL_ORIGIN: &str = "https://api.corsac.example:4443";

/// A page's origin: printable, as every serialized origin is, and within the cap.
pub(crate) fn page_origin(source: &mut Source<'_>, options: &Options) -> String {
    if let Some(entry) = source.choose(&options.allow_origins).filter(|_| source.percent(60)) {
        let label = source.pick(&["a", "b", "x1", "app-1", "aa"]);
        let port = source.pick(&["", ":1", ":8080", ":65535"]);
        return match entry.strip_suffix(":*") {
            Some(entry) => entry.replace('*', label) + port,
            None => entry.replace('*', label),
        };
    }
    let origin = origin(source, &options.allow_origins);
    let is_fine = |byte: &u8| byte.is_ascii_graphic();
    let origin: Vec<u8> = origin.into_iter().filter(is_fine).take(326).collect();
    if origin.is_empty() { "null".to_owned() } else { String::from_utf8_lossy(&origin).into_owned() }
}

/// A call from that page.
pub(crate) fn call(source: &mut Source<'_>, options: &Options, page_origin: &str) -> FetchCall {
    let method = match source.choose(&options.allow_methods) {
        Some(listed) if source.percent(60) && listed != "*" => {
            if source.one_in(4) {
                flip_case(source, listed)
            } else {
                listed.clone()
            }
        }
        _ => method(source),
    };
    let credentials = match source.below(10) {
        0..=2 => Credentials::Omit,
        3..=4 => Credentials::SameOrigin,
        5..=7 if !options.allow_credentials => Credentials::Omit,
        _ => Credentials::Include,
    };
    let mut call = FetchCall::new(page_origin, URL_ORIGIN, "/").method(&method).credentials(credentials);
    let headers = source.below(5);
    for _ in 0..headers {
        let name = match source.choose(&options.allow_headers) {
            Some(listed) if source.percent(75) && listed != "*" => {
                if source.one_in(4) {
                    flip_case(source, listed)
                } else {
                    listed.clone()
                }
            }
            _ => header_name(source),
        };
        call = call.header(&name, header_value(source));
    }
    if source.one_in(64) {
        let more = source.between(120, 140);
        for i in 0..more {
            call = call.header(&format!("x-{i}"), "");
        }
    }
    call
}

/// A value that matters to the safelist, or not.
fn header_value(source: &mut Source<'_>) -> Vec<u8> {
    match source.below(8) {
        0 => b"application/json".to_vec(),
        1 => b"text/plain;charset=utf-8".to_vec(),
        2 => b"bytes=0-499".to_vec(),
        3 => b"bytes=-500".to_vec(),
        4 => vec![b'a'; source.between(126, 130)],
        5 => b"a\"b".to_vec(),
        6 => b"PUT, trace".to_vec(),
        _ => b"1".to_vec(),
    }
}
