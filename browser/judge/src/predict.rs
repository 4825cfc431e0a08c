//! The core's answer and the model's: what the library decides on each request, and what a conforming browser makes of that.

use corsac::{Action, FieldName, Request};
use corsac_browser::{Browser, Credentials, FetchCall, Header, Outcome, Settings, WireRequest, WireResponse};

use crate::case::{APPLICATION_FIELDS, Case};
use crate::options::Policy;
use crate::rewrite::{APART, UNREAD};
use crate::seen::Seen;

/// What is foretold of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain data")]
pub struct Prediction {
    /// What the core decided on the requests that the model sent for it, in order: `None` for what is allowed, or the refusal.
    pub decided: Vec<Option<&'static str>>,
    /// What the core's decisions alone come to for the page.
    pub core: Core,
    /// What the model does and shows.
    pub model: Seen,
    /// Why the model shows the page nothing.
    pub why: Option<String>,
}

/// What the core's decisions come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "all there is")]
pub enum Core {
    /// All that was asked for is allowed: the page reads.
    Allowed,
    /// It is allowed, and the policy has no credentials for a page that asks for them. No request tells that it does; the page
    /// does not read.
    WithoutCredentials,
    /// Something is refused: the page does not read.
    Refused,
    /// The browser sends nothing, and nothing is decided.
    NotAsked,
}

/// What an application behind the policy has answered, CORS fields aside. It is what the tap saw, or else what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Application {
    pub(crate) status: u16,
    pub(crate) fields: Vec<Header>,
}

impl Application {
    /// The application of a case, as it is before a server adds fields of its own.
    pub(crate) fn of(case: &Case) -> Self {
        let field = |(name, value): (&str, &str)| (name.to_owned(), value.into());
        Self { status: case.status, fields: APPLICATION_FIELDS.map(field).into() }
    }

    /// What a response on the wire holds beside the fields of CORS.
    pub(crate) fn behind(status: u16, fields: &[Header]) -> Self {
        Self { status, fields: fields.iter().filter(|(name, _)| !is_decided(name)).cloned().collect() }
    }
}

/// Whether the core decides on the field. It does on `Vary` too, but no page's fate hangs on that.
pub(crate) fn is_decided(name: &str) -> bool {
    FieldName::ALL.iter().any(|field| *field != FieldName::Vary && field.lower().eq_ignore_ascii_case(name))
}

/// The core, answering as a server with the policy does.
pub(crate) fn answer(
    policy: &Policy,
    method: &str,
    fields: &[Header],
    application: &Application,
) -> (WireResponse, Option<&'static str>) {
    let policy = policy.open();
    let request = Request::from_fields(method, fields.iter().map(|(name, value)| (name, value.as_slice())));
    let decision = policy.decide(&request);
    let (status, mut sent) = match decision.action() {
        Action::Continue => (application.status, application.fields.clone()),
        Action::Respond(status) => (status, Vec::new()),
    };
    // Where the wire was looked at already, the application's `Vary` has what the decision would add.
    let merged = sent.iter().any(|(name, _)| name.eq_ignore_ascii_case("vary"));
    let decided = decision.fields().filter(|field| field.name != FieldName::Vary || !merged);
    sent.extend(decided.map(|field| (field.name.as_str().to_owned(), field.value.to_vec())));
    (WireResponse { status, fields: sent }, decision.refusal().map(|refusal| refusal.slug()))
}

/// Foretells each call of a case, with the application behind each. All come within the second: where time counts, none is made.
pub(crate) fn predict(policy: &Policy, calls: &[FetchCall], applications: &[Application]) -> Vec<Prediction> {
    let mut browser = Browser::with_settings(Settings::CHROMIUM);
    let mut predictions = Vec::new();
    for (call, application) in calls.iter().zip(applications) {
        let mut decided = Vec::new();
        let outcome = fetch(&mut browser, call, 0, &mut |request: &WireRequest| {
            let (response, refusal) = answer(policy, &request.method, &request.fields, application);
            decided.push(refusal);
            response
        });
        let core = core(policy, call, &decided);
        let why = outcome.result.as_ref().err().map(ToString::to_string);
        predictions.push(Prediction { decided, core, model: Seen::of_model(&outcome, &written(call)), why });
    }
    predictions
}

/// Has the model make a call; one for which nothing remembered is looked at is made by a browser that knows nothing, and after it what
/// it was told is remembered.
pub(crate) fn fetch(
    browser: &mut Browser,
    call: &FetchCall,
    now: u64,
    server: &mut dyn FnMut(&WireRequest) -> WireResponse,
) -> Outcome {
    let Some(url) = call.url.strip_suffix(UNREAD) else {
        return browser.fetch(call, now, server);
    };
    let outcome = Browser::with_settings(Settings::CHROMIUM).fetch(call, now, server);
    // One that was refused leaves in place what was remembered before.
    if outcome.actual().is_none() {
        return outcome;
    }
    let mut told = outcome.exchanges.iter();
    let call = FetchCall { url: url.trim_end_matches(UNREAD).to_owned(), ..call.clone() };
    browser.fetch(&call, now, &mut |request| {
        let exchange = told.find(|exchange| exchange.request.is_preflight == request.is_preflight);
        exchange.map_or_else(|| WireResponse::new(500, &[]), |exchange| exchange.response.clone())
    });
    outcome
}

/// The names that the page wrote, of which the values are to arrive as they are.
pub(crate) fn written(call: &FetchCall) -> Vec<String> {
    call.headers.iter().filter(|(_, value)| value != APART).map(|(name, _)| name.clone()).collect()
}

/// By the decisions alone: what the model makes of them does not count here.
fn core(policy: &Policy, call: &FetchCall, decided: &[Option<&'static str>]) -> Core {
    if decided.is_empty() {
        Core::NotAsked
    } else if decided.iter().any(Option::is_some) {
        Core::Refused
    } else if call.credentials == Credentials::Include && !policy.options().allow_credentials {
        Core::WithoutCredentials
    } else {
        Core::Allowed
    }
}
