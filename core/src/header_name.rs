//! Header names, in the words of Fetch, and the list in `Access-Control-Request-Headers`.

use crate::ascii::{is_token, is_token_byte};
use crate::bytes::{eq_ignore_case, next, position, starts_with_ignore_case, trim_blanks};
use crate::refusal::Refusal;

/// [Fetch: forbidden request-header](https://fetch.spec.whatwg.org/#forbidden-request-header): a page cannot set it. Beyond
/// Fetch's list, `access-control-request-private-network`, which browsers that know it set themselves.
pub(crate) const fn is_forbidden_request(name: &[u8]) -> bool {
    is_one_of(name, &FORBIDDEN_REQUEST)
        || starts_with_ignore_case(name, b"proxy-")
        || starts_with_ignore_case(name, b"sec-")
}

const FORBIDDEN_REQUEST: [&str; 22] = [
    "accept-charset",
    "accept-encoding",
    "access-control-request-headers",
    "access-control-request-method",
    "access-control-request-private-network",
    "connection",
    "content-length",
    "cookie",
    "cookie2",
    "date",
    "dnt",
    "expect",
    "host",
    "keep-alive",
    "origin",
    "referer",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

/// Names that stand in responses alone.
pub(crate) const fn is_response_only(name: &[u8]) -> bool {
    starts_with_ignore_case(name, b"access-control-allow-")
        || is_one_of(name, &["access-control-expose-headers", "access-control-max-age", "timing-allow-origin"])
}

/// [Fetch: CORS-safelisted response-header name](https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name): a page
/// can read it without permission.
pub(crate) const fn is_safelisted_response(name: &[u8]) -> bool {
    is_one_of(
        name,
        &["cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"],
    )
}

/// [Fetch: forbidden response-header name](https://fetch.spec.whatwg.org/#forbidden-response-header-name): no page can read it.
pub(crate) const fn is_forbidden_response(name: &[u8]) -> bool {
    is_one_of(name, &["set-cookie", "set-cookie2"])
}

const fn is_one_of(name: &[u8], names: &[&str]) -> bool {
    let mut rest = names;
    while let [one, tail @ ..] = rest {
        if eq_ignore_case(name, one.as_bytes()) {
            return true;
        }
        rest = tail;
    }
    false
}

/// Most bytes of `Access-Control-Request-Headers` over all its lines: what servers commonly take for a whole request head.
pub const MAX_REQUEST_HEADERS_LEN: usize = 8_192;

/// Most names, every occurrence counted. Browsers send each name once, and few pages set more than ten.
pub const MAX_REQUEST_HEADER_NAMES: usize = 128;

/// Most empty elements, an empty line being one. [RFC 9110, section 5.6.1.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1.2)
/// asks a recipient to take "a reasonable number".
pub const MAX_EMPTY_ELEMENTS: usize = 32;

/// Most lines. Browsers send one; some gateways send a line for each name.
pub const MAX_REQUEST_HEADER_LINES: usize = 16;

/// Most blanks around one element, both sides together. Browsers send none; gateways that join lines add one.
pub const MAX_BLANKS: usize = 16;

/// A refused list: the reason, and the element that it is about; empty where it is about none.
pub(crate) type Refused<'r> = (Refusal, &'r [u8]);

/// Checks the list in `Access-Control-Request-Headers` in one pass from left to right; the first fault ends it.
///
/// ```text
/// Access-Control-Request-Headers = [ field-name ] *( OWS "," OWS [ field-name ] )
/// ```
///
/// # Specification
///
/// [Fetch: Access-Control-Request-Headers](https://fetch.spec.whatwg.org/#http-access-control-request-headers), read with the
/// leniency of [RFC 9110, section 5.6.1.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1.2) up to the caps above.
///
/// # Complexity
///
/// Linear in the bytes of the lines, which are capped. For each element `leading` is asked once, and `is_allowed` at most once, which
/// allows names only; `leading` gives the length of an allowed name that a list begins with, up to a comma or its end, or `None`
/// if it does not see one at a glance.
pub(crate) fn check_requested<'r>(
    lines: &[&'r [u8]],
    mut leading: impl FnMut(&[u8]) -> Option<usize>,
    is_allowed: impl Fn(&[u8]) -> bool,
) -> Result<(), Refused<'r>> {
    let length = lines.iter().fold(0usize, |sum, line| sum.saturating_add(line.len()));
    if length > MAX_REQUEST_HEADERS_LEN {
        return Err((Refusal::HeadersTooLong, &[]));
    }
    let mut seen = Seen::default();
    for line in lines {
        let mut rest = Some(*line);
        while let Some(list) = rest {
            rest = match leading(list) {
                // What browsers send is written as in most policies, without blanks: the name, then its comma.
                Some(length) if seen.names < MAX_REQUEST_HEADER_NAMES => {
                    seen.names = next(seen.names);
                    list.get(next(length)..)
                }
                _ => seen.check_element(list, &is_allowed)?,
            };
        }
    }
    Ok(())
}

/// How many elements have been seen.
#[derive(Default)]
struct Seen {
    names: usize,
    empty: usize,
}

impl Seen {
    /// Checks the list's first element; gives what follows its comma, if it has one.
    #[cfg_attr(target_pointer_width = "64", inline(never))]
    fn check_element<'r>(
        &mut self,
        list: &'r [u8],
        is_allowed: &impl Fn(&[u8]) -> bool,
    ) -> Result<Option<&'r [u8]>, Refused<'r>> {
        let (element, rest) = split_at_comma(list);
        let name = trim_blanks(element);
        if element.len().saturating_sub(name.len()) > MAX_BLANKS {
            return Err((Refusal::HeadersTooManyBlanks, &[]));
        }
        if name.is_empty() {
            self.empty = next(self.empty);
            if self.empty > MAX_EMPTY_ELEMENTS {
                return Err((Refusal::HeadersTooManyEmpty, &[]));
            }
            return Ok(rest);
        }
        self.names = next(self.names);
        // What is allowed is a name, so that only what is not has to be looked at again.
        if self.names > MAX_REQUEST_HEADER_NAMES || !is_allowed(name) {
            return Err(match is_token(name) {
                false => (Refusal::HeadersMalformed, name),
                true if self.names > MAX_REQUEST_HEADER_NAMES => (Refusal::HeadersTooManyNames, &[]),
                true => (Refusal::HeaderNotAllowed, name),
            });
        }
        Ok(rest)
    }
}

/// The list's first element, and what follows its comma if it has one.
#[inline]
fn split_at_comma(list: &[u8]) -> (&[u8], Option<&[u8]>) {
    match position(list, b',').and_then(|comma| Some((list.get(..comma)?, list.get(next(comma)..)?))) {
        Some((element, rest)) => (element, Some(rest)),
        None => (list, None),
    }
}

/// Whether a line that passed [`check_requested`] has a member.
pub(crate) fn has_member(line: &[u8]) -> bool {
    line.iter().any(|&byte| is_token_byte(byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::head;
    use crate::leading::Leading;
    use crate::record::RecordKind;

    /// The same answer, element by element, as without the look at what a list begins with.
    #[test]
    fn a_name_seen_at_a_glance_changes_no_answer() {
        let pieces = [
            "a",
            "ab",
            "b",
            "content-type",
            "content",
            "-type",
            "Content-Type",
            "x-request-id",
            "x",
            " ",
            "\t",
            ",",
            ",",
            ",",
            "@",
            "",
        ];
        let mut state: u32 = 7;
        let mut random = |below: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as usize % below
        };
        for allow_headers in [
            ["content-type"].as_slice(),
            &["ab", "a", "x-request-id"],
            &["x-request-id", "content-type", "a", "b", "c", "d", "e", "f"],
            &["1", "2", "3", "4", "5", "6", "7", "8", "content-type"],
        ] {
            let mut memory = [0; 2_048];
            let config = crate::Config { allow_headers, ..crate::Config::CLOSED };
            let policy = config.compile_into(&mut memory).unwrap();
            let table = policy.table(head::HEADERS);
            let is_allowed = |name: &[u8]| policy.has_name(&table, RecordKind::NAME, name);
            for _ in 0..20_000 {
                let lines: std::vec::Vec<std::string::String> =
                    (0..=random(2)).map(|_| (0..random(7)).map(|_| pieces[random(pieces.len())]).collect()).collect();
                let lines: std::vec::Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
                let mut leading = Leading::new(&table);
                assert_eq!(
                    check_requested(&lines, |list| leading.length(list), is_allowed),
                    check_requested(&lines, |_| None, is_allowed),
                    "{allow_headers:?} {lines:?}"
                );
            }
            // At the cap, too, the names are counted alike.
            for names in [MAX_REQUEST_HEADER_NAMES, MAX_REQUEST_HEADER_NAMES + 1] {
                let list = std::vec!["content-type"; names].join(",");
                let mut leading = Leading::new(&table);
                assert_eq!(
                    check_requested(&[list.as_bytes()], |list| leading.length(list), is_allowed),
                    check_requested(&[list.as_bytes()], |_| None, is_allowed),
                );
            }
        }
    }

    #[test]
    fn lists_are_sorted() {
        assert!(FORBIDDEN_REQUEST.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
