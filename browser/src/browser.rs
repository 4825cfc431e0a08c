//! The browser: the way of one `fetch()` through the algorithms.

use crate::cache::PreflightCache;
use crate::cors_check::{cors_check, tao_check};
use crate::failure::Failure;
use crate::fetch_call::{Exchange, FetchCall, Outcome, Readable, ResponseType, WireRequest, WireResponse};
use crate::header_list::sort_and_combine;
use crate::method::is_cors_safelisted_method;
use crate::preflight::{check_preflight_response, preflight_request};
use crate::request::Request;
use crate::request_header::{cors_unsafe_request_header_names, cors_unsafe_request_headers};
use crate::response::{cors_exposed_header_names, filtered_header_list, is_redirect_status};
use crate::step::Step;

/// What the standard leaves to the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// The imposed limit on max-age, in seconds; `None` imposes none.
    pub max_age_limit: Option<u64>,
    /// Whether answers to preflights are remembered at all.
    pub provides_preflight_cache: bool,
}

impl Settings {
    /// The standard without any limit of a browser's own.
    pub const STANDARD: Self = Self::limited(None);
    /// Chromium's limit, two hours.
    pub const CHROMIUM: Self = Self::limited(Some(7_200));
    /// Firefox's limit, one day.
    pub const FIREFOX: Self = Self::limited(Some(86_400));
    /// Safari's limit, ten minutes.
    pub const SAFARI: Self = Self::limited(Some(600));

    const fn limited(max_age_limit: Option<u64>) -> Self {
        Self { max_age_limit, provides_preflight_cache: true }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::STANDARD
    }
}

/// A conforming browser, as far as the CORS protocol is concerned.
///
/// # Examples
///
/// ```
/// use corsac_browser::{Browser, FetchCall, WireResponse};
///
/// let call = FetchCall::new("https://app.example", "https://api.example", "/users/7").method("PUT");
/// let allow_origin = ("Access-Control-Allow-Origin", "https://app.example");
/// let mut server = |_: &_| WireResponse::new(204, &[allow_origin]);
///
/// let outcome = Browser::new().fetch(&call, 0, &mut server);
/// assert_eq!(outcome.exchanges.len(), 1); // the preflight: PUT was not allowed and never sent
/// assert_eq!(
///     outcome.result.unwrap_err().to_string(),
///     "Access-Control-Allow-Methods does not cover PUT"
/// );
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Browser {
    settings: Settings,
    cache: PreflightCache,
}

impl Browser {
    /// A fresh browser with [`Settings::STANDARD`].
    pub fn new() -> Self {
        Self::default()
    }

    /// A fresh browser with those settings.
    pub fn with_settings(settings: Settings) -> Self {
        Self { settings, cache: PreflightCache::default() }
    }

    /// What is remembered of preflights. Entries whose time is over go with the next fetch.
    pub const fn cache(&self) -> &PreflightCache {
        &self.cache
    }

    /// Fetches, `now` being the time in seconds and `server` whoever answers at the URL.
    ///
    /// # Specification
    ///
    /// <https://fetch.spec.whatwg.org/#fetch-method>
    pub fn fetch(
        &mut self,
        call: &FetchCall,
        now: u64,
        server: &mut dyn FnMut(&WireRequest) -> WireResponse,
    ) -> Outcome {
        self.cache.remove_expired(now);
        let mut fetch = Fetch {
            settings: self.settings,
            cache: &mut self.cache,
            now,
            server,
            exchanges: Vec::new(),
            steps: Vec::new(),
        };
        let result = fetch.fetch(call);
        Outcome { result, exchanges: fetch.exchanges, steps: fetch.steps }
    }
}

/// One fetch under way.
struct Fetch<'b> {
    settings: Settings,
    cache: &'b mut PreflightCache,
    now: u64,
    server: &'b mut dyn FnMut(&WireRequest) -> WireResponse,
    exchanges: Vec<Exchange>,
    steps: Vec<Step>,
}

/// Whether HTTP fetch looks after a preflight (its argument *makeCORSPreflight*).
#[derive(Clone, Copy, PartialEq, Eq)]
enum MakeCorsPreflight {
    Yes,
    No,
}

impl Fetch<'_> {
    /// <https://fetch.spec.whatwg.org/#fetch-method> and <https://fetch.spec.whatwg.org/#concept-fetch>.
    fn fetch(&mut self, call: &FetchCall) -> Result<Readable, Failure> {
        let request = Request::new_with_steps(call, &mut self.steps)?;
        let response = self.main_fetch(call, &request)?;
        Ok(self.filter(&request, &response))
    }

    /// <https://fetch.spec.whatwg.org/#concept-main-fetch>, the step that chooses by origin, scheme, method and headers.
    fn main_fetch(&mut self, call: &FetchCall, request: &Request) -> Result<WireResponse, Failure> {
        if request.response_tainting == ResponseType::Basic {
            self.steps.push(Step::SameOrigin);
            return self.http_fetch(request, MakeCorsPreflight::No);
        }
        self.steps.push(Step::CrossOrigin);
        if !has_http_scheme(&call.url_origin) {
            let url_origin = call.url_origin.clone();
            return Err(Failure::NotHttpScheme { url_origin });
        }
        if !self.is_preflight_a_matter(request) {
            self.steps.push(Step::PreflightNotNeeded);
            return self.http_fetch(request, MakeCorsPreflight::No);
        }
        let response = self.http_fetch(request, MakeCorsPreflight::Yes);
        if response.is_err() {
            let entries = self.cache.clear(request);
            if entries > 0 {
                self.steps.push(Step::PreflightCacheCleared { entries });
            }
        }
        response
    }

    /// "… either request's method is not a CORS-safelisted method or CORS-unsafe request-header names with request's
    /// header list is not empty".
    fn is_preflight_a_matter(&mut self, request: &Request) -> bool {
        let method = request.method.clone();
        let method_is_safelisted = is_cors_safelisted_method(method.as_bytes());
        self.steps.push(if method_is_safelisted {
            Step::MethodSafelisted { method }
        } else {
            Step::MethodNotSafelisted { method }
        });
        let unsafe_headers = cors_unsafe_request_headers(&request.header_list);
        let headers_are_safelisted = unsafe_headers.is_empty();
        for (name, why) in unsafe_headers {
            let name = name.to_owned();
            self.steps.push(Step::HeaderUnsafe { name, why });
        }
        !method_is_safelisted || !headers_are_safelisted
    }

    /// <https://fetch.spec.whatwg.org/#concept-http-fetch>.
    fn http_fetch(
        &mut self,
        request: &Request,
        make_cors_preflight: MakeCorsPreflight,
    ) -> Result<WireResponse, Failure> {
        if make_cors_preflight == MakeCorsPreflight::Yes {
            if self.is_in_preflight_cache(request) {
                self.steps.push(Step::PreflightCacheHit);
            } else {
                self.steps.push(Step::PreflightNeeded);
                self.cors_preflight_fetch(request)?;
            }
        }
        let wire = request.on_the_wire();
        self.steps
            .push(Step::ActualSent { method: wire.method.clone(), includes_credentials: wire.includes_credentials });
        let response = self.exchange(wire);
        if request.response_tainting == ResponseType::Cors {
            let passed =
                cors_check(&request.origin, request.credentials, &response.fields).map_err(Failure::CorsCheck)?;
            self.steps.push(Step::CorsCheckPassed(passed));
        }
        if is_redirect_status(response.status) {
            let status = response.status;
            return Err(Failure::Redirect { status });
        }
        Ok(response)
    }

    /// The two conditions of HTTP fetch under which a preflight is made, both false.
    fn is_in_preflight_cache(&self, request: &Request) -> bool {
        let method = request.method.as_bytes();
        let method_is_fine = is_cors_safelisted_method(method) || self.cache.has_method(method, request);
        method_is_fine
            && cors_unsafe_request_header_names(&request.header_list)
                .iter()
                .all(|name| self.cache.has_header_name(name.as_bytes(), request))
    }

    /// <https://fetch.spec.whatwg.org/#cors-preflight-fetch-0>.
    fn cors_preflight_fetch(&mut self, request: &Request) -> Result<(), Failure> {
        let response = self.exchange(preflight_request(request));
        // Part of the check below, made here as well to tell how far the preflight came.
        if let Ok(passed) = cors_check(&request.origin, request.credentials, &response.fields) {
            self.steps.push(Step::PreflightCorsCheckPassed(passed));
        }
        let grant = check_preflight_response(request, &response)?;
        let limit = self.settings.max_age_limit.unwrap_or(u64::MAX);
        let mut max_age = grant.max_age.min(limit);
        if self.settings.provides_preflight_cache {
            self.cache.store(request, &grant, max_age, self.now);
        } else {
            max_age = 0;
        }
        self.steps.push(Step::PreflightPassed { max_age });
        Ok(())
    }

    /// One request to the server and its response.
    fn exchange(&mut self, request: WireRequest) -> WireResponse {
        let response = (self.server)(&request);
        self.exchanges.push(Exchange { request, response: response.clone() });
        response
    }

    /// <https://fetch.spec.whatwg.org/#concept-main-fetch>, the step that makes a filtered response.
    fn filter(&mut self, request: &Request, response: &WireResponse) -> Readable {
        let exposed = match request.response_tainting {
            ResponseType::Basic => Vec::new(),
            ResponseType::Cors => {
                cors_exposed_header_names(request.credentials, &response.fields).unwrap_or_else(|unparsable| {
                    let found = unparsable.found;
                    self.steps.push(Step::ExposeHeadersUnparsable { found });
                    Vec::new()
                })
            }
        };
        let response_type = request.response_tainting;
        let filtered = filtered_header_list(response_type, &response.fields, &exposed);
        let readable_fields = sort_and_combine(&filtered);
        self.steps.push(Step::Readable {
            status: response.status,
            names: readable_fields.iter().map(|(n, _)| n.clone()).collect(),
        });
        Readable {
            response_type,
            status: response.status,
            readable_fields,
            timing_allowed: response_type == ResponseType::Basic || tao_check(&request.origin, &response.fields),
        }
    }
}

/// HTTP(S) scheme (<https://fetch.spec.whatwg.org/#http-scheme>). A serialized origin is in lower case.
fn has_http_scheme(origin: &str) -> bool {
    origin.starts_with("http://") || origin.starts_with("https://")
}
