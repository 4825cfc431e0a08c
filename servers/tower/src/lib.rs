//! CORS for [tower](https://docs.rs/tower) services, and so for axum and hyper, decided by [`corsac`].
//!
//! ```
//! use corsac_tower::{Config, CorsLayer, Policy};
//! use tower::ServiceBuilder;
//!
//! # fn main() -> Result<(), corsac::PolicyError> {
//! let policy = Policy::compile(&Config {
//!     allow_origins: &["https://app.example.com"],
//!     allow_methods: &["PUT", "DELETE"],
//!     allow_headers: &["content-type"],
//!     allow_credentials: true,
//!     ..Config::CLOSED
//! })?; // what could not work or would be dangerous is an error here
//! let service = ServiceBuilder::new().layer(CorsLayer::new(policy)).service_fn(handle);
//! # async fn handle(_: http::Request<()>) -> Result<http::Response<()>, std::convert::Infallible> { Ok(http::Response::new(())) }
//! # drop(service);
//! # Ok(())
//! # }
//! ```
//!
//! Put the layer outermost: before authentication, so that preflights, which carry no credentials, are answered, and around all that
//! may answer by itself, so that errors have the fields too. In axum that is [`Router::layer`], called last; it covers the fallback
//! as well.
//!
//! What the layer does: it answers preflights; it drops the CORS fields that the application has set, puts the decision's in their
//! place on every response, and merges `Vary`. Bodies, errors and readiness of the inner service are passed on as they are.
//!
//! [`Router::layer`]: https://docs.rs/axum/latest/axum/struct.Router.html#method.layer

#![forbid(unsafe_code)]

mod fields;
mod layer;
mod policy;
mod request;
mod service;

pub use corsac::{self, Config, Refusal};

pub use layer::CorsLayer;
pub use policy::{Policy, SharedPolicy};
pub use service::{Cors, Refused, ResponseFuture};

/// Runs the README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
