//! Scheme, host and port of an origin, and which origins belong together.

use std::net::{Ipv4Addr, Ipv6Addr};

/// A tuple origin, its scheme's default port not written.
///
/// # Specification
///
/// <https://html.spec.whatwg.org/multipage/browsers.html#concept-origin-tuple>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TupleOrigin<'o> {
    pub(crate) scheme: &'o str,
    pub(crate) host: &'o str,
    pub(crate) port: Option<u16>,
}

impl<'o> TupleOrigin<'o> {
    /// Reads a serialized origin; `None` where it is opaque, as `null` is.
    pub(crate) fn parse(serialized: &'o str) -> Option<Self> {
        let (scheme, rest) = serialized.split_once("://")?;
        let host_end = rest.rfind(']').map_or(0, |bracket| bracket + 1);
        let (host, port) = match rest[host_end..].rfind(':') {
            Some(colon) => {
                let (host, port) = rest.split_at(host_end + colon);
                (host, Some(port[1..].parse().ok()?))
            }
            None => (rest, None),
        };
        let is_host = !host.is_empty() && !host.contains(['/', '?', '#', '@']);
        let port = port.filter(|_| port != default_port(scheme));
        is_host.then_some(Self { scheme, host, port })
    }

    /// <https://html.spec.whatwg.org/multipage/browsers.html#same-site>
    pub(crate) fn is_same_site(&self, other: &Self) -> bool {
        self.scheme == other.scheme && self.is_schemelessly_same_site(other)
    }

    /// <https://html.spec.whatwg.org/multipage/browsers.html#schemelessly-same-site>
    fn is_schemelessly_same_site(&self, other: &Self) -> bool {
        let registrable_domain = registrable_domain(self.host);
        self.host == other.host
            || registrable_domain.is_some() && registrable_domain == self::registrable_domain(other.host)
    }

    /// <https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy>
    pub(crate) fn is_potentially_trustworthy(&self) -> bool {
        if matches!(self.scheme, "https" | "wss") {
            return true;
        }
        if let Ok(address) = self.host.parse::<Ipv4Addr>() {
            return address.is_loopback();
        }
        if let Some(address) = self.host.strip_prefix('[') {
            return address.strip_suffix(']') == Some("::1");
        }
        let name = self.host.strip_suffix('.').unwrap_or(self.host);
        name == "localhost" || name.ends_with(".localhost")
    }

    /// The value of `Host`: host, and the port unless it is the scheme's default
    /// (<https://httpwg.org/specs/rfc9110.html#field.host>).
    pub(crate) fn host_and_port(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.to_owned(),
        }
    }

    /// <https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin>
    pub(crate) fn serialize(&self) -> String {
        format!("{}://{}", self.scheme, self.host_and_port())
    }
}

/// The registrable domain of a host; `None` for an address and for a public suffix.
///
/// # Specification
///
/// <https://url.spec.whatwg.org/#host-registrable-domain>. The public suffixes, private ones such as `github.io` among
/// them, are those of the crate `psl`; a last label that no rule knows is a public suffix too.
///
/// # Examples
///
/// ```
/// use corsac_browser::registrable_domain;
///
/// assert_eq!(registrable_domain("www.app.example.co.uk"), Some("example.co.uk"));
/// assert_eq!(registrable_domain("octocat.github.io"), Some("octocat.github.io"));
/// assert_eq!(registrable_domain("github.io"), None);
/// assert_eq!(registrable_domain("192.168.0.1"), None);
/// ```
pub fn registrable_domain(host: &str) -> Option<&str> {
    let is_address = host.parse::<Ipv4Addr>().is_ok() || is_ipv6_in_brackets(host);
    // `psl::domain_str` leaves a trailing dot off, which belongs to the registrable domain.
    let domain = (!is_address).then(|| psl::domain(host.as_bytes())).flatten()?;
    std::str::from_utf8(domain.as_bytes()).ok()
}

fn is_ipv6_in_brackets(host: &str) -> bool {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).is_some_and(|host| host.parse::<Ipv6Addr>().is_ok())
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        _ => None,
    }
}
