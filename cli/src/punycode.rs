//! International domain names in the form in which browsers send them.

use corsac::{Config, OptionName};

/// The valid entry that an entry of `allow_origins` or `allow_hosts` with a non-ASCII host stands for.
pub fn corrected(field: OptionName, entry: &str) -> Option<String> {
    let (scheme, rest) = entry.trim().split_once("://").unwrap_or(("https", entry.trim()));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let authority = authority.rsplit('@').next().unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let host = idna::domain_to_ascii(host.trim_end_matches('.')).ok()?;
    let scheme = scheme.to_ascii_lowercase();
    let is_origin = field == OptionName::AllowOrigins;
    let is_default = is_origin && matches!((scheme.as_str(), port), ("http", Some("80")) | ("https", Some("443")));
    let mut text = if is_origin { format!("{scheme}://{host}") } else { host };
    if let Some(port) = port.filter(|port| !is_default && !port.is_empty()) {
        text.push(':');
        text.push_str(port);
    }
    let entries = [text.as_str()];
    let any = Config { dangerously_allow_public_suffixes: true, dangerously_allow_any_port: true, ..Config::CLOSED };
    let config = match field {
        OptionName::AllowOrigins => Config { allow_origins: &entries, ..any },
        OptionName::AllowHosts => Config { allow_hosts: &entries, ..any },
        _ => return None,
    };
    config.image_len().is_ok().then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_become_what_browsers_send() {
        for (entry, corrected_to) in [
            ("https://bücher.example", Some("https://xn--bcher-kva.example")),
            ("https://BÜCHER.example:443/x", Some("https://xn--bcher-kva.example")),
            ("https://*.bücher.example:8443", Some("https://*.xn--bcher-kva.example:8443")),
            ("https://例え.テスト", Some("https://xn--r8jz45g.xn--zckzah")),
            ("bücher.example", Some("https://xn--bcher-kva.example")),
            ("https://", None),
            ("https://bü cher.example", None),
            ("https://\u{202e}", None),
        ] {
            assert_eq!(corrected(OptionName::AllowOrigins, entry).as_deref(), corrected_to, "{entry}");
        }
        for (entry, corrected_to) in [
            ("küche.local", Some("xn--kche-0ra.local")),
            ("http://Küche.local:80/x", Some("xn--kche-0ra.local:80")),
            ("küche.local:*", Some("xn--kche-0ra.local:*")),
            ("*.küche.local", None),
        ] {
            assert_eq!(corrected(OptionName::AllowHosts, entry).as_deref(), corrected_to, "{entry}");
        }
        assert_eq!(corrected(OptionName::AllowMethods, "é"), None);
    }
}
