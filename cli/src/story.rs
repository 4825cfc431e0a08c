//! What happens when a page calls: the model of a browser on one side, corsac on the other.

use corsac::{FieldName, GuardRequest, OptionName, Pass, PolicyRef, Refusal, Scheme};
use corsac_browser::{Browser, Failure, FetchCall, Outcome, PageRequest, Step, Way, WireRequest, WireResponse};
use serde::Serialize;

use crate::decided::Decided;
use crate::field_arg::Field;
use crate::judged::Judged;
use crate::options::Options;

/// What there is to say of a request in the place of a decision, where no browser asks for one.
pub(crate) const NO_CORS: &str = "the page asks its own origin, so there is nothing for CORS to decide";

/// What the browser did, and what corsac decided on each request, in order.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    pub(crate) outcome: Outcome,
    /// None where the page asks its own origin: the browser does not look at what `decide` says of that.
    pub(crate) decided: Vec<Option<Decided>>,
}

/// What the guard says of a request, and the fields by which it does.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Guarded {
    #[serde(flatten)]
    pub(crate) judged: Judged,
    /// As they were sent.
    pub(crate) fields: Vec<(String, String)>,
}

/// What the guard looks at beside the method.
const GUARD_FIELDS: [&str; 4] = ["Host", "Origin", "Sec-Fetch-Site", "Content-Type"];

impl Story {
    /// Lets a fresh browser make the call. Behind corsac stands an application that answers 200 with `fields`.
    pub(crate) fn of(policy: &PolicyRef<'_>, call: &FetchCall, fields: &[Field]) -> Self {
        let mut decided = Vec::new();
        let outcome = Browser::new().fetch(call, 0, &mut |request: &WireRequest| {
            let decision = Decided::by(policy, request.method.as_bytes(), &request.fields);
            let response = respond(&decision, fields);
            decided.push(Some(decision));
            response
        });
        if outcome.steps.contains(&Step::SameOrigin) {
            decided.fill(None);
        }
        Self { outcome, decided }
    }

    /// Why corsac refused, if it did.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        self.decided.iter().flatten().find_map(|decided| decided.refusal)
    }

    /// What corsac decided on the last request.
    pub(crate) fn last_decision(&self) -> Option<&Decided> {
        self.decided.last()?.as_ref()
    }

    /// What the guard would say of the request itself; `None` where it was not sent, or has a safe method.
    pub(crate) fn guard(&self, policy: &PolicyRef<'_>, call: &FetchCall) -> Option<Guarded> {
        self.outcome.actual()?;
        let way = Way::CorsFetch { method: call.method.clone(), headers: call.headers.clone() };
        let request = PageRequest::new(&call.page_origin, &call.url_origin, way);
        // A preflight was needed or not; if it was, it has passed.
        let arrival = request.send(|_| Ok(())).ok()?;
        let scheme = if call.url_origin.starts_with("https:") { Scheme::Https } else { Scheme::Http };
        let fields = || arrival.fields.iter().map(|(name, value)| (name, value));
        let request = GuardRequest::from_fields(&arrival.method, fields()).with_scheme(scheme);
        let verdict = policy.guard(&request);
        let is_looked_at = |name: &String| GUARD_FIELDS.iter().any(|field| field.eq_ignore_ascii_case(name));
        let looked_at = fields().filter(|(name, _)| is_looked_at(name));
        let fields = looked_at.map(|(name, value)| (name.clone(), String::from_utf8_lossy(value).into_owned()));
        (verdict.pass() != Some(Pass::SafeMethod))
            .then(|| Guarded { judged: Judged::of(&verdict), fields: fields.collect() })
    }
}

/// What a server sends that does as corsac says.
pub(crate) fn respond(decided: &Decided, application: &[Field]) -> WireResponse {
    let mut fields: Vec<Field> = match decided.status {
        Some(_) => Vec::new(),
        None => application.iter().filter(|(name, _)| !is_overridden(name)).cloned().collect(),
    };
    fields.extend(decided.fields.to_wire());
    WireResponse { status: decided.status.unwrap_or(200), fields }
}

/// Whether corsac takes the application's own field away.
fn is_overridden(name: &str) -> bool {
    FieldName::ALL.iter().any(|field| *field != FieldName::Vary && field.as_str().eq_ignore_ascii_case(name))
}

/// An option, or an entry of it, on which a decision rests.
pub(crate) type Basis = (OptionName, Option<usize>);

/// What in the policy decided on a request.
pub(crate) fn bases(decided: &Decided, request: &WireRequest, options: &Options) -> Vec<Basis> {
    let option = match decided.refusal {
        None => return allowing(decided, request, options),
        Some(Refusal::OriginNotAllowed) => OptionName::AllowOrigins,
        Some(Refusal::NullOriginNotAllowed) => OptionName::AllowNullOrigin,
        Some(Refusal::MethodNotAllowed) => OptionName::AllowMethods,
        Some(Refusal::HeaderNotAllowed) => OptionName::AllowHeaders,
        Some(_) => return Vec::new(),
    };
    vec![(option, None)]
}

fn allowing(decided: &Decided, request: &WireRequest, options: &Options) -> Vec<Basis> {
    let mut bases = Vec::new();
    if decided.allowed.is_none() {
        return bases;
    }
    match decided.matched_entry {
        Some(entry) => bases.push((OptionName::AllowOrigins, Some(entry))),
        None if value(request, "Origin") == Some(b"null") && options.is_on(OptionName::AllowNullOrigin) => {
            bases.push((OptionName::AllowNullOrigin, None));
        }
        None if !options.allow_origins().is_empty() => bases.push((OptionName::AllowOrigins, Some(0))),
        None => {}
    }
    if !request.is_preflight {
        return bases;
    }
    if let Some(method) = value(request, "Access-Control-Request-Method") {
        let entry = options
            .list(OptionName::AllowMethods)
            .iter()
            .position(|entry| entry == "*" || corsac_browser::normalize_method(entry).as_bytes() == method);
        bases.extend(entry.map(|entry| (OptionName::AllowMethods, Some(entry))));
    }
    for name in value(request, "Access-Control-Request-Headers").unwrap_or_default().split(|&byte| byte == b',') {
        let name = name.trim_ascii();
        let listed = |entry: &String| entry.as_bytes().eq_ignore_ascii_case(name);
        let list = options.list(OptionName::AllowHeaders);
        let entry = list.iter().position(listed).or_else(|| list.iter().position(|entry| entry == "*"));
        let basis = entry.map(|entry| (OptionName::AllowHeaders, Some(entry)));
        bases.extend(basis.filter(|basis| !bases.contains(basis)));
    }
    bases
}

fn value<'r>(request: &'r WireRequest, name: &str) -> Option<&'r [u8]> {
    request.fields.iter().find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_slice())
}

/// The option that makes the browser stop although corsac did not.
pub(crate) const fn blamed_by_browser(failure: &Failure) -> Option<OptionName> {
    match failure {
        Failure::PreflightCorsCheck(_) | Failure::CorsCheck(_) => Some(OptionName::AllowCredentials),
        _ => None,
    }
}
