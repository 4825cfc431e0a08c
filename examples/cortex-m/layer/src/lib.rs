//! A [picoserve](picoserve) layer that asks a corsac policy: CORS, the guard against forged requests, and the check of `Host`.
//!
//! ```
//! use corsac::{PolicyRef, policy};
//! use corsac_picoserve::Cors;
//! use picoserve::routing::{Router, get};
//!
//! static POLICY: PolicyRef<'static> = policy! {
//!     allow_origins: &["https://panel.example.com"],
//!     allow_hosts: &["lamp.local"],
//! };
//!
//! # fn app() -> Router<impl picoserve::routing::PathRouter> {
//! // The last layer is the first that a request meets: before routing and authentication, and around every response.
//! Router::new().route("/", get(async || "hello")).layer(Cors::new(POLICY, &["192.168.1.20"]))
//! # }
//! ```
//!
//! # What picoserve does not let a layer do
//!
//! - A layer can add fields to a response and take none away, so the application must not set fields of CORS itself. A `Vary` of its
//!   own stays and gets a further line, which means the same as one longer line.
//! - What is no request, or is longer than the buffer, is answered with 400 by picoserve itself, before any layer.

#![no_std]

use core::fmt::{self, Write as _};

use corsac::{PolicyRef, ScreenRequest, Screening};
use picoserve::ResponseSent;
use picoserve::io::Read;
use picoserve::request::RequestParts;
use picoserve::response::{Body, Connection, ForEachHeader, HeadersIter, Response, ResponseWriter, StatusCode};
use picoserve::routing::{Layer, Next};

/// The layer.
#[derive(Clone, Copy, Debug)]
pub struct Cors {
    policy: PolicyRef<'static>,
    own_names: &'static [&'static str],
}

impl Cors {
    /// A layer that asks `policy`. `own_names` are the hosts that the device goes by beside those of the policy's `allow_hosts`; with
    /// neither every request is refused.
    pub const fn new(policy: PolicyRef<'static>, own_names: &'static [&'static str]) -> Self {
        Self { policy, own_names }
    }
}

impl<State, PathParameters> Layer<State, PathParameters> for Cors {
    type NextState = State;
    type NextPathParameters = PathParameters;

    async fn call_layer<
        'a,
        R: Read + 'a,
        N: Next<'a, R, State, PathParameters>,
        W: ResponseWriter<Error = R::Error>,
    >(
        &self,
        next: N,
        state: &State,
        path_parameters: PathParameters,
        request_parts: RequestParts<'_>,
        response_writer: W,
    ) -> Result<ResponseSent, W::Error> {
        let fields = request_parts.headers().iter().map(|(name, value)| (name.as_raw(), value.as_raw()));
        let fields = fields.map(|(name, value): (&[u8], &[u8])| (name, value));
        let request = ScreenRequest::from_fields(request_parts.method(), fields).with_own_names(self.own_names);
        let screening = self.policy.screen(&request);
        let Some(status) = screening.status() else {
            let writer = Writer { inner: response_writer, screening: &screening };
            return next.run(state, path_parameters, writer).await;
        };
        // A 204 has no length; without one any other status would go on until the connection is closed.
        let length = (status != 204).then_some(("Content-Length", "0"));
        let response = Response::empty(StatusCode::new(status)).with_headers(length).with_headers(Fields(&screening));
        response_writer.write_response(next.into_connection().await?, response).await
    }
}

/// Puts the fields of a screening on whatever the application answers.
struct Writer<'s, 'p, 'r, W> {
    inner: W,
    screening: &'s Screening<'p, 'r>,
}

impl<W: ResponseWriter> ResponseWriter for Writer<'_, '_, '_, W> {
    type Error = W::Error;

    async fn write_response<R: Read<Error = Self::Error>, H: HeadersIter, B: Body>(
        self,
        connection: Connection<'_, R>,
        response: Response<H, B>,
    ) -> Result<ResponseSent, Self::Error> {
        self.inner.write_response(connection, response.with_headers(Fields(self.screening))).await
    }
}

/// The fields of a screening, as picoserve takes them.
struct Fields<'s, 'p, 'r>(&'s Screening<'p, 'r>);

impl HeadersIter for Fields<'_, '_, '_> {
    async fn for_each_header<F: ForEachHeader>(self, mut f: F) -> Result<F::Output, F::Error> {
        for field in self.0.fields() {
            f.call(field.name.as_str(), Ascii(field.value)).await?;
        }
        f.finalize().await
    }
}

/// A value of visible ASCII and blanks, each a char of one byte.
struct Ascii<'a>(&'a [u8]);

impl fmt::Display for Ascii<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| f.write_char(char::from(*byte)))
    }
}
