//! The API that the page calls: whatever is asked, it answers as the policy that was posted for the call decides.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware;
use axum::response::{IntoResponse as _, Response};

use crate::decided::Decided;
use crate::field_arg::{self, Field};
use crate::loaded::open;
use crate::output::Misuse;
use crate::playground::addresses::Addresses;
use crate::playground::cases::{Arrival, Cases};
use crate::playground::gate::{self, Gate, append};
use crate::story::respond;

/// What the HTTP library adds to a response that has it not, on top of what is sent here: the page excuses just these.
pub(crate) const ADDED_FIELDS: [&str; 2] = ["content-length", "date"];

/// All of it: the first part of the path names the call.
pub(crate) fn router(addresses: &Addresses, cases: Arc<Cases>) -> Result<Router, Misuse> {
    let gate = Gate::of_hosts(addresses.api_hosts())?;
    let checked = middleware::from_fn_with_state(gate, gate::check_host);
    Ok(Router::new().fallback(answer).with_state(cases).layer(checked))
}

async fn answer(State(cases): State<Arc<Cases>>, request: Request) -> Response {
    let id = request.uri().path().split('/').nth(1).unwrap_or_default();
    let Some(case) = cases.case(id) else {
        return (StatusCode::NOT_FOUND, "no call of the playground has this path\n").into_response();
    };
    let Ok(policy) = open(&case.image) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let field = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        (name.as_str().to_owned(), value.as_bytes().to_vec())
    };
    let fields: Vec<Field> = request.headers().iter().map(field).collect();
    let decided = Decided::by(&policy, request.method().as_str().as_bytes(), &fields);
    let answered = respond(&decided, &case.application);
    let text = |(name, value): Field| (name, field_arg::text(&value));
    let arrival = Arrival {
        method: request.method().as_str().to_owned(),
        target: request.uri().to_string(),
        fields: fields.into_iter().map(text).collect(),
        allowed: decided.allowed,
        status: answered.status,
    };
    cases.arrived(id, arrival);
    let body = match decided.status {
        Some(_) => Body::empty(),
        None => Body::from(body(request.method())),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(answered.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    append(&mut response, &answered.fields);
    response
}

/// What there is to read.
fn body(method: &Method) -> Vec<u8> {
    serde_json::json!({ "handled": method.as_str() }).to_string().into_bytes()
}
