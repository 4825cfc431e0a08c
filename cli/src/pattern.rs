//! The patterns of a valid policy: their parts, and origins that they take or nearly take.

use corsac::Request;

use crate::options::{Options, compile};

/// An entry of `allow_origins` with a `*` in it, in its parts. The entry is known to be valid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Pattern<'e> {
    pub(crate) scheme: &'e str,
    pub(crate) host: Host<'e>,
    /// With its colon; empty for the default one, `:*` for any.
    pub(crate) port: &'e str,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Host<'e> {
    /// No `*` in the host.
    Exact(&'e str),
    /// `*.` and a base.
    Subdomains { base: &'e str },
    /// A `*` within the leftmost label, and a base.
    InLabel { before: &'e str, after: &'e str, base: &'e str },
}

impl<'e> Pattern<'e> {
    /// The parts of an entry; `None` where it has no `*`, or is `*` alone.
    pub(crate) fn of(entry: &'e str) -> Option<Self> {
        let (scheme, authority) = entry.split_once("://").filter(|_| entry.contains('*'))?;
        let in_brackets = authority.rfind(']').unwrap_or(0);
        let colon = authority[in_brackets..].find(':').map_or(authority.len(), |colon| in_brackets + colon);
        let (host, port) = authority.split_at(colon);
        let host = match host.split_once('*') {
            None => Host::Exact(host),
            Some(("", base)) if base.starts_with('.') => Host::Subdomains { base: &base[1..] },
            Some((before, rest)) => {
                let (after, base) = rest.split_once('.')?;
                Host::InLabel { before, after, base }
            }
        };
        Some(Self { scheme, host, port })
    }

    /// The domain that the `*` stands before.
    pub(crate) const fn base(&self) -> Option<&'e str> {
        match self.host {
            Host::Exact(_) => None,
            Host::Subdomains { base } | Host::InLabel { base, .. } => Some(base),
        }
    }

    /// Whether any port is taken.
    pub(crate) fn any_port(&self) -> bool {
        self.port == ":*"
    }

    /// Origins that the pattern should take.
    fn likely(&self) -> Vec<String> {
        let hosts = match self.host {
            Host::Exact(host) => vec![host.to_owned()],
            Host::Subdomains { base } => vec![format!("www.{base}"), format!("a.b.{base}")],
            Host::InLabel { before, after, base } => {
                vec![format!("{before}1{after}.{base}"), format!("{before}x-y{after}.{base}")]
            }
        };
        let ports = if self.any_port() { vec!["", ":3000", ":65535"] } else { vec![self.port] };
        let mut origins = Vec::new();
        for (i, host) in hosts.iter().enumerate() {
            let ports = if i == 0 { &ports[..] } else { &ports[..1] };
            origins.extend(ports.iter().map(|port| format!("{}://{host}{port}", self.scheme)));
        }
        origins
    }

    /// Origins that are close to it and that it should not take.
    fn unlikely(&self) -> Vec<String> {
        let Self { scheme, port, .. } = *self;
        let own_port = if self.any_port() { "" } else { port };
        let (inside, others) = match self.host {
            Host::Exact(host) => {
                // The other name of this machine is another origin.
                let other = match host {
                    "localhost" => "127.0.0.1".to_owned(),
                    "127.0.0.1" | "[::1]" => "localhost".to_owned(),
                    _ => format!("evil-{host}"),
                };
                (host.to_owned(), vec![other])
            }
            Host::Subdomains { base } => (format!("www.{base}"), vec![base.to_owned(), format!("evil{base}")]),
            Host::InLabel { before, after, base } => {
                let others = vec![
                    format!("{before}{after}.{base}"),
                    format!("{before}a.b{after}.{base}"),
                    format!("www.{before}1{after}.{base}"),
                ];
                (format!("{before}1{after}.{base}"), others)
            }
        };
        let others = others.into_iter().filter(|host| !host.starts_with(['.', '-']));
        let mut origins: Vec<String> = others.map(|host| format!("{scheme}://{host}{own_port}")).collect();
        if !inside.ends_with(']') {
            origins.push(format!("{scheme}://{inside}.evil.example{own_port}"));
        }
        match scheme {
            "https" => origins.push(format!("http://{inside}{own_port}")),
            "http" => origins.push(format!("https://{inside}{own_port}")),
            _ => {}
        }
        if !self.any_port() {
            let other_port = if port == ":8443" { ":8444" } else { ":8443" };
            origins.push(format!("{scheme}://{inside}{other_port}"));
        }
        origins
    }
}

/// What an entry takes and what it does not, every example put to the core.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Examples {
    pub(crate) takes: Vec<String>,
    pub(crate) does_not_take: Vec<NearMiss>,
}

/// An origin, or a host, that an entry does not take.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct NearMiss {
    pub(crate) text: String,
    /// The entry of the policy that takes it all the same.
    pub(crate) taken_by: Option<usize>,
}

impl Examples {
    /// Examples for one entry of a valid policy; none where it is no pattern.
    pub(crate) fn of(entry: &str, options: &Options, whole: &corsac::PolicyRef<'_>) -> Option<Self> {
        let pattern = Pattern::of(entry)?;
        let lists = options.lists();
        let entries = [entry];
        let alone = corsac::Config { allow_origins: &entries, static_origin: false, ..lists.config() };
        let image = compile(&alone).ok()?;
        let alone = corsac::PolicyRef::open(&image).ok()?;
        let takes = pattern.likely().into_iter().filter(|origin| taker(&alone, origin).is_some()).collect();
        let does_not_take = pattern
            .unlikely()
            .into_iter()
            .filter(|origin| taker(&alone, origin).is_none())
            .map(|text| NearMiss { taken_by: taker(whole, &text), text })
            .collect();
        Some(Self { takes, does_not_take })
    }
}

/// The entry of the policy that takes an origin, by the real decision.
pub(crate) fn taker(policy: &corsac::PolicyRef<'_>, origin: &str) -> Option<usize> {
    let request = Request::from_fields("GET", [("Origin", origin)]);
    let decision = policy.decide(&request);
    decision.matched_entry().filter(|_| decision.allowed() == Some(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_fall_into_their_parts() {
        let of = |entry| Pattern::of(entry).map(|pattern| (pattern.scheme, pattern.host, pattern.port));
        assert_eq!(of("https://a.example"), None);
        assert_eq!(of("*"), None);
        assert_eq!(of("https://*.a.example:1"), Some(("https", Host::Subdomains { base: "a.example" }, ":1")));
        assert_eq!(of("http://[::1]:*"), Some(("http", Host::Exact("[::1]"), ":*")));
        assert_eq!(
            of("https://x-*y.a.example"),
            Some(("https", Host::InLabel { before: "x-", after: "y", base: "a.example" }, ""))
        );
        assert_eq!(
            of("https://*-y.a.example"),
            Some(("https", Host::InLabel { before: "", after: "-y", base: "a.example" }, ""))
        );
    }

    #[test]
    fn guesses_agree_with_the_decision() {
        for entry in [
            "https://*.example.com",
            "https://*.example.com:8443",
            "https://app-*.example.com",
            "https://*-app.example.com",
            "https://a*z.b.example.com:1",
            "http://localhost:*",
            "http://*.localhost:*",
            "http://127.0.0.1:*",
            "http://[::1]:*",
            "capacitor://*.app.local",
        ] {
            let options = Options::with_origins(&[entry]);
            let image = options.compile().unwrap();
            let whole = corsac::PolicyRef::open(&image).unwrap();
            let pattern = Pattern::of(entry).unwrap();
            let examples = Examples::of(entry, &options, &whole).unwrap();
            assert_eq!(examples.takes, pattern.likely(), "{entry}");
            let missed: Vec<String> = examples.does_not_take.into_iter().map(|miss| miss.text).collect();
            assert_eq!(missed, pattern.unlikely(), "{entry}");
            assert!(missed.len() >= 2, "{entry}");
        }
    }
}
