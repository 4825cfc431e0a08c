//! What a conforming browser does with `fetch(url, { method, headers, credentials })` in "cors" mode; and what arrives
//! at a server when a page makes a browser send something in whichever way ([`PageRequest`]).
//!
//! A plain transcription of the [Fetch standard](https://fetch.spec.whatwg.org/), each algorithm under its own name and
//! with its anchor, made to be read beside it and to be believed: as the oracle of tests, and as the storyteller of
//! `corsac explain`. It prefers the obvious way over the fast one. It has no network and no clock: a closure plays the
//! server, and the caller says what time it is.
//!
//! ```
//! use corsac_browser::{Browser, Credentials, FetchCall, WireRequest, WireResponse};
//!
//! let call = FetchCall::new("https://app.example", "https://api.example", "/users/7")
//!     .method("PUT")
//!     .header("Content-Type", "application/json")
//!     .credentials(Credentials::Include);
//!
//! let origin = ("Access-Control-Allow-Origin", "https://app.example");
//! let credentials = ("Access-Control-Allow-Credentials", "true");
//! let mut server = |request: &WireRequest| match request.is_preflight {
//!     true => {
//!         let methods = ("Access-Control-Allow-Methods", "PUT");
//!         let headers = ("Access-Control-Allow-Headers", "content-type");
//!         WireResponse::new(204, &[origin, credentials, methods, headers])
//!     }
//!     false => WireResponse::new(200, &[origin, credentials, ("ETag", "\"7\"")]),
//! };
//!
//! let outcome = Browser::new().fetch(&call, 0, &mut server);
//! assert_eq!(outcome.exchanges.len(), 2);
//! assert_eq!(outcome.result.unwrap().readable_fields, []); // ETag is not exposed
//!
//! let call = FetchCall { page_origin: "https://evil.example".to_owned(), ..call };
//! let outcome = Browser::new().fetch(&call, 0, &mut server);
//! assert_eq!(outcome.exchanges.len(), 1); // the preflight failed: PUT was never sent
//! assert_eq!(
//!     outcome.result.unwrap_err().to_string(),
//!     "in the preflight, Access-Control-Allow-Origin is \"https://app.example\", not the page's origin"
//! );
//! ```
//!
//! # The way through
//!
//! | file | algorithms |
//! |---|---|
//! | `browser.rs` | fetch, main fetch, HTTP fetch: start here |
//! | `request.rs` | the `Request` constructor, append to `Headers`, the `Origin` field |
//! | `method.rs`, `request_header.rs`, `mime.rs`, `range.rs` | what a page may send, and what of it needs a preflight |
//! | `page_request.rs`, `way.rs` | the other doors, for the guard: forms, links, beacons, handshakes, reports |
//! | `origin_header.rs`, `fetch_metadata.rs` | append a request `Origin` header, set `Sec-Fetch-Site` |
//! | `tuple_origin.rs` | same origin, same site, registrable domain, trustworthy URL |
//! | `preflight.rs`, `cache.rs` | CORS-preflight fetch and its cache |
//! | `cors_check.rs` | CORS check, TAO check |
//! | `response.rs` | filtered responses: what a page can read |
//! | `header_list.rs`, `http_bytes.rs` | header lists and the bytes of HTTP |
//! | `failure.rs`, `console.rs`, `step.rs`, `checks.rs` | where it stopped, what the console says, what was decided and checked on the way |
//!
//! # What is left out
//!
//! - **Redirects.** A preflight that is redirected fails, as in the standard. A redirected actual response is a failure
//!   too, as under redirect mode "error"; it has passed the CORS check by then.
//! - **Other modes and other doors**: of "no-cors", navigations, beacons, WebSocket and the browser's reports there is
//!   only what [`PageRequest`] sends, not what comes back. There is nothing of "same-origin", `XMLHttpRequest` and its
//!   upload listeners (*use-CORS-preflight flag*), WebTransport, handshakes over HTTP/2, streams as bodies, the
//!   Reporting API (which makes preflights), reloads, extensions.
//! - **What stands before or behind CORS**: Content Security Policy, mixed content, blocked ports, service workers, the
//!   HTTP cache, proxy authentication (407), Cross-Origin-Resource-Policy and -Embedder-Policy, cookies themselves.
//! - **What tells more of a request**: `Referer`, the other `Sec-Fetch-*` fields, the `SameSite` of cookies.
//! - **The network partition key** of the preflight cache, which is taken to be the page's origin.
//! - **URL parsing**: origin and URL come in serialized and are believed.
//! - **Private network access**, which browsers have given up in favour of permission prompts.
//!
//! # Where Chromium leaves the standard
//!
//! The model is the standard. Chromium (version 156) is known to differ as follows, and none of it is modelled:
//!
//! 1. `Access-Control-Allow-Headers: *` also covers `Authorization` on a fresh preflight without credentials.
//! 2. The client-hint names (`DPR`, `Device-Memory`, `Downlink`, `Width`, `Viewport-Width`, `RTT`, `ECT`, `Save-Data`,
//!    `Intervention`) need no preflight where the value is fit for the name: a number, a kind of connection, `on`.
//! 3. Duplicate request headers are joined before the safelist check: `text/plain;a` and `application/json` go out
//!    without a preflight.
//! 4. An `XMLHttpRequest` upload listener forces no preflight when there is no body.
//! 5. A failed actual request leaves the preflight cache entry in place.
//! 6. Range positions from 2^63-1 up are unsafe; a `User-Agent` set by the page is dropped; `Available-Dictionary` fails
//!    unsent.
//! 7. `Access-Control-Max-Age: +600` counts as 600, and a negative one as 0, where the standard has 5.
//! 8. Preflights by pages with an opaque origin are not remembered, and those of requests with `If-Match` and the like are
//!    made each time. The standard lets a browser forget at any time.
//! 9. A `Range` that Chromium understands is sent in its own spelling: `Bytes = 0-1` as `bytes=0-1`.
//!
//! `corsac-judge` shows each of them but 4 in a real Chromium, and fails when one no longer happens.

mod http_bytes;

mod header_list;
mod mime;
mod range;

mod method;
mod request_header;

mod cors_check;
mod response;

mod fetch_call;
mod request;

mod fetch_metadata;
mod origin_header;
mod tuple_origin;

mod cache;
mod preflight;

mod page_request;
mod way;

mod browser;

mod checks;
mod console;
mod failure;
mod step;

pub use crate::browser::{Browser, Settings};
pub use crate::cache::{Allows, CacheEntry, PreflightCache};
pub use crate::checks::{Check, Mark, Stage};
pub use crate::cors_check::{CorsCheckFailure, CorsCheckSuccess, cors_check, tao_check};
pub use crate::failure::Failure;
pub use crate::fetch_call::{
    Credentials, Exchange, FetchCall, Outcome, Readable, ResponseType, WireRequest, WireResponse,
};
pub use crate::fetch_metadata::{FetchSite, fetch_site, is_potentially_trustworthy};
pub use crate::header_list::{
    Header, Unparsable, extract_delta_seconds, extract_header_list_values, get, get_decode_and_split, sort_and_combine,
};
pub use crate::http_bytes::is_token;
pub use crate::method::{is_cors_safelisted_method, is_forbidden_method, normalize_method};
pub use crate::mime::{Essence, parse_mime_essence};
pub use crate::origin_header::{ReferrerPolicy, RequestMode, request_origin_header};
pub use crate::page_request::{Arrival, FetchMetadata, PageRequest};
pub use crate::preflight::{DEFAULT_MAX_AGE, PreflightGrant, check_preflight_response, preflight_request};
pub use crate::range::{SingleRange, parse_single_range};
pub use crate::request::Request;
pub use crate::request_header::{
    SAFELISTED_TOTAL_MAX, SAFELISTED_VALUE_MAX, WhyUnsafe, cors_unsafe_request_header_names,
    cors_unsafe_request_headers, is_cors_non_wildcard_request_header_name, is_cors_safelisted_request_header,
    is_cors_unsafe_request_header_byte, is_forbidden_request_header, is_header_value,
    is_no_cors_safelisted_request_header, normalize_value, why_cors_unsafe,
};
pub use crate::response::{
    cors_exposed_header_names, filtered_header_list, is_cors_safelisted_response_header_name,
    is_forbidden_response_header_name, is_ok_status, is_redirect_status,
};
pub use crate::step::Step;
pub use crate::tuple_origin::registrable_domain;
pub use crate::way::{BodyInit, Enctype, ReportType, Way};
