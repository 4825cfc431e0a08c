//! What an operator may write in `allow_hosts`, and what the value of a `Host` field is made of.
//!
//! | entry | takes | does not take |
//! |---|---|---|
//! | `printer.local` | `printer.local`, `Printer.local` | `printer.local:80`, `printer.local:8080`, `www.printer.local` |
//! | `printer.local:8080` | that name with that port | `printer.local`, `printer.local:80` |
//! | `localhost:*` | `localhost`, `localhost:3000` | `localhost:0`, `localhost:080`, `a.localhost` |
//! | `192.0.2.7`, `[2001:db8::7]` | that address | any other spelling of it |
//!
//! # Specification
//!
//! [RFC 9110, section 7.2](https://www.rfc-editor.org/rfc/rfc9110#section-7.2): `Host = uri-host [ ":" port ]`

use crate::bytes::{at, decimal, find, find_last, find_text, from, position, to};
use crate::error::PolicyErrorKind as Kind;
use crate::host::{self, Fault, MAX_HOST_LEN};
use crate::pattern::{PortPattern, after_authority, authority, check_text, is_serialized_port, split_port};
use crate::text::Text;

/// Longest value of `Host` in bytes: a host of 253, `:` and five digits.
pub const MAX_HOST_FIELD_LEN: usize = MAX_HOST_LEN + 6;

/// The first fault of an entry.
pub(crate) const fn fault(entry: &[u8]) -> Option<Fault> {
    if let Some(fault) = check_text(entry) {
        return Some(fault);
    }
    if find_text(entry, b"://").is_some() {
        return Some(Fault::new(Kind::HostWithScheme, 0));
    }
    let authority = authority(entry, 0);
    if authority.is_empty() {
        return Some(Fault::new(Kind::MissingHost, 0));
    }
    if find(authority, b'@').is_some() {
        return Some(Fault::new(Kind::UserInfo, 0));
    }
    if let Some(star) = find(without_any_port(authority), b'*') {
        return Some(Fault::new(Kind::WildcardInHost, star));
    }
    // With more than one colon it is meant for an IPv6 address, whatever else is wrong with it.
    if let (Some(first), Some(last)) = (find(authority, b':'), find_last(authority, b':'))
        && first < last
        && at(authority, 0) != b'['
    {
        return Some(Fault::new(Kind::Ipv6Invalid, 0));
    }
    let (host, port) = match split_port(authority) {
        Ok(split) => split,
        Err(fault) => return Some(fault),
    };
    if let Some(fault) = host::check(host) {
        return Some(fault);
    }
    // No scheme is known here, and so no default port.
    if let Err(fault) = PortPattern::parse(port, b"") {
        return Some(fault.moved(host.len()));
    }
    after_authority(entry, authority.len())
}

const fn without_any_port(authority: &[u8]) -> &[u8] {
    match authority {
        [host @ .., b':', b'*'] => host,
        _ => authority,
    }
}

/// A value of `Host` cut at the colon before its port; nothing more is known of its parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct SplitHost<'r> {
    pub(crate) name: &'r [u8],
    /// With its colon; empty where there is none.
    pub(crate) port: &'r [u8],
}

impl<'r> SplitHost<'r> {
    pub(crate) fn new(value: &'r [u8]) -> Self {
        let brackets = if value.first() == Some(&b'[') { position(value, b']').unwrap_or(0) } else { 0 };
        let colon = position(from(value, brackets), b':').and_then(|at| at.checked_add(brackets));
        let (name, port) = value.split_at_checked(colon.unwrap_or(value.len())).unwrap_or((value, b""));
        Self { name, port }
    }

    /// Whether an entry or a name of the host's own that ends in `:*` takes the port: 1 to 65,535, or none.
    pub(crate) fn has_plain_port(&self) -> bool {
        is_serialized_port(self.port, b"")
    }

    /// Whether a name, spelled as an entry but for its case and not checked, takes the host, which is well-formed.
    pub(crate) fn is_taken_by(&self, name: &[u8]) -> bool {
        let host = without_any_port(name);
        if host.len() < name.len() {
            return self.name.eq_ignore_ascii_case(host) && self.has_plain_port();
        }
        self.name.len().saturating_add(self.port.len()) == name.len()
            && to(name, self.name.len()).eq_ignore_ascii_case(self.name)
            && from(name, self.name.len()) == self.port
    }

    /// Whether this is a host as a browser serializes one, in any case and maybe with a dot at its end, and a port.
    pub(crate) fn is_well_formed(&self) -> bool {
        let mut name: Text<MAX_HOST_FIELD_LEN> = Text::new();
        name.push_lower_case(self.name.strip_suffix(b".").unwrap_or(self.name));
        let port = match self.port {
            [] => Some(0),
            [_, digits @ ..] if digits.len() <= 5 => decimal(digits),
            _ => None,
        };
        host::is_serialized(name.as_bytes()) && port.is_some_and(|port| port <= 65_535)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_cut_before_its_port() {
        for (value, name, port) in [
            ("a.example", "a.example", ""),
            ("a.example:80", "a.example", ":80"),
            ("[::1]", "[::1]", ""),
            ("[::1]:80", "[::1]", ":80"),
            ("::1", "", "::1"),
            ("[::1", "[", "::1"),
            (":80", "", ":80"),
            ("a:1:2", "a", ":1:2"),
            ("", "", ""),
        ] {
            let split = SplitHost::new(value.as_bytes());
            assert_eq!((split.name, split.port), (name.as_bytes(), port.as_bytes()), "{value}");
        }
    }

    #[test]
    fn what_is_a_host_and_a_port() {
        for (value, well_formed) in [
            ("a.example", true),
            ("A.Example.", true),
            ("printer", true),
            ("a_b.example:0", true),
            ("192.0.2.7:65535", true),
            ("[2001:db8::7]:8080", true),
            ("192.0.2.7:65536", false),
            ("192.0.2.07", false),
            ("[2001:DB8:0::7]", false),
            ("[::1", false),
            ("::1", false),
            ("a.example:", false),
            ("a.example:1:2", false),
            ("a.example:123456", false),
            ("a..example", false),
            ("a.example..", false),
            ("a b", false),
            ("https://a.example", false),
            ("a.example/", false),
            (".", false),
            ("", false),
        ] {
            assert_eq!(SplitHost::new(value.as_bytes()).is_well_formed(), well_formed, "{value}");
        }
    }

    #[test]
    fn what_a_name_takes() {
        for (name, value, taken) in [
            ("a.example", "A.example", true),
            ("A.example:80", "a.example:80", true),
            ("a.example", "a.example:80", false),
            ("a.example:*", "a.example", true),
            ("a.example:*", "A.example:1", true),
            ("a.example:*", "a.example:01", false),
            ("a.example:*", "a.example:65536", false),
            ("a.example:*", "b.a.example:1", false),
            ("[::1]:*", "[::1]:1", true),
            ("*", "a.example", false),
            ("http://a.example", "a.example", false),
        ] {
            assert_eq!(SplitHost::new(value.as_bytes()).is_taken_by(name.as_bytes()), taken, "{name} {value}");
        }
    }
}
