//! `Sec-Fetch-Site`: how the page's origin stands to the URL's.
//!
//! Redirects are out of scope, as in the whole model: the URL list has one URL.

use std::fmt;

use crate::tuple_origin::TupleOrigin;

/// A value of `Sec-Fetch-Site`.
///
/// # Specification
///
/// <https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "the standard has these four")]
pub enum FetchSite {
    /// The page asks its own origin.
    SameOrigin,
    /// The page asks another origin of its site.
    SameSite,
    /// The page asks another site.
    CrossSite,
    /// No page asks: the user does.
    None,
}

impl FetchSite {
    /// The value of the field.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SameOrigin => "same-origin",
            Self::SameSite => "same-site",
            Self::CrossSite => "cross-site",
            Self::None => "none",
        }
    }
}

impl fmt::Display for FetchSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What `Sec-Fetch-Site` says of a request that a page makes, both origins serialized.
///
/// Whether the field is sent at all is another question: see [`is_potentially_trustworthy`].
///
/// # Specification
///
/// <https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-site>, without its step for the user, and
/// <https://html.spec.whatwg.org/multipage/browsers.html#same-site>, which looks at the scheme too.
///
/// # Examples
///
/// ```
/// use corsac_browser::{FetchSite, fetch_site};
///
/// assert_eq!(fetch_site("https://app.example.com", "https://api.example.com"), FetchSite::SameSite);
/// assert_eq!(fetch_site("http://app.example.com", "https://app.example.com"), FetchSite::CrossSite);
/// assert_eq!(fetch_site("null", "https://app.example.com"), FetchSite::CrossSite);
/// ```
pub fn fetch_site(page_origin: &str, url_origin: &str) -> FetchSite {
    match (TupleOrigin::parse(page_origin), TupleOrigin::parse(url_origin)) {
        (Some(page), Some(url)) if page == url => FetchSite::SameOrigin,
        (Some(page), Some(url)) if page.is_same_site(&url) => FetchSite::SameSite,
        _ => FetchSite::CrossSite,
    }
}

/// Tells whether a URL of that origin is told Fetch Metadata: one with TLS, or one of this machine.
///
/// # Specification
///
/// <https://w3c.github.io/webappsec-secure-contexts/#is-url-trustworthy>, for a browser that keeps `localhost` local, as
/// all do. What a user configures as trustworthy is left out.
///
/// # Examples
///
/// ```
/// use corsac_browser::is_potentially_trustworthy;
///
/// assert!(is_potentially_trustworthy("https://printer.example"));
/// assert!(is_potentially_trustworthy("http://localhost:8080"));
/// assert!(!is_potentially_trustworthy("http://192.168.0.7")); // on the LAN servers get no Sec-Fetch-Site
/// ```
pub fn is_potentially_trustworthy(url_origin: &str) -> bool {
    TupleOrigin::parse(url_origin).is_some_and(|url| url.is_potentially_trustworthy())
}
