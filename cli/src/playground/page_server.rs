//! The server of the page: its files, and the questions that it asks.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::de::DeserializeOwned;

use crate::output::Misuse;
use crate::playground::addresses::Addresses;
use crate::playground::cases::Cases;
use crate::playground::gate::{self, Gate};
use crate::playground::presets::Start;
use crate::playground::questions::{CaseQuestion, PolicyText, Question};

/// Most bytes of a question: a policy of some thousand origins. To list all problems of one takes time by the square of its length.
pub(crate) const MOST_BYTES: usize = 128 << 10;

/// What the handlers share.
#[derive(Clone)]
struct Shared {
    cases: Arc<Cases>,
    /// The document of [`Start::document`].
    setup: Bytes,
    /// The Content-Security-Policy of the page.
    csp: Arc<str>,
    /// That of the frames that call.
    caller_csp: Arc<str>,
    /// The frame's page, which knows whose word it takes.
    caller: Bytes,
}

/// All of it.
pub(crate) fn router(addresses: &Addresses, start: &Start, cases: Arc<Cases>) -> Result<Router, Misuse> {
    let hosts = addresses.page_hosts();
    let origins: Vec<String> = hosts.iter().map(|host| format!("http://{host}")).collect();
    let origins = origins.join(" ");
    let (main, api) = (addresses.main(), addresses.api_origin());
    let caller = include_str!("caller.html").replace("{parent}", &main);
    let shared = Shared {
        cases,
        setup: Bytes::from(start.document(addresses).to_string()),
        csp: format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
             frame-src {origins}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; \
             require-trusted-types-for 'script'; trusted-types 'none'"
        )
        .into(),
        caller_csp: format!(
            "default-src 'none'; script-src 'self'; connect-src {api}; frame-ancestors {main}; base-uri 'none'; \
             form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        )
        .into(),
        caller: Bytes::from(caller),
    };
    // The frames are of other origins, and have no use for more than their own page.
    let only_main = middleware::from_fn_with_state(Gate::of_hosts(vec![addresses.main_host()])?, gate::check_host);
    let routes = Router::new()
        .route("/", get(index))
        .route("/playground.css", get(async || file("text/css", include_str!("playground.css"))))
        .route("/playground.js", get(async || file("text/javascript", include_str!("playground.js"))))
        .route("/exchange.js", get(async || file("text/javascript", include_str!("exchange.js"))))
        .route("/real.js", get(async || file("text/javascript", include_str!("real.js"))))
        .route("/icon.svg", get(async || file("image/svg+xml", include_str!("icon.svg"))))
        .route("/api/setup", get(async |State(shared): State<Shared>| json(shared.setup)))
        .route("/api/check", post(async |body: Bytes| ask(&body, PolicyText::check)))
        .route("/api/explain", post(async |body: Bytes| ask(&body, Question::explain)))
        .route("/api/fix", post(async |body: Bytes| ask(&body, Question::fix)))
        .route("/api/cases", post(open_case))
        .route("/api/cases/{id}", get(arrivals))
        .route_layer(only_main)
        .route("/caller", get(caller_page))
        .route("/caller.js", get(async || file("text/javascript", include_str!("caller.js"))));
    let screened = middleware::from_fn_with_state(Gate::of_hosts(hosts)?, gate::screen);
    Ok(routes.layer(DefaultBodyLimit::max(MOST_BYTES)).with_state(shared).layer(screened))
}

async fn index(State(shared): State<Shared>) -> Response {
    let csp = [(header::CONTENT_SECURITY_POLICY, &*shared.csp)];
    (csp, file("text/html", include_str!("index.html"))).into_response()
}

async fn caller_page(State(shared): State<Shared>) -> Response {
    let csp = [(header::CONTENT_SECURITY_POLICY, &*shared.caller_csp)];
    (csp, file("text/html", shared.caller)).into_response()
}

/// Answers a question with its document. That the answer is a no is told in the document: the question was well asked.
fn ask<Q: DeserializeOwned>(body: &[u8], answer: fn(Q) -> Vec<u8>) -> Response {
    match serde_json::from_slice(body) {
        Ok(question) => json(answer(question)),
        Err(error) => (StatusCode::BAD_REQUEST, format!("this is no question of the page: {error}\n")).into_response(),
    }
}

/// Makes the API answer a call by a policy: `{ "id" }`.
async fn open_case(State(shared): State<Shared>, body: Bytes) -> Response {
    match serde_json::from_slice::<CaseQuestion>(&body).map(CaseQuestion::case) {
        Ok(Ok(case)) => json(serde_json::json!({ "id": shared.cases.add(case) }).to_string()),
        Ok(Err(document)) => json(document),
        Err(error) => (StatusCode::BAD_REQUEST, format!("this is no question of the page: {error}\n")).into_response(),
    }
}

/// What the browser has sent for a call.
async fn arrivals(State(shared): State<Shared>, Path(id): Path<String>) -> Response {
    match shared.cases.arrivals(&id) {
        Some(arrivals) => json(serde_json::json!({ "arrivals": arrivals }).to_string()),
        None => (StatusCode::NOT_FOUND, "this call is no longer kept\n").into_response(),
    }
}

fn json(document: impl Into<Bytes>) -> Response {
    file("application/json", document)
}

/// Text of a type that is what it says, and of which no copy outlives the command.
fn file(content_type: &'static str, text: impl Into<Bytes>) -> Response {
    let content_type = match content_type {
        "application/json" => content_type.to_owned(),
        text => format!("{text}; charset=utf-8"),
    };
    let fields = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
    ];
    (fields, text.into()).into_response()
}
