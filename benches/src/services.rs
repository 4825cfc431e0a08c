//! Services of tower: one that does nothing, and layers around it.

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, Request, Response};
use tower::Service;
use tower_http::cors::{AllowOrigin, CorsLayer, preflight_request_headers};

use crate::policies::{self, HEADERS, MAX_AGE, METHODS, PATTERN};
use crate::requests::Sent;

/// The lists of origins.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_enums, reason = "of these benches alone")]
pub enum Origins {
    /// So many, the page's last.
    List(usize),
    /// One pattern that takes the page's.
    Pattern,
}

impl Origins {
    /// As a policy has them.
    pub fn entries(self) -> Vec<String> {
        match self {
            Self::List(count) => policies::origins(count),
            Self::Pattern => vec![PATTERN.to_owned()],
        }
    }
}

/// A service that does nothing.
///
/// # Errors
///
/// None.
pub fn bare(request: Request<()>) -> Ready<Result<Response<()>, Infallible>> {
    black_box(&request);
    ready(Ok(Response::new(())))
}

/// tower-http's, with the policy [`api`](policies::api) and the `Vary` that is right for the kind of request.
///
/// # Panics
///
/// When one of these lists has what `http` does not take.
pub fn cors_layer(origins: Origins, sent: &Sent) -> CorsLayer {
    let allow_origin = match origins {
        Origins::List(count) => AllowOrigin::list(
            policies::origins(count).iter().map(|origin| HeaderValue::from_str(origin).expect("an origin")),
        ),
        Origins::Pattern => AllowOrigin::predicate(|origin, _| is_subdomain(origin.as_bytes())),
    };
    let layer = CorsLayer::new()
        .allow_origin(allow_origin)
        .allow_methods(METHODS.map(|method| Method::from_bytes(method.as_bytes()).expect("a method")))
        .allow_headers(HEADERS.map(HeaderName::from_static))
        .allow_credentials(true)
        .max_age(Duration::from_secs(MAX_AGE.into()));
    if sent.method == "OPTIONS" {
        layer.vary(preflight_request_headers().collect::<Vec<_>>())
    } else {
        layer.vary([http::header::ORIGIN])
    }
}

/// The pattern as people write it.
pub fn is_subdomain(origin: &[u8]) -> bool {
    origin.starts_with(b"https://") && origin.ends_with(b".example.com")
}

/// Asks a service that is ready and does not wait.
///
/// # Panics
///
/// When it is not, or does.
pub fn call<S>(service: &mut S, request: Request<()>) -> Response<()>
where
    S: Service<Request<()>, Response = Response<()>, Error = Infallible>,
{
    let ready = service.poll_ready(&mut Context::from_waker(Waker::noop()));
    assert!(ready.is_ready());
    match at_once(service.call(request)) {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// The output of a future that does not wait for anything.
///
/// # Panics
///
/// When it does.
pub fn at_once<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing here waits"),
    }
}
