//! Header lists: how several lines of one name become a value or a list of values.

use std::borrow::Cow;

use crate::http_bytes::{is_tab_or_space, is_token, strip};

/// A header: name and value. Names are compared without case.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#concept-header>
pub type Header = (String, Vec<u8>);

/// The values of every header of that name, in order, without the blanks at their ends.
///
/// A header value never begins or ends with a blank: on the way in from the network the HTTP parser takes them off.
fn values<'l>(list: &'l [Header], name: &str) -> impl Iterator<Item = &'l [u8]> {
    list.iter()
        .filter(move |(listed, _)| listed.eq_ignore_ascii_case(name))
        .map(|(_, value)| strip(value, is_tab_or_space))
}

/// Gets a header by name: the values of all its lines joined by `, `, or `None` when there is none.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#concept-header-list-get>
///
/// # Examples
///
/// ```
/// let list = [("Via".to_owned(), b"a".to_vec()), ("via".to_owned(), b"b".to_vec())];
/// assert_eq!(corsac_browser::get(&list, "VIA").unwrap()[..], b"a, b"[..]);
/// assert!(corsac_browser::get(&list, "vi").is_none());
/// ```
pub fn get<'l>(list: &'l [Header], name: &str) -> Option<Cow<'l, [u8]>> {
    let mut found: Option<Cow<'l, [u8]>> = None;
    for value in values(list, name) {
        match &mut found {
            None => found = Some(Cow::Borrowed(value)),
            Some(joined) => {
                let joined = joined.to_mut();
                joined.extend_from_slice(b", ");
                joined.extend_from_slice(value);
            }
        }
    }
    found
}

/// Splits a value at its commas, except for those inside a quoted string, and takes the blanks off each part.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#header-value-get-decode-and-split>
///
/// # Examples
///
/// ```
/// let parts = corsac_browser::get_decode_and_split(br#" a ,"b,c",, d"#);
/// assert_eq!(parts, [&b"a"[..], br#""b,c""#, b"", b"d"]);
/// ```
pub fn get_decode_and_split(value: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let mut quoted = Quoted::No;
    // Every part is contiguous in the value, because a quoted string is kept with its quotes.
    for part in value.split(|&byte| {
        quoted = quoted.after(byte);
        byte == b',' && quoted == Quoted::No
    }) {
        parts.push(strip(part, is_tab_or_space));
    }
    parts
}

/// Where a reader of an HTTP quoted string stands (<https://fetch.spec.whatwg.org/#collect-an-http-quoted-string>).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quoted {
    No,
    Yes,
    Escaped,
}

impl Quoted {
    const fn after(self, byte: u8) -> Self {
        match (self, byte) {
            (Self::No, b'"') => Self::Yes,
            (Self::Yes, b'"') => Self::No,
            (Self::Yes, b'\\') => Self::Escaped,
            (Self::Escaped, _) => Self::Yes,
            (state, _) => state,
        }
    }
}

/// A value that its header's grammar does not allow: the standard's *failure*.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unparsable {
    /// The part of the value that does not fit.
    pub found: Vec<u8>,
}

/// Extracts the members of a list header, `#method` or `#field-name`: tokens separated by commas, over all its lines.
///
/// `Ok(None)` means that there is no such header. Empty members are passed over.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#extract-header-list-values>, with the list grammar of
/// <https://httpwg.org/specs/rfc9110.html#abnf.extension.recipient>: `#element => [ element ] *( OWS "," OWS [ element ] )`.
///
/// # Errors
///
/// One member that is no token makes the whole header unparsable.
///
/// # Examples
///
/// ```
/// use corsac_browser::extract_header_list_values;
///
/// let name = "Access-Control-Allow-Methods";
/// let list = [(name.to_owned(), b"PUT, ,DELETE".to_vec())];
/// assert_eq!(extract_header_list_values(name, &list), Ok(Some(vec![&b"PUT"[..], b"DELETE"])));
/// let list = [(name.to_owned(), b"PUT; DELETE".to_vec())];
/// assert!(extract_header_list_values(name, &list).is_err());
/// ```
pub fn extract_header_list_values<'l>(name: &str, list: &'l [Header]) -> Result<Option<Vec<&'l [u8]>>, Unparsable> {
    let mut extracted = None;
    for value in values(list, name) {
        let members = extracted.get_or_insert_with(Vec::new);
        for member in value.split(|&byte| byte == b',') {
            let member = strip(member, is_tab_or_space);
            if is_token(member) {
                members.push(member);
            } else if !member.is_empty() {
                let found = member.to_vec();
                return Err(Unparsable { found });
            }
        }
    }
    Ok(extracted)
}

/// Extracts a number of seconds, `delta-seconds = 1*DIGIT`, from a header that may come once.
///
/// `Ok(None)` means that there is no such header. A number too large for `u64` counts as the largest one.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#extract-header-list-values> and
/// <https://httpwg.org/specs/rfc9111.html#delta-seconds>.
///
/// # Errors
///
/// Anything but digits, and a second line, even an identical one.
///
/// # Examples
///
/// ```
/// use corsac_browser::extract_delta_seconds;
///
/// let name = "Access-Control-Max-Age";
/// let list = [(name.to_owned(), b"600".to_vec())];
/// assert_eq!(extract_delta_seconds(name, &list), Ok(Some(600)));
/// let list = [(name.to_owned(), b"-1".to_vec())];
/// assert!(extract_delta_seconds(name, &list).is_err());
/// ```
pub fn extract_delta_seconds(name: &str, list: &[Header]) -> Result<Option<u64>, Unparsable> {
    let mut lines = values(list, name);
    let Some(value) = lines.next() else {
        return Ok(None);
    };
    if let Some(second) = lines.next() {
        let found = second.to_vec();
        return Err(Unparsable { found });
    }
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        let found = value.to_vec();
        return Err(Unparsable { found });
    }
    let seconds =
        value.iter().fold(0_u64, |seconds, digit| seconds.saturating_mul(10).saturating_add(u64::from(digit - b'0')));
    Ok(Some(seconds))
}

/// Converts header names to a sorted-lowercase set: lower case, ascending, each once.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#convert-header-names-to-a-sorted-lowercase-set>
pub(crate) fn sorted_lowercase_set<'n>(names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let mut set: Vec<String> = names.map(str::to_ascii_lowercase).collect();
    set.sort_unstable();
    set.dedup();
    set
}

/// Sorts and combines a header list: what a page sees when it walks over a `Headers` object.
///
/// Names are in lower case and each comes once, except for `set-cookie`, whose lines stay apart.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine>
///
/// # Examples
///
/// ```
/// let list = [("X-B", "1"), ("x-a", "2"), ("x-b", "3")].map(|(n, v)| (n.to_owned(), v.into()));
/// let seen = [("x-a", "2"), ("x-b", "1, 3")].map(|(n, v)| (n.to_owned(), v.into()));
/// assert_eq!(corsac_browser::sort_and_combine(&list), seen);
/// ```
pub fn sort_and_combine(list: &[Header]) -> Vec<Header> {
    let mut headers = Vec::new();
    for name in sorted_lowercase_set(list.iter().map(|(name, _)| name.as_str())) {
        if name == "set-cookie" {
            headers.extend(values(list, &name).map(|value| (name.clone(), value.to_vec())));
        } else if let Some(value) = get(list, &name) {
            let value = value.into_owned();
            headers.push((name, value));
        }
    }
    headers
}
