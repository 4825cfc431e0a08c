//! Hosts as browsers serialize them: domains and IP addresses.
//!
//! # Specification
//!
//! [URL: host parsing](https://url.spec.whatwg.org/#host-parsing) and
//! [host serializing](https://url.spec.whatwg.org/#host-serializing). A browser has parsed and serialized a host before it
//! writes `Origin`, so only one spelling of each can ever arrive, and every other one in a policy is a mistake.

use crate::ascii::is_host_byte;
use crate::bytes::{at, ends_with, eq, find, from, next, part, to};
use crate::error::PolicyErrorKind as Kind;
use crate::ip::{ends_in_number, ipv4, ipv6, mapped_ipv4, push_ipv6};
use crate::punycode::is_punycode;
use crate::text::Text;

/// Longest host in bytes: the 255 octets of a domain name in
/// [RFC 1035, section 2.3.4](https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4) leave 253 as text.
pub const MAX_HOST_LEN: usize = 253;

/// Longest label in bytes, of the same section.
pub(crate) const MAX_LABEL_LEN: usize = 63;

/// A fault in a policy entry and the byte where it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    pub(crate) offset: usize,
}

impl Fault {
    pub(crate) const fn new(kind: Kind, offset: usize) -> Self {
        Self { kind, offset }
    }

    /// The same fault seen from the start of a longer text.
    pub(crate) const fn moved(self, by: usize) -> Self {
        Self { kind: self.kind, offset: self.offset.wrapping_add(by) }
    }
}

/// Checks a host without `*`, as an operator wrote it.
pub(crate) const fn check(host: &[u8]) -> Option<Fault> {
    if at(host, 0) == b'[' {
        return check_ipv6(host);
    }
    let mut start = 0;
    loop {
        let (label, more) = match find(from(host, start), b'.') {
            Some(length) => (part(host, start, start.wrapping_add(length)), true),
            None => (from(host, start), false),
        };
        if label.is_empty() && !more && start > 0 {
            return Some(Fault::new(Kind::TrailingDot, start.wrapping_sub(1)));
        }
        if let Some(fault) = check_label(label) {
            return Some(fault.moved(start));
        }
        if !more {
            break;
        }
        start = next(start.wrapping_add(label.len()));
    }
    if host.len() > MAX_HOST_LEN {
        return Some(Fault::new(Kind::HostTooLong, MAX_HOST_LEN));
    }
    if ends_in_number(host) && ipv4(host).is_none() {
        return Some(Fault::new(Kind::Ipv4NotCanonical, 0));
    }
    None
}

/// Checks one label of a domain. A `*` counts as one of its bytes; the caller has decided whether it may stand there.
pub(crate) const fn check_label(label: &[u8]) -> Option<Fault> {
    if label.is_empty() {
        return Some(Fault::new(Kind::EmptyLabel, 0));
    }
    let mut i = 0;
    while i < label.len() {
        let byte = at(label, i);
        if byte.is_ascii_uppercase() {
            return Some(Fault::new(Kind::UpperCase, i));
        }
        if !is_host_byte(byte) && byte != b'*' {
            return Some(Fault::new(Kind::InvalidHostByte, i));
        }
        i = next(i);
    }
    if label.len() > MAX_LABEL_LEN {
        return Some(Fault::new(Kind::LabelTooLong, MAX_LABEL_LEN));
    }
    if at(label, 0) == b'-' {
        return Some(Fault::new(Kind::LabelHyphen, 0));
    }
    let last = label.len().wrapping_sub(1);
    if at(label, last) == b'-' {
        return Some(Fault::new(Kind::LabelHyphen, last));
    }
    if eq(to(label, 4), b"xn--") && find(label, b'*').is_none() && !is_punycode(from(label, 4)) {
        return Some(Fault::new(Kind::InvalidPunycode, 0));
    }
    None
}

const fn check_ipv6(host: &[u8]) -> Option<Fault> {
    let inner = part(host, 1, host.len().wrapping_sub(1));
    let Some(pieces) = ipv6(inner) else {
        return Some(Fault::new(Kind::Ipv6Invalid, 0));
    };
    if mapped_ipv4(&pieces).is_some() {
        return Some(Fault::new(Kind::Ipv4MappedIpv6, 0));
    }
    let mut canonical: Text<40> = Text::new();
    push_ipv6(&mut canonical, &pieces);
    if eq(canonical.as_bytes(), inner) { None } else { Some(Fault::new(Kind::Ipv6NotCanonical, 0)) }
}

/// Whether `host` is one that a browser can serialize: an IPv6 address in brackets in its one spelling, an IPv4 address in
/// dotted quads, or labels of host bytes joined by dots.
pub(crate) fn is_serialized(host: &[u8]) -> bool {
    if let Some(inner) = host.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]")) {
        let mut canonical: Text<40> = Text::new();
        return ipv6(inner).is_some_and(|pieces| {
            push_ipv6(&mut canonical, &pieces);
            canonical.as_bytes() == inner
        });
    }
    is_domain(host) && (!ends_in_number(host) || ipv4(host).is_some())
}

/// Whether `host` is labels of host bytes joined by single dots, within the cap.
#[inline]
pub(crate) fn is_domain(host: &[u8]) -> bool {
    if host.len() > MAX_HOST_LEN {
        return false;
    }
    let mut after_dot = true;
    for &byte in host {
        let is_dot = byte == b'.';
        if is_dot && after_dot || !is_dot && !is_host_byte(byte) {
            return false;
        }
        after_dot = is_dot;
    }
    !after_dot
}

/// A host that never leaves the machine: `localhost` and names below it, `127.0.0.0/8`, `[::1]`.
///
/// # Specification
///
/// [Secure Contexts: is origin potentially trustworthy](https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy)
pub(crate) const fn is_loopback(host: &[u8]) -> bool {
    eq(host, b"localhost")
        || ends_with(host, b".localhost")
        || eq(host, b"[::1]")
        || matches!(ipv4(host), Some([127, _, _, _]))
}
