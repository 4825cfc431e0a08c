//! Which entry takes which origin: rows 3 to 10 of the design.

use std::net::Ipv4Addr;

/// Whether an entry of `allow_origins`, which is valid and not `*` alone, takes `origin`.
pub(crate) fn takes(entry: &str, origin: &[u8]) -> bool {
    let Ok(origin) = str::from_utf8(origin) else {
        return false;
    };
    if !entry.contains('*') {
        return entry == origin;
    }
    let (Some(entry), Some(origin)) = (split(entry), split(origin)) else {
        return false;
    };
    let port = if entry.port == ":*" { is_port_of(origin.port, origin.scheme) } else { entry.port == origin.port };
    entry.scheme == origin.scheme && port && takes_host(entry.host, origin.host)
}

fn takes_host(entry: &str, host: &str) -> bool {
    if !entry.contains('*') {
        return entry == host;
    }
    if host.len() > 253 || !host.split('.').all(is_label) {
        return false;
    }
    if let Some(base) = entry.strip_prefix("*.") {
        // One or more whole labels, then the base.
        return host.ends_with(&format!(".{base}"));
    }
    let (Some((pattern, entry_base)), Some((label, base))) = (entry.split_once('.'), host.split_once('.')) else {
        return false;
    };
    let Some((before, after)) = pattern.split_once('*') else {
        return false;
    };
    entry_base == base
        && label.starts_with(before)
        && label.ends_with(after)
        && label.len() > before.len() + after.len()
}

/// The host of what is cut like an origin, whatever its bytes.
pub(super) fn host_of(origin: &[u8]) -> Option<String> {
    // One character for each byte.
    let origin: String = origin.iter().map(|&byte| char::from(byte)).collect();
    split(&origin).map(|origin| origin.host.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect())
}

/// Whether a browser could serialize a tuple origin so, as `decide_with` promises to its function.
pub(crate) fn is_serialized_origin(origin: &[u8]) -> bool {
    let Some(origin) = str::from_utf8(origin).ok().and_then(split) else {
        return false;
    };
    let Origin { scheme, host, port } = origin;
    let scheme_is_valid = scheme.starts_with(|c: char| c.is_ascii_lowercase())
        && scheme.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "+-.".contains(c))
        && scheme.len() <= 64
        && !["file", "data", "blob", "about", "javascript", "filesystem"].contains(&scheme);
    scheme_is_valid && is_serialized_host(host) && is_port_of(port, scheme)
}

/// Whether a browser could serialize a host so.
pub(super) fn is_serialized_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        address.parse().is_ok_and(|address| url::Host::<&str>::Ipv6(address).to_string() == host)
    } else if ends_in_number(host) {
        host.parse::<Ipv4Addr>().is_ok_and(|address| address.to_string() == host)
    } else {
        host.len() <= 253 && host.split('.').all(is_label)
    }
}

fn is_label(label: &str) -> bool {
    !label.is_empty() && label.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c))
}

/// <https://url.spec.whatwg.org/#ends-in-a-number-checker>, for hosts in lower case without a dot at the end.
fn ends_in_number(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or(host);
    match last.strip_prefix("0x") {
        Some(hex) => hex.chars().all(|c| c.is_ascii_hexdigit()),
        None => !last.is_empty() && last.chars().all(|c| c.is_ascii_digit()),
    }
}

/// Nothing, which stands for the default port, or a colon and a number from 1 to 65,535 that is not the default one.
fn is_port_of(port: &str, scheme: &str) -> bool {
    let default = match scheme {
        "http" | "ws" => 80,
        "https" | "wss" => 443,
        "ftp" => 21,
        _ => 0,
    };
    let number = port.strip_prefix(':').and_then(|digits| digits.parse::<u16>().ok());
    port.is_empty() || number.is_some_and(|number| number != 0 && number != default && port == format!(":{number}"))
}

/// An origin or an entry, cut into its parts; the port has its colon.
struct Origin<'o> {
    scheme: &'o str,
    host: &'o str,
    port: &'o str,
}

fn split(origin: &str) -> Option<Origin<'_>> {
    let (scheme, rest) = origin.split_once(':')?;
    let authority = rest.strip_prefix("//")?;
    let host_len = if authority.starts_with('[') {
        authority.find(']')? + 1
    } else {
        authority.find(':').unwrap_or(authority.len())
    };
    let (host, port) = authority.split_at(host_len);
    if !port.is_empty() && !port.starts_with(':') {
        return None;
    }
    Some(Origin { scheme, host, port })
}
