//! The CORS-preflight cache. It has no clock: the caller says what time it is, in seconds.

use crate::fetch_call::Credentials;
use crate::preflight::PreflightGrant;
use crate::request::Request;
use crate::request_header::is_cors_non_wildcard_request_header_name;

/// The browser's memory of what preflights allowed.
///
/// The network partition key is taken to be the origin of the page. All pages with an opaque origin count as one.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#concept-cache>
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PreflightCache {
    entries: Vec<CacheEntry>,
}

/// One method or one header name that may be used for a URL.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#cache-entry>
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheEntry {
    /// The serialized origin of the page.
    pub origin: String,
    /// The URL.
    pub url: String,
    /// The seconds after which the entry is gone.
    pub max_age: u64,
    /// Whether the request behind the preflight included credentials.
    pub credentials: bool,
    /// What is allowed.
    pub allows: Allows,
    /// When the entry was stored, in the caller's seconds.
    pub stored_at: u64,
}

/// What a cache entry allows; the value `*` is the wildcard.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "the standard has either, never both")]
pub enum Allows {
    /// A method.
    Method(Vec<u8>),
    /// A header name.
    HeaderName(Vec<u8>),
}

impl CacheEntry {
    /// Whether the entry is about that page and URL (the part of a match that clearing looks at).
    fn is_about(&self, request: &Request) -> bool {
        self.origin == request.origin && self.url == request.url
    }

    /// Cache entry match (<https://fetch.spec.whatwg.org/#concept-cache-match>).
    fn matches(&self, request: &Request) -> bool {
        self.is_about(request) && (self.credentials || request.credentials != Credentials::Include)
    }

    fn is_alive(&self, now: u64) -> bool {
        now.saturating_sub(self.stored_at) < self.max_age
    }

    fn allows(&self, asked: &Allows) -> bool {
        match (&self.allows, asked) {
            (Allows::Method(allowed), Allows::Method(method)) => allowed == b"*" || allowed == method,
            (Allows::HeaderName(allowed), Allows::HeaderName(name)) => {
                allowed.eq_ignore_ascii_case(name)
                    || (allowed == b"*" && !is_cors_non_wildcard_request_header_name(name))
            }
            _ => false,
        }
    }
}

impl PreflightCache {
    /// The entries, in the order in which they were stored.
    pub fn entries(&self) -> &[CacheEntry] {
        &self.entries
    }

    /// Forgets the entries whose max-age has passed.
    pub(crate) fn remove_expired(&mut self, now: u64) {
        self.entries.retain(|entry| entry.is_alive(now));
    }

    /// Method cache entry match (<https://fetch.spec.whatwg.org/#concept-cache-match-method>).
    ///
    /// An entry for `*` matches every method, even when it came from a request that included credentials: so says the
    /// standard, although the preflight that stored it took `*` literally.
    pub(crate) fn has_method(&self, method: &[u8], request: &Request) -> bool {
        self.has(&Allows::Method(method.to_vec()), request)
    }

    /// Header-name cache entry match (<https://fetch.spec.whatwg.org/#concept-cache-match-header>).
    pub(crate) fn has_header_name(&self, name: &[u8], request: &Request) -> bool {
        self.has(&Allows::HeaderName(name.to_vec()), request)
    }

    fn has(&self, asked: &Allows, request: &Request) -> bool {
        let mut entries = self.entries.iter();
        entries.any(|entry| entry.matches(request) && entry.allows(asked))
    }

    /// Clear cache entries (<https://fetch.spec.whatwg.org/#concept-cache-clear>). Tells how many there were.
    pub(crate) fn clear(&mut self, request: &Request) -> usize {
        let before = self.entries.len();
        self.entries.retain(|entry| !entry.is_about(request));
        before - self.entries.len()
    }

    /// The last steps of CORS-preflight fetch: every method and header name that the preflight allowed is kept.
    pub(crate) fn store(&mut self, request: &Request, grant: &PreflightGrant<'_>, max_age: u64, now: u64) {
        let methods = grant.methods.iter().map(|m| Allows::Method(m.to_vec()));
        let header_names = grant.header_names.iter();
        let header_names = header_names.map(|name| Allows::HeaderName(name.to_vec()));
        for allows in methods.chain(header_names) {
            self.set(request, max_age, allows, now);
        }
    }

    /// Gives the matching entries a new max-age, still counted from when they were stored; or else creates an entry.
    fn set(&mut self, request: &Request, max_age: u64, allows: Allows, now: u64) {
        let mut matched = false;
        for entry in &mut self.entries {
            if entry.matches(request) && entry.allows(&allows) {
                entry.max_age = max_age;
                matched = true;
            }
        }
        if !matched {
            self.entries.push(CacheEntry {
                origin: request.origin.clone(),
                url: request.url.clone(),
                max_age,
                credentials: request.credentials == Credentials::Include,
                allows,
                stored_at: now,
            });
        }
    }
}
