//! The part of MIME type parsing that decides about a preflight: type and subtype.

use crate::http_bytes::{is_http_whitespace, is_token, strip, strip_end};

/// Type and subtype of a MIME type, as written: compare them without case.
///
/// # Specification
///
/// <https://mimesniff.spec.whatwg.org/#mime-type-essence>
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Essence<'v> {
    /// What stands before the slash.
    pub type_: &'v [u8],
    /// What stands between the slash and the parameters.
    pub subtype: &'v [u8],
}

impl Essence<'_> {
    /// Tells whether the essence is the one given, in lower case, as `type/subtype`.
    pub fn is(&self, essence: &str) -> bool {
        essence.split_once('/').is_some_and(|(type_, subtype)| {
            self.type_.eq_ignore_ascii_case(type_.as_bytes()) && self.subtype.eq_ignore_ascii_case(subtype.as_bytes())
        })
    }
}

/// Parses a MIME type as far as its essence; `None` is failure.
///
/// Parameters are not looked at, because nothing in them makes the parser fail: a bad one is left out.
///
/// # Specification
///
/// <https://mimesniff.spec.whatwg.org/#parse-a-mime-type>
///
/// # Examples
///
/// ```
/// use corsac_browser::parse_mime_essence;
///
/// assert!(parse_mime_essence(b"Text/Plain ;charset=utf-8").unwrap().is("text/plain"));
/// assert!(parse_mime_essence(b"text/plain, text/html").is_none()); // the comma is no token byte
/// assert!(parse_mime_essence(b"text").is_none());
/// ```
pub fn parse_mime_essence(value: &[u8]) -> Option<Essence<'_>> {
    let value = strip(value, is_http_whitespace);
    let slash = value.iter().position(|&byte| byte == b'/')?;
    let (type_, rest) = (value.get(..slash)?, value.get(slash + 1..)?);
    if !is_token(type_) {
        return None;
    }
    let until_parameters = rest.split(|&byte| byte == b';').next()?;
    let subtype = strip_end(until_parameters, is_http_whitespace);
    is_token(subtype).then_some(Essence { type_, subtype })
}
