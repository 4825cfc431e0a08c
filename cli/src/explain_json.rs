//! The story of a page's call for programs.

use corsac_browser::{Check, Exchange, WireRequest};
use serde::Serialize;

use crate::decided::Decided;
use crate::explain::Told;
use crate::field_arg::{self, Field};
use crate::fix::Fix;
use crate::source::Position;
use crate::story::{Basis, Guarded, bases};

/// The document.
#[derive(Serialize)]
pub(crate) struct ExplainJson<'t> {
    page_origin: &'t str,
    url: &'t str,
    method: &'t str,
    notes: &'t [String],
    /// Whether the page reads the response.
    allowed: bool,
    preflight_needed: bool,
    steps: Vec<String>,
    /// The same, check by check, with the names that the standard has for them.
    checks: Vec<CheckJson>,
    exchanges: Vec<ExchangeJson<'t>>,
    readable: Option<ReadableJson<'t>>,
    failure: Option<FailureJson>,
    decided_by: Option<BasisJson>,
    /// The verdict on the request itself, where the server asks for it.
    guard: Option<&'t Guarded>,
    fix: Option<&'t Fix>,
}

#[derive(Serialize)]
struct CheckJson {
    stage: &'static str,
    result: &'static str,
    algorithm: &'static str,
    anchor: &'static str,
    text: String,
}

#[derive(Serialize)]
struct ExchangeJson<'t> {
    is_preflight: bool,
    request: RequestJson<'t>,
    /// None where the page asks its own origin, for which no CORS is decided.
    decision: Option<&'t Decided>,
    /// The decision's explanation without the console's sentence, which the failure has.
    why: Option<&'t str>,
    decided_by: Vec<BasisJson>,
    response: ResponseJson<'t>,
}

#[derive(Serialize)]
struct RequestJson<'t> {
    method: &'t str,
    fields: Vec<(&'t str, String)>,
}

#[derive(Serialize)]
struct ResponseJson<'t> {
    status: u16,
    fields: Vec<(&'t str, String)>,
}

#[derive(Serialize)]
struct ReadableJson<'t> {
    status: u16,
    fields: Vec<(&'t str, String)>,
    hidden: Vec<String>,
    timing_allowed: bool,
}

#[derive(Serialize)]
struct FailureJson {
    kind: &'static str,
    algorithm: &'static str,
    anchor: &'static str,
    message: String,
    console: String,
}

#[derive(Serialize)]
struct BasisJson {
    option: &'static str,
    entry: Option<usize>,
    line: Option<usize>,
    column: Option<usize>,
}

/// Puts the story into its document.
pub(crate) fn document<'t>(told: &'t Told<'_>) -> ExplainJson<'t> {
    let (call, outcome) = (&told.page.call, &told.story.outcome);
    let exchange = |(exchange, decided): (&'t Exchange, &'t Option<Decided>)| ExchangeJson {
        is_preflight: exchange.request.is_preflight,
        request: request(&exchange.request),
        decision: decided.as_ref(),
        why: decided.as_ref().map(|decided| decided.why().0),
        decided_by: decided
            .iter()
            .flat_map(|decided| bases(decided, &exchange.request, &told.loaded.file.options))
            .map(|at| basis(told, at))
            .collect(),
        response: ResponseJson { status: exchange.response.status, fields: texts(&exchange.response.fields) },
    };
    ExplainJson {
        page_origin: &call.page_origin,
        url: &call.url,
        method: &call.method,
        notes: &told.page.notes,
        allowed: outcome.result.is_ok(),
        preflight_needed: outcome.preflight().is_some(),
        steps: outcome.steps.iter().map(ToString::to_string).collect(),
        checks: outcome.checks().into_iter().map(check).collect(),
        exchanges: outcome.exchanges.iter().zip(&told.story.decided).map(exchange).collect(),
        readable: outcome.result.as_ref().ok().map(|readable| ReadableJson {
            status: readable.status,
            fields: texts(&readable.readable_fields),
            hidden: told.hidden(readable),
            timing_allowed: readable.timing_allowed,
        }),
        failure: outcome.result.as_ref().err().map(|failure| FailureJson {
            kind: failure.slug(),
            algorithm: failure.algorithm(),
            anchor: failure.anchor(),
            message: failure.to_string(),
            console: failure.console(call),
        }),
        decided_by: told.decided_by().map(|at| basis(told, at)),
        guard: told.guard,
        fix: told.fix,
    }
}

fn check(check: Check) -> CheckJson {
    let Check { stage, mark, algorithm, anchor, text, .. } = check;
    CheckJson { stage: stage.slug(), result: mark.slug(), algorithm, anchor, text }
}

fn request(request: &WireRequest) -> RequestJson<'_> {
    RequestJson { method: &request.method, fields: texts(&request.fields) }
}

fn texts(fields: &[Field]) -> Vec<(&str, String)> {
    fields.iter().map(|(name, value)| (name.as_str(), field_arg::text(value))).collect()
}

fn basis(told: &Told<'_>, (option, entry): Basis) -> BasisJson {
    let position = told.loaded.file.place(option, entry).map(|span| told.loaded.source.position(span.start));
    let (line, column) = position.map(|Position { line, column }| (line, column)).unzip();
    BasisJson { option: option.as_str(), entry, line, column }
}
