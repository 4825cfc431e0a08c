//! Which requests the playground's own servers take, by the verdicts of a policy of their own.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use corsac::{OptionName, PolicyRef, ScreenRequest};

use crate::field_arg::Field;
use crate::judged::{Judged, Screened};
use crate::loaded::open;
use crate::options::Options;
use crate::output::Misuse;

/// A closed policy: nothing but the server's own names, and no other origin.
#[derive(Debug)]
pub(crate) struct Gate {
    image: Vec<u8>,
}

impl Gate {
    /// For a server of these names.
    pub(crate) fn of_hosts(hosts: Vec<String>) -> Result<Arc<Self>, Misuse> {
        let mut options = Options::default();
        options.set_list(OptionName::AllowHosts, hosts);
        let image = options.compile();
        let image = image.map_err(|error| Misuse::new(format!("the playground's own policy is invalid: {error}")))?;
        Ok(Arc::new(Self { image }))
    }
}

/// For the page's server: its own names against DNS rebinding, the guard against pages of others, and no CORS.
pub(crate) async fn screen(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    let screened = match open(&gate.image) {
        Ok(policy) => screened(&policy, &request),
        Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    };
    let mut response = match screened.status {
        Some(status) => refused(status, &screened.explain),
        None => next.run(request).await,
    };
    append(&mut response, &screened.fields.to_wire());
    response
}

fn screened(policy: &PolicyRef<'_>, request: &Request) -> Screened {
    let question = ScreenRequest::from_fields(request.method().as_str(), request.headers());
    Screened::of(&policy.screen(&question.with_scheme(corsac::Scheme::Http)))
}

/// For the API, which every page may call, that being its purpose: its own names alone.
pub(crate) async fn check_host(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    let judged = match open(&gate.image) {
        Ok(policy) => {
            let question = corsac::GuardRequest::from_fields(request.method().as_str(), request.headers());
            Judged::of(&policy.check_host(question.host()))
        }
        Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    };
    match judged.status {
        Some(status) => refused(status, &judged.explain),
        None => next.run(request).await,
    }
}

fn refused(status: u16, why: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN);
    (status, format!("{why}\n")).into_response()
}

/// Adds fields as they stand; what HTTP cannot send is left out.
pub(crate) fn append(response: &mut Response, fields: &[Field]) {
    for (name, value) in fields {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value)) {
            response.headers_mut().append(name, value);
        }
    }
}
