//! A CORS decision core: one policy, compiled once, asked by every server.
//!
//! A browser that is about to let a page of one origin use another origin asks that other origin's server first
//! ([CORS](https://fetch.spec.whatwg.org/#http-cors-protocol)). This crate is the server's side of it: what to answer, and why.
//! It does no I/O, has no `std`, no heap, no clock, no `unsafe` and no panic path, so that the same decision runs in a web
//! server's worker and on a microcontroller, byte for byte the same.
//!
//! ```text
//! Config ──compile──▶ policy image ──decide(Request)──▶ Decision ──▶ response fields
//! ```
//!
//! 1. [`Config`] is what the operator wrote. Compiling refuses what could not work or would be dangerous, with the option, the
//!    entry, the byte and the fix ([`PolicyError`], [`Config::problems`], [`Config::describe`]).
//! 2. A policy is one run of bytes, borrowed as a [`PolicyRef`]. [`policy!`] makes one while the program is built, [`Policy`]
//!    and [`Config::compile_into`] while it runs, and [`PolicyRef::open`] takes one that was made elsewhere.
//! 3. [`Request`] is what arrived: [`Request::from_fields`] picks it out of any server's header list.
//! 4. [`PolicyRef::decide`] answers with a [`Decision`]: allowed or refused with a [`Refusal`], what the server does next
//!    ([`Action`]), and the [fields](Decision::fields) to send.
//!
//! # What a server does with it
//!
//! ```
//! use corsac::{Action, PolicyRef, Request, policy};
//!
//! // Checked while the program is built; a mistake is a compiler error.
//! static POLICY: PolicyRef<'static> = policy! {
//!     allow_origins: &["https://app.example.com", "https://*.preview.example.com"],
//!     allow_methods: &["PUT", "DELETE"],
//!     allow_headers: &["content-type"],
//!     max_age: Some(600),
//! };
//!
//! // In the server, before authentication and routing, for every request:
//! let fields = [("Host", "api.example.com"), ("Origin", "https://app.example.com")];
//! let request = Request::from_fields("GET", fields);
//! let decision = POLICY.decide(&request);
//! match decision.action() {
//!     Action::Respond(status) => println!("answer with {status}, these fields and no body"),
//!     Action::Continue => println!("let the application answer, and put these fields on whatever it says"),
//! }
//! for field in decision.fields() {
//!     // `field.apply` says whether to replace the application's own field or to merge with it.
//!     println!("{}: {}", field.name.as_str(), field.value.escape_ascii());
//! }
//! # assert_eq!(decision.allowed(), Some(true));
//! # let evil = Request::from_fields("GET", [("Origin", "https://preview.example.com.evil.example")]);
//! # assert_eq!(POLICY.decide(&evil).allowed(), Some(false));
//! ```
//!
//! The host's part of the work, which no core can do: decide before authentication and routing; put the fields on every status,
//! errors and redirects included; drop the CORS fields that the application set ([`FieldName::ALL`]); merge `Vary` without
//! repeating a member and without touching `*`.
//!
//! # Who may act
//!
//! CORS says which pages may *read* an answer. It does not stop a request from being made, and it is no protection against
//! cross-site request forgery, nor against anything that is not a browser. The same policy answers three more questions, each only
//! when asked:
//!
//! | question | against |
//! |---|---|
//! | [`PolicyRef::guard`]: may this request change something? | forged requests from other sites' pages |
//! | [`PolicyRef::check_host`]: is this a name of the server's? | DNS rebinding |
//! | [`PolicyRef::check_websocket`]: may this page open a WebSocket? | cross-site WebSocket hijacking |
//!
//! [`PolicyRef::screen`] asks all that apply, and CORS last, in the order in which each may believe what was checked before it:
//!
//! ```
//! use corsac::{Action, PolicyRef, ScreenRequest, policy};
//!
//! static POLICY: PolicyRef<'static> = policy! { allow_hosts: &["printer.local", "192.168.1.20"] };
//!
//! let own = [("Host", "printer.local"), ("Origin", "http://printer.local")];
//! let request = ScreenRequest::from_fields("POST", own);
//! assert_eq!(POLICY.screen(&request).action(), Action::Continue);
//!
//! let forged = [("Host", "printer.local"), ("Origin", "https://evil.example")];
//! let request = ScreenRequest::from_fields("POST", forged);
//! assert_eq!(POLICY.screen(&request).action(), Action::Respond(403));
//!
//! let rebound = [("Host", "r.evil.example"), ("Origin", "http://r.evil.example")];
//! let request = ScreenRequest::from_fields("POST", rebound);
//! assert_eq!(POLICY.screen(&request).action(), Action::Respond(421));
//! ```
//!
//! # Limits
//!
//! What is longer than honest pages need is refused with a reason of its own, so that work per request is bounded:
//! [`MAX_ORIGIN_LEN`], [`MAX_METHOD_LEN`], [`MAX_REQUEST_HEADERS_LEN`], [`MAX_REQUEST_HEADER_NAMES`],
//! [`MAX_REQUEST_HEADER_LINES`], [`MAX_EMPTY_ELEMENTS`], [`MAX_BLANKS`], [`MAX_HOST_FIELD_LEN`], [`MAX_CONTENT_TYPE_LEN`]. At a limit a request is still served.
//!
//! # Panics
//!
//! Nothing in this crate panics, whatever the peer, the operator or an image holds. ([`policy!`] fails in the compiler.)

#![no_std]
#![forbid(unsafe_code)]
#![warn(
    clippy::std_instead_of_core,
    clippy::alloc_instead_of_core,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::as_conversions,
    clippy::arithmetic_side_effects
)]
#![cfg_attr(
    test,
    allow(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::as_conversions,
        clippy::arithmetic_side_effects,
        reason = "a test may fail"
    )
)]

#[cfg(test)]
extern crate std;

/// Runs the README's example.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

mod field_value;
mod guard_request;
mod request;
mod screen_request;

mod host;
mod ip;
mod method;
mod origin;
mod punycode;

mod header_name;
mod leading;

mod host_entry;
mod media_type;
mod pattern;
mod suffixes;

mod config;
mod duplicates;
mod error;
mod problems;
mod suggestion;

mod compile;
mod hash;
mod image;
mod policy;
mod record;
mod records;
mod scan;
mod table;

mod answers;
mod decision;
mod refusal;
mod response;

mod guard;
mod host_check;
mod screen;
mod verdict;

mod explain;
mod explain_verdict;

mod ascii;
mod bytes;
mod text;

pub use config::{Config, MAX_MAX_AGE, MAX_METHOD_LEN};
pub use decision::{Action, Decision};
pub use error::{ImageError, OptionName, PolicyError, PolicyErrorKind};
pub use explain::Explanation;
pub use field_value::{FieldFault, FieldValue, RequestField};
pub use guard_request::{AbsentOrigin, GuardRequest, Scheme};
pub use header_name::{
    MAX_BLANKS, MAX_EMPTY_ELEMENTS, MAX_REQUEST_HEADER_LINES, MAX_REQUEST_HEADER_NAMES, MAX_REQUEST_HEADERS_LEN,
};
pub use host::MAX_HOST_LEN;
pub use host_entry::MAX_HOST_FIELD_LEN;
pub use image::{PolicyRef, checksum as __checksum};
pub use media_type::MAX_CONTENT_TYPE_LEN;
pub use origin::MAX_ORIGIN_LEN;
pub use pattern::MAX_SCHEME_LEN;
pub use policy::{__image, __image_len, Policy};
pub use problems::Problems;
pub use refusal::Refusal;
pub use request::{Kind, Request};
pub use response::{Apply, FieldName, ResponseField, missing_vary};
pub use screen::Screening;
pub use screen_request::ScreenRequest;
pub use suggestion::Suggestion;
pub use text::{Message, Text};
pub use verdict::{Pass, Question, Verdict};
