//! The spelling that an operator most likely meant.

use crate::bytes::{
    at, eq, eq_ignore_case, find, find_last, find_text, from, next, part, starts_with_ignore_case, to, trim_blanks,
};
use crate::config::Config;
use crate::error::{OptionName, PolicyErrorKind as Kind};
use crate::ip;
use crate::pattern::{authority, default_port};
use crate::text::Text;

/// A corrected spelling: longer than any valid origin or method, and a correction that does not fit is none.
pub type Suggestion = Text<400>;

/// A valid spelling of a faulty entry; empty where none is at hand.
pub(crate) const fn for_entry(config: &Config<'_>, field: OptionName, kind: Kind, entry: &[u8]) -> Suggestion {
    let mut text = Suggestion::new();
    match (field, kind) {
        // No other spelling is meant.
        (_, Kind::NullOrigin | Kind::OpaqueScheme | Kind::Duplicate) => return text,
        (OptionName::AllowOrigins, _) => push_origin(&mut text, trim_blanks(entry)),
        (OptionName::AllowHosts, _) => push_host_entry(&mut text, after_scheme(trim_blanks(entry))),
        (_, Kind::MediaTypeParameter) => text.push_bytes(trim_blanks(before_semicolon(entry))),
        (_, Kind::Blank) if entry.len() < text.capacity() => text.push_bytes(trim_blanks(entry)),
        (_, Kind::MethodCase) => text.push_str("PATCH"),
        _ => return text,
    }
    let is_other = !eq(text.as_bytes(), entry);
    if is_other && config.text_fault(field, text.as_bytes()).is_none() { text } else { Suggestion::new() }
}

/// Writes an origin with its faults taken away.
const fn push_origin(text: &mut Suggestion, entry: &[u8]) {
    let (scheme, start): (&[u8], usize) = match find_text(entry, b"://") {
        Some(length) => (to(entry, length), length.wrapping_add(3)),
        // The separator is mistaken, rather than the scheme missing.
        None if begins_with_scheme(entry) => return,
        None => (b"https", if eq(to(entry, 2), b"//") { 2 } else { 0 }),
    };
    text.push_lower_case(scheme);
    text.push_str("://");
    push_authority(text, from(entry, start), scheme);
}

/// Writes the host and the port that stand at the beginning of `text`, of a URL with this scheme.
const fn push_authority(text: &mut Suggestion, rest: &[u8], scheme: &[u8]) {
    let mut authority = authority(rest, 0);
    if let Some(end_of_user_info) = find_last(authority, b'@') {
        authority = from(authority, next(end_of_user_info));
    }
    let colon = match find_last(authority, b':') {
        Some(colon) if find(from(authority, colon), b']').is_none() => colon,
        _ => authority.len(),
    };
    push_host(text, to(authority, colon));
    push_port(text, from(authority, next(colon)), scheme);
}

/// Writes an entry of `allow_hosts` with its faults taken away.
const fn push_host_entry(text: &mut Suggestion, entry: &[u8]) {
    match ip::ipv6(entry) {
        Some(pieces) => push_address(text, &pieces),
        None => push_authority(text, entry, b""),
    }
}

const fn after_scheme(entry: &[u8]) -> &[u8] {
    match find_text(entry, b"://") {
        Some(length) => from(entry, length.wrapping_add(3)),
        None => entry,
    }
}

const fn before_semicolon(entry: &[u8]) -> &[u8] {
    match find(entry, b';') {
        Some(semicolon) => to(entry, semicolon),
        None => entry,
    }
}

const fn begins_with_scheme(entry: &[u8]) -> bool {
    let mut schemes: &[&str] = &["http", "https", "ws", "wss", "ftp"];
    while let [scheme, rest @ ..] = schemes {
        let is_scheme = starts_with_ignore_case(entry, scheme.as_bytes());
        if is_scheme && matches!(at(entry, scheme.len()), b':' | b'/' | b'\\') {
            return true;
        }
        schemes = rest;
    }
    false
}

const fn push_host(text: &mut Suggestion, host: &[u8]) {
    let host = match host {
        [host @ .., b'.'] => host,
        _ => host,
    };
    if at(host, 0) == b'[' {
        if let Some(pieces) = ip::ipv6(part(host, 1, host.len().wrapping_sub(1))) {
            push_address(text, &pieces);
        }
    } else if ip::ends_in_number(host)
        && let Some(quads) = ip::lenient_ipv4(host)
    {
        push_quads(text, quads);
    } else {
        text.push_lower_case(host);
    }
}

/// Writes an IPv6 address in brackets, or the IPv4 address in it.
const fn push_address(text: &mut Suggestion, pieces: &[u16; 8]) {
    if let Some(quads) = ip::mapped_ipv4(pieces) {
        push_quads(text, quads);
    } else {
        text.push(b'[');
        ip::push_ipv6(text, pieces);
        text.push(b']');
    }
}

const fn push_quads(text: &mut Suggestion, quads: [u8; 4]) {
    let mut i = 0;
    while i < 4 {
        if i > 0 {
            text.push(b'.');
        }
        text.push_decimal(crate::bytes::index_u8(at(&quads, i)));
        i = next(i);
    }
}

const fn push_port(text: &mut Suggestion, port: &[u8], scheme: &[u8]) {
    let mut port = port;
    while let [b'0', rest @ ..] = port {
        port = rest;
    }
    let lower_case_default = if eq_ignore_case(scheme, b"http") {
        default_port(b"http")
    } else if eq_ignore_case(scheme, b"https") {
        default_port(b"https")
    } else {
        default_port(scheme)
    };
    if !port.is_empty() && !eq(port, lower_case_default) {
        text.push(b':');
        text.push_bytes(port);
    }
}
