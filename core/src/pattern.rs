//! What an operator may write in `allow_origins`, apart from `*` alone.
//!
//! | entry | takes | does not take |
//! |---|---|---|
//! | `https://example.com` | that origin, byte for byte | `http://example.com`, `https://example.com:8443`, `https://www.example.com` |
//! | `https://*.example.com` | `https://a.example.com`, `https://b.a.example.com` | `https://example.com`, `https://evilexample.com`, `https://a.example.com:8443` |
//! | `https://app-*.example.com` | `https://app-7.example.com` | `https://app-.example.com`, `https://app-a.b.example.com`, `https://app.example.com` |
//! | `http://localhost:*` | `http://localhost`, `http://localhost:3000` | `http://localhost:0`, `http://localhost:080`, `http://a.localhost` |
//!
//! A `*` never stands for a scheme, for nothing, for a byte outside the host bytes, or for a part of a port.

use crate::ascii::is_scheme_byte;
use crate::bytes::{
    at, decimal, ends_with, eq, eq_ignore_case, find, find_text, from, next, part, starts_with_ignore_case, to,
};
use crate::error::PolicyErrorKind as Kind;
use crate::host::{self, Fault, is_loopback};
use crate::ip;
use crate::suffixes;

/// Longest scheme in bytes. The standard has no limit; the longest registered scheme has 36 bytes.
pub const MAX_SCHEME_LEN: usize = 64;

/// One entry of `allow_origins`, already valid; all parts are slices of its text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct OriginPattern<'a> {
    /// Without `://`.
    pub(crate) scheme: &'a [u8],
    pub(crate) host: HostPattern<'a>,
    pub(crate) port: PortPattern<'a>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum HostPattern<'a> {
    /// This host.
    Exact(&'a [u8]),
    /// One or more whole labels before `base`, which begins with a dot.
    Subdomains { base: &'a [u8] },
    /// A label that begins with `prefix`, ends with `suffix` and has at least one byte between them, before `base`, which
    /// begins with a dot.
    InLabel { prefix: &'a [u8], suffix: &'a [u8], base: &'a [u8] },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PortPattern<'a> {
    /// This text after the host: empty for the scheme's default port, else `:` and the number.
    Exact(&'a [u8]),
    /// Any port from 1 to 65,535, the default one included.
    Any,
}

impl<'a> OriginPattern<'a> {
    /// Reads an entry, which is not `*` alone.
    ///
    /// # Errors
    ///
    /// The first fault from left to right.
    pub(crate) const fn parse(entry: &'a [u8]) -> Result<Self, Fault> {
        if let Some(fault) = check_text(entry) {
            return Err(fault);
        }
        if eq_ignore_case(entry, b"null") {
            return Err(Fault::new(Kind::NullOrigin, 0));
        }
        if has_opaque_scheme(entry) {
            return Err(Fault::new(Kind::OpaqueScheme, 0));
        }
        let Some(scheme_len) = find_text(entry, b"://") else {
            return Err(Fault::new(Kind::MissingScheme, 0));
        };
        let scheme = to(entry, scheme_len);
        if let Some(fault) = check_scheme(scheme) {
            return Err(fault);
        }

        let authority_start = scheme_len.wrapping_add(3);
        let authority = authority(entry, authority_start);
        if authority.is_empty() {
            return Err(Fault::new(Kind::MissingHost, authority_start));
        }
        if find(authority, b'@').is_some() {
            return Err(Fault::new(Kind::UserInfo, authority_start));
        }
        let (host_text, port_text) = match split_port(authority) {
            Ok(split) => split,
            Err(fault) => return Err(fault.moved(authority_start)),
        };
        let host = match HostPattern::parse(host_text) {
            Ok(host) => host,
            Err(fault) => return Err(fault.moved(authority_start)),
        };
        let port = match PortPattern::parse(port_text, scheme) {
            Ok(port) => port,
            Err(fault) => return Err(fault.moved(authority_start.wrapping_add(host_text.len()))),
        };

        match after_authority(entry, authority_start.wrapping_add(authority.len())) {
            Some(fault) => Err(fault),
            None => Ok(Self { scheme, host, port }),
        }
    }

    /// Whether the pattern takes names that its `*` would let anyone register, and where that suffix begins.
    pub(crate) const fn public_suffix(&self) -> Option<&'a [u8]> {
        match self.host {
            HostPattern::Subdomains { base } | HostPattern::InLabel { base, .. }
                if suffixes::is_public(from(base, 1)) =>
            {
                Some(from(base, 1))
            }
            _ => None,
        }
    }

    /// Whether every origin that the pattern takes is on this machine.
    pub(crate) const fn is_loopback(&self) -> bool {
        match self.host {
            HostPattern::Exact(host) => is_loopback(host),
            HostPattern::Subdomains { base } | HostPattern::InLabel { base, .. } => ends_with(base, b".localhost"),
        }
    }

    /// Whether the pattern is one origin.
    pub(crate) const fn is_exact(&self) -> bool {
        matches!((self.host, self.port), (HostPattern::Exact(_), PortPattern::Exact(_)))
    }
}

impl<'a> HostPattern<'a> {
    const fn parse(host: &'a [u8]) -> Result<Self, Fault> {
        let Some(star) = find(host, b'*') else {
            return match host::check(host) {
                Some(fault) => Err(fault),
                None => Ok(Self::Exact(host)),
            };
        };
        if at(host, 0) == b'[' {
            return Err(Fault::new(Kind::WildcardOverIp, star));
        }
        if let Some(second) = find(from(host, next(star)), b'*') {
            return Err(Fault::new(Kind::SeveralWildcards, next(star).wrapping_add(second)));
        }
        let Some(dot) = find(host, b'.') else {
            return Err(Fault::new(Kind::WildcardWholeHost, star));
        };
        if star > dot {
            return Err(Fault::new(Kind::WildcardPosition, star));
        }
        let (label, base) = (to(host, dot), from(host, dot));
        if base.len() == 1 {
            return Err(Fault::new(Kind::WildcardWholeHost, star));
        }
        if let Some(fault) = host::check_label(label) {
            return Err(fault);
        }
        if ip::ends_in_number(base) {
            return Err(Fault::new(Kind::WildcardOverIp, star));
        }
        if let Some(fault) = host::check(from(base, 1)) {
            return Err(fault.moved(next(dot)));
        }
        if host.len() > host::MAX_HOST_LEN {
            return Err(Fault::new(Kind::HostTooLong, host::MAX_HOST_LEN));
        }
        if label.len() == 1 {
            Ok(Self::Subdomains { base })
        } else {
            Ok(Self::InLabel { prefix: to(label, star), suffix: from(label, next(star)), base })
        }
    }
}

impl<'a> PortPattern<'a> {
    /// Reads the port with its colon, or nothing.
    pub(crate) const fn parse(port: &'a [u8], scheme: &[u8]) -> Result<Self, Fault> {
        let digits = from(port, 1);
        match port {
            [] => return Ok(Self::Exact(port)),
            [_] => return Err(Fault::new(Kind::PortEmpty, 0)),
            [_, b'*'] => return Ok(Self::Any),
            _ => {}
        }
        let mut i = 0;
        let mut zeros = true;
        while i < digits.len() {
            let byte = at(digits, i);
            if byte == b'*' {
                return Err(Fault::new(Kind::WildcardPosition, next(i)));
            }
            if !byte.is_ascii_digit() {
                return Err(Fault::new(Kind::PortInvalid, next(i)));
            }
            zeros = zeros && byte == b'0';
            i = next(i);
        }
        if zeros {
            return Err(Fault::new(Kind::PortZero, 1));
        }
        if at(digits, 0) == b'0' {
            return Err(Fault::new(Kind::PortLeadingZero, 1));
        }
        match decimal(digits) {
            Some(number) if number <= 65_535 => {}
            _ => return Err(Fault::new(Kind::PortOutOfRange, 1)),
        }
        if eq(digits, default_port(scheme)) {
            return Err(Fault::new(Kind::DefaultPort, 0));
        }
        Ok(Self::Exact(port))
    }
}

/// The default port of a scheme as text; empty where it has none.
///
/// # Specification
///
/// [URL: special scheme](https://url.spec.whatwg.org/#special-scheme)
pub(crate) const fn default_port(scheme: &[u8]) -> &'static [u8] {
    match scheme {
        b"http" | b"ws" => b"80",
        b"https" | b"wss" => b"443",
        b"ftp" => b"21",
        _ => b"",
    }
}

/// Whether `:` and a port, or nothing, is how a browser serializes a port of `scheme`: 1 to 65,535 in decimal without leading
/// zeros, and not the default port.
pub(crate) fn is_serialized_port(port: &[u8], scheme: &[u8]) -> bool {
    let Some((_, digits)) = port.split_first() else {
        return true;
    };
    digits.first() != Some(&b'0')
        && digits.len() <= 5
        && decimal(digits).is_some_and(|number| number <= 65_535)
        && digits != default_port(scheme)
}

/// The first fault that any list entry can have.
pub(crate) const fn check_text(entry: &[u8]) -> Option<Fault> {
    if entry.is_empty() {
        return Some(Fault::new(Kind::Empty, 0));
    }
    let mut i = 0;
    while i < entry.len() {
        let kind = match at(entry, i) {
            b' ' | b'\t' => Kind::Blank,
            0..=0x1f | 0x7f => Kind::ControlByte,
            0x80.. => Kind::NonAscii,
            _ => {
                i = next(i);
                continue;
            }
        };
        return Some(Fault::new(kind, i));
    }
    None
}

/// Schemes whose pages have an opaque origin, or none at all.
///
/// # Specification
///
/// [URL: origin](https://url.spec.whatwg.org/#concept-url-origin)
pub(crate) const OPAQUE_SCHEMES: [&str; 6] = ["about", "blob", "data", "file", "filesystem", "javascript"];

const fn has_opaque_scheme(entry: &[u8]) -> bool {
    let mut rest: &[&str] = &OPAQUE_SCHEMES;
    while let [scheme, tail @ ..] = rest {
        if starts_with_ignore_case(entry, scheme.as_bytes()) && at(entry, scheme.len()) == b':' {
            return true;
        }
        rest = tail;
    }
    false
}

const fn check_scheme(scheme: &[u8]) -> Option<Fault> {
    if scheme.is_empty() {
        return Some(Fault::new(Kind::MissingScheme, 0));
    }
    let mut i = 0;
    while i < scheme.len() {
        let byte = at(scheme, i);
        if byte.is_ascii_uppercase() {
            return Some(Fault::new(Kind::UpperCase, i));
        }
        if byte == b'*' {
            return Some(Fault::new(Kind::WildcardPosition, i));
        }
        if !is_scheme_byte(byte) || (i == 0 && !byte.is_ascii_lowercase()) {
            return Some(Fault::new(Kind::InvalidScheme, i));
        }
        i = next(i);
    }
    if scheme.len() > MAX_SCHEME_LEN { Some(Fault::new(Kind::TooLong, MAX_SCHEME_LEN)) } else { None }
}

/// What stands between `://` and the path, query or fragment.
pub(crate) const fn authority(entry: &[u8], start: usize) -> &[u8] {
    let mut end = start;
    while end < entry.len() && !matches!(at(entry, end), b'/' | b'?' | b'#' | b'\\') {
        end = next(end);
    }
    part(entry, start, end)
}

/// The fault in what stands behind the authority, which ends at `end`: nothing should.
pub(crate) const fn after_authority(entry: &[u8], end: usize) -> Option<Fault> {
    let kind = match from(entry, end) {
        [] => return None,
        [b'/'] => Kind::TrailingSlash,
        [b'?', ..] => Kind::Query,
        [b'#', ..] => Kind::Fragment,
        _ => Kind::Path,
    };
    Some(Fault::new(kind, end))
}

/// Splits host and port; the port keeps its colon.
pub(crate) const fn split_port(authority: &[u8]) -> Result<(&[u8], &[u8]), Fault> {
    if at(authority, 0) == b'[' {
        let Some(bracket) = find(authority, b']') else {
            return Err(Fault::new(Kind::Ipv6Invalid, 0));
        };
        let end = next(bracket);
        return match at(authority, end) {
            b':' => Ok((to(authority, end), from(authority, end))),
            _ if end == authority.len() => Ok((authority, b"")),
            _ => Err(Fault::new(Kind::Ipv6Invalid, end)),
        };
    }
    match find(authority, b':') {
        // An IPv6 address without its brackets.
        Some(_) if ip::ipv6(authority).is_some() => Err(Fault::new(Kind::Ipv6Invalid, 0)),
        Some(0) => Err(Fault::new(Kind::MissingHost, 0)),
        Some(colon) => Ok((to(authority, colon), from(authority, colon))),
        None => Ok((authority, b"")),
    }
}
