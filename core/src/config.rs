//! What an operator writes, and everything that can be wrong with it.

use crate::error::{OptionName, PolicyError};
use crate::problems::Problems;
use crate::suggestion::{self, Suggestion};
use crate::text::Message;

/// Longest method in bytes, in a policy and in `Access-Control-Request-Method`. The longest registered one has 17.
pub const MAX_METHOD_LEN: usize = 64;

/// Most seconds that a preflight may be kept: the highest cap of any browser, Firefox's 24 hours.
pub const MAX_MAX_AGE: u32 = 86_400;

/// What the operator wrote: plain data, borrowed, not yet checked.
///
/// Every list is empty and every switch off in [`Config::CLOSED`], which the rest is taken from. Further options may be added
/// in later versions, so name `..Config::CLOSED` even where all are written.
///
/// | permitted | refused when compiled |
/// |---|---|
/// | `allow_origins: &["https://example.com"]` | `&["https://example.com/"]`, `&["example.com"]`, `&["https://Example.com"]` |
/// | `allow_origins: &["*"]` | `&["*", "https://example.com"]`, `&["*"]` with `allow_credentials` |
/// | `allow_origins: &["https://*.example.com"]` | `&["https://*.github.io"]`, `&["https://*"]` |
/// | `allow_headers: &["*", "authorization"]` | `&["*", "x-a"]`, `&["x-*"]`, `&["cookie"]` |
/// | `allow_hosts: &["printer.local", "192.0.2.7:8080"]` | `&["http://printer.local"]`, `&["*.local"]`, `&["192.0.2.07"]` |
/// | `allow_content_types: &["application/json"]` | `&["application/json; charset=utf-8"]`, `&["application/*"]` |
///
/// # Examples
///
/// ```
/// use corsac::{Config, PolicyErrorKind, policy};
///
/// // A policy that is checked while the program is built:
/// let policy = policy! { allow_origins: &["https://app.example.com"], allow_methods: &["PUT"] };
///
/// // The same from data that arrives later, where a mistake is an error:
/// let mistaken = Config { allow_origins: &["*"], allow_credentials: true, ..Config::CLOSED };
/// let error = mistaken.image_len().unwrap_err();
/// assert_eq!(error.kind(), PolicyErrorKind::AnyOriginWithCredentials);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(
    clippy::exhaustive_structs,
    reason = "written as a literal; `..Config::CLOSED` leaves room for further options"
)]
pub struct Config<'a> {
    /// The origins whose pages may read responses: `*` alone, or serialized origins and patterns. Empty: none.
    pub allow_origins: &'a [&'a str],
    /// The methods that a page may use beyond GET, HEAD and POST, which need no permission: names, or `*` alone.
    pub allow_methods: &'a [&'a str],
    /// The request headers that a page may set beyond the CORS-safelisted ones: names, or `*`, beside which only
    /// `authorization` may stand, as `*` does not cover it.
    pub allow_headers: &'a [&'a str],
    /// The response headers that a page may read beyond the CORS-safelisted ones: names, or `*` alone.
    pub expose_headers: &'a [&'a str],
    /// Whether pages may read responses to requests with cookies, client certificates or HTTP authentication.
    pub allow_credentials: bool,
    /// How many seconds a browser may keep a preflight's answer: `None` sends nothing (browsers take 5), 0 forbids it, at
    /// most [`MAX_MAX_AGE`].
    pub max_age: Option<u32>,
    /// Whether the origin `null` is allowed. Any page can become `null` in a sandboxed frame.
    pub allow_null_origin: bool,
    /// Whether preflights that ask for private network access are granted it. Browsers have retired it in favour of a
    /// permission that they ask the user for.
    pub allow_private_network: bool,
    /// Whether the only entry of `allow_origins` is sent on every response that is no preflight, without `Vary`: for caches
    /// and tiny devices.
    pub static_origin: bool,
    /// Whether a preflight is answered with only the part of each list that it asked for.
    pub minimal_answers: bool,
    /// The status of a successful preflight, from 200 to 299.
    pub preflight_status: u16,
    /// Whether allowed pages may also read detailed resource timing.
    pub timing_allow_origin: bool,
    /// The names under which the server is reached, for [`check_host`](crate::PolicyRef::check_host): `name`, `name:port` or
    /// `name:*`, where a name is a domain name or an IP address. Empty: none.
    pub allow_hosts: &'a [&'a str],
    /// The content types, such as `application/json`, that a page of another origin may send with an unsafe method, for
    /// [`guard`](crate::PolicyRef::guard). Empty: the content type does not matter.
    pub allow_content_types: &'a [&'a str],
    /// Takes `http` origins with credentials: whoever is on the network path of one of its pages gains the user's session.
    pub dangerously_allow_insecure_origins: bool,
    /// Takes patterns over public suffixes: whoever registers a name there gains what the policy allows.
    pub dangerously_allow_public_suffixes: bool,
    /// Takes `:*` on hosts that are not loopback: whoever can open a port there gains what the policy allows.
    pub dangerously_allow_any_port: bool,
}

impl Default for Config<'_> {
    fn default() -> Self {
        Config::CLOSED
    }
}

impl Config<'static> {
    /// Nothing is allowed.
    pub const CLOSED: Self = Self {
        allow_origins: &[],
        allow_methods: &[],
        allow_headers: &[],
        expose_headers: &[],
        allow_credentials: false,
        max_age: None,
        allow_null_origin: false,
        allow_private_network: false,
        static_origin: false,
        minimal_answers: false,
        preflight_status: 204,
        timing_allow_origin: false,
        allow_hosts: &[],
        allow_content_types: &[],
        dangerously_allow_insecure_origins: false,
        dangerously_allow_public_suffixes: false,
        dangerously_allow_any_port: false,
    };
}

impl<'a> Config<'a> {
    /// All that is wrong, without allocating; the first is what compiling fails with.
    ///
    /// An entry has at most one problem of its own, and may repeat another one as well.
    ///
    /// # Complexity
    ///
    /// Linear in the text, but for duplicates, where 100,000 entries take half a second; compiling finds the first in linear time.
    ///
    /// # Examples
    ///
    /// ```
    /// use corsac::Config;
    ///
    /// let config = Config { allow_origins: &["http://a.example/", "null"], preflight_status: 301, ..Config::CLOSED };
    /// let slugs: Vec<_> = config.problems().map(|problem| problem.kind().slug()).collect();
    /// assert_eq!(slugs, ["trailing-slash", "null-origin", "preflight-status-not-ok"]);
    /// ```
    pub fn problems(&self) -> Problems<'a> {
        Problems::of(*self)
    }

    /// The sentence of `error` with the entry's own text and, where there is one, its corrected spelling.
    pub const fn describe(&self, error: &PolicyError) -> Message {
        error.message(Some(self))
    }

    /// The corrected spelling of the entry that `error` blames, where there is one: valid in this configuration, though it may
    /// repeat another entry, or not be what was meant.
    ///
    /// ```
    /// use corsac::Config;
    ///
    /// let config = Config { allow_origins: &["HTTPS://Example.com:443/"], ..Config::CLOSED };
    /// let error = config.image_len().unwrap_err();
    /// assert_eq!(config.suggestion(&error).unwrap().as_str(), "https://example.com");
    /// ```
    pub const fn suggestion(&self, error: &PolicyError) -> Option<Suggestion> {
        let Some(entry) = error.entry() else {
            return None;
        };
        let Some(text) = self.entry_text(error.field(), entry) else {
            return None;
        };
        let suggestion = suggestion::for_entry(self, error.field(), error.kind(), text);
        if suggestion.as_bytes().is_empty() { None } else { Some(suggestion) }
    }

    pub(crate) const fn list(&self, field: OptionName) -> &'a [&'a str] {
        match field {
            OptionName::AllowOrigins => self.allow_origins,
            OptionName::AllowMethods => self.allow_methods,
            OptionName::AllowHeaders => self.allow_headers,
            OptionName::ExposeHeaders => self.expose_headers,
            OptionName::AllowHosts => self.allow_hosts,
            OptionName::AllowContentTypes => self.allow_content_types,
            _ => &[],
        }
    }

    pub(crate) const fn entry_text(&self, field: OptionName, entry: usize) -> Option<&'a [u8]> {
        match self.list(field).split_at_checked(entry) {
            Some((_, [text, ..])) => Some(text.as_bytes()),
            _ => None,
        }
    }

    /// The entry's text; empty past the end of the list.
    pub(crate) const fn entry(&self, field: OptionName, entry: usize) -> &'a [u8] {
        match self.entry_text(field, entry) {
            Some(text) => text,
            None => b"",
        }
    }
}
