//! Patterns over domains under which anyone can have a name, by the whole Public Suffix List.

use crate::pattern::Pattern;

/// The public suffix that the pattern of an origin stands over; `None` where its names belong to one owner, and for an entry
/// that is no pattern.
pub fn public_suffix_of(entry: &str) -> Option<&str> {
    Pattern::of(entry)?.base().filter(|base| is_public(base) || has_public_children(base))
}

/// Whether the names directly below `domain` are for anyone to register.
fn is_public(domain: &str) -> bool {
    is_suffix(&format!("x.{domain}"), domain)
}

/// Whether every name below `domain` is such a suffix: rules such as `*.compute.amazonaws.com`.
fn has_public_children(domain: &str) -> bool {
    is_suffix(&format!("x.x.{domain}"), &format!("x.{domain}"))
}

fn is_suffix(name: &str, domain: &str) -> bool {
    psl::suffix(name.as_bytes()).is_some_and(|suffix| suffix.is_known() && suffix.as_bytes() == domain.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_over_suffixes_are_found() {
        for (entry, suffix) in [
            ("https://*.s3.amazonaws.com", Some("s3.amazonaws.com")),
            ("https://*.github.io", Some("github.io")),
            ("https://app-*.vercel.app", Some("vercel.app")),
            ("https://*.compute.amazonaws.com", Some("compute.amazonaws.com")),
            ("https://*.co.uk:8443", Some("co.uk")),
            ("https://*.me.github.io", None),
            ("https://*.example.com", None),
            ("https://*.example.co.uk", None),
            ("http://*.localhost:*", None),
            ("http://localhost:*", None),
            ("https://*.internal.corp", None),
            ("https://github.io", None),
        ] {
            assert_eq!(public_suffix_of(entry), suffix, "{entry}");
        }
    }
}
