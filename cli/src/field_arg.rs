//! Header fields as people write them: `Name: value`.

use std::ffi::OsStr;

use crate::output::{Misuse, short};

/// A name and a value.
pub(crate) type Field = (String, Vec<u8>);

/// Reads one field that a page may set. Blanks around the value do not belong to it, as in HTTP.
pub(crate) fn parse(text: &[u8]) -> Result<Field, String> {
    let Some(colon) = text.iter().position(|&byte| byte == b':') else {
        return Err(no_colon(text));
    };
    split(text, colon)
}

/// Reads one field of a request as a server sees it: also the pseudo fields of HTTP/2 that say what its fields do not.
pub(crate) fn parse_of_request(text: &[u8]) -> Result<Field, String> {
    let Some(rest) = text.strip_prefix(b":") else {
        return parse(text);
    };
    let colon = rest.iter().position(|&byte| byte == b':').map(|colon| colon + 1);
    let name = &text[..colon.unwrap_or(text.len())];
    if !PSEUDO_FIELDS.iter().any(|known| known.as_bytes() == name) {
        return Err(format!(
            "of the pseudo fields only :authority and :protocol are read, in lower case: `{}`",
            short(text)
        ));
    }
    colon.map_or_else(|| Err(no_colon(text)), |colon| split(text, colon))
}

/// The host, and the protocol of a WebSocket handshake.
const PSEUDO_FIELDS: [&str; 2] = [":authority", ":protocol"];

fn no_colon(text: &[u8]) -> String {
    format!("the header `{}` has no colon; write `Name: value`", short(text))
}

fn split(text: &[u8], colon: usize) -> Result<Field, String> {
    let (name, value) = (&text[..colon], text[colon + 1..].trim_ascii());
    if !corsac_browser::is_token(name.strip_prefix(b":").unwrap_or(name)) {
        return Err(format!("`{}` is no header name in `{}`", short(name), short(text)));
    }
    if value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
        return Err(format!("no header value holds a line break or a NUL, as `{}` does", short(text)));
    }
    Ok((String::from_utf8_lossy(name).into_owned(), value.to_vec()))
}

/// Reads those that a page sets.
pub(crate) fn parse_all(arguments: &[impl AsRef<OsStr>]) -> Result<Vec<Field>, Misuse> {
    all(arguments, parse)
}

/// Reads those of a request.
pub(crate) fn parse_all_of_request(arguments: &[impl AsRef<OsStr>]) -> Result<Vec<Field>, Misuse> {
    all(arguments, parse_of_request)
}

fn all(arguments: &[impl AsRef<OsStr>], parse: fn(&[u8]) -> Result<Field, String>) -> Result<Vec<Field>, Misuse> {
    arguments.iter().map(|text| parse(text.as_ref().as_encoded_bytes()).map_err(Misuse::new)).collect()
}

/// A value as text: UTF-8 where it is that, and else byte by byte, as scripts in pages have it.
pub(crate) fn text(value: &[u8]) -> String {
    str::from_utf8(value).map_or_else(|_| value.iter().copied().map(char::from).collect(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_a_name_a_colon_and_a_value() {
        let field = |name: &str, value: &[u8]| Ok((name.to_owned(), value.to_vec()));
        assert_eq!(parse(b"Origin: https://a.example"), field("Origin", b"https://a.example"));
        assert_eq!(parse(b"Origin:"), field("Origin", b""));
        assert_eq!(parse(b"x:\t\xff "), field("x", b"\xff"));
        for bad in [&b"Origin"[..], b"", b": x", b"a b: x", b"x: a\nb", b"x: a\rb", b"\xff: x"] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_value_that_is_no_utf8_is_read_byte_by_byte() {
        assert_eq!(text(b"\xc3\xa4"), "\u{e4}");
        assert_eq!(text(b"a\xe4"), "a\u{e4}");
    }

    #[test]
    fn two_pseudo_fields_are_of_a_request() {
        let field = |name: &str, value: &[u8]| Ok((name.to_owned(), value.to_vec()));
        assert_eq!(parse_of_request(b":authority: a.example:80"), field(":authority", b"a.example:80"));
        assert_eq!(parse_of_request(b":protocol:websocket"), field(":protocol", b"websocket"));
        assert_eq!(parse_of_request(b"Host: a.example"), field("Host", b"a.example"));
        for bad in [&b":authority"[..], b":authority2: x", b":path: /", b": x", b":Authority: x", b":authority: a\nb"] {
            assert!(parse_of_request(bad).is_err(), "{bad:?}");
        }
        assert!(parse(b":authority: a.example").is_err());
        let sentence = "of the pseudo fields only :authority and :protocol are read, in lower case: `:path: /`";
        assert_eq!(parse_of_request(b":path: /").unwrap_err(), sentence);
    }
}
