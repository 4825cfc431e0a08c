//! Suffixes below which anyone can have a name: a small built-in set of what people meet most.
//!
//! The whole [Public Suffix List](https://publicsuffix.org/) is thousands of entries and changes every week; the `corsac
//! check` command has it. These are the shared-hosting suffixes and second-level registries for which a pattern such as
//! `https://*.github.io` is a hole that any visitor can walk through.

use crate::bytes::{eq, find};

/// In lower case, without a leading dot, in alphabetical order.
const SUFFIXES: [&str; 36] = [
    "amazonaws.com",
    "appspot.com",
    "azurestaticapps.net",
    "azurewebsites.net",
    "blogspot.com",
    "cloudapp.net",
    "cloudfront.net",
    "co.in",
    "co.jp",
    "co.kr",
    "co.nz",
    "co.uk",
    "co.za",
    "com.au",
    "com.br",
    "com.cn",
    "com.mx",
    "com.tr",
    "com.tw",
    "deno.dev",
    "firebaseapp.com",
    "fly.dev",
    "github.io",
    "gitlab.io",
    "glitch.me",
    "herokuapp.com",
    "netlify.app",
    "ngrok.io",
    "onrender.com",
    "org.uk",
    "pages.dev",
    "readthedocs.io",
    "surge.sh",
    "vercel.app",
    "web.app",
    "workers.dev",
];

/// Whether names directly below `domain` belong to many owners: it is in the built-in set, or it is a single label other than
/// `localhost`.
pub(crate) const fn is_public(domain: &[u8]) -> bool {
    if find(domain, b'.').is_none() {
        return !eq(domain, b"localhost");
    }
    let mut rest: &[&str] = &SUFFIXES;
    while let [suffix, tail @ ..] = rest {
        if eq(domain, suffix.as_bytes()) {
            return true;
        }
        rest = tail;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_set_is_sorted_and_canonical() {
        assert!(SUFFIXES.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(SUFFIXES.iter().all(|suffix| crate::host::is_domain(suffix.as_bytes()) && suffix.contains('.')));
    }

    #[test]
    fn only_the_suffix_itself_is_public() {
        for (domain, public) in [
            ("github.io", true),
            ("me.github.io", false),
            ("xgithub.io", false),
            ("com", true),
            ("local", true),
            ("localhost", false),
            ("example.com", false),
        ] {
            assert_eq!(is_public(domain.as_bytes()), public, "{domain}");
        }
    }
}
