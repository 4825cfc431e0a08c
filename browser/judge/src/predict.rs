//! The core's answer and the model's: what the library decides on each request, and what a conforming browser makes of that.

use corsac::{Action, FieldName, Request, missing_vary};
use corsac_browser::{Browser, Credentials, FetchCall, Header, Outcome, Settings, WireRequest, WireResponse};

use crate::case::{APPLICATION_FIELDS, Case};
use crate::options::Policy;
use crate::plant::Plant;
use crate::rewrite::UNREAD;
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

/// What an application behind the policy answers, CORS fields aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Application {
    pub(crate) status: u16,
    pub(crate) fields: Vec<Header>,
}

impl Application {
    /// The application of a case, as it is before a server adds fields of its own.
    pub(crate) fn of(case: &Case) -> Self {
        let own = APPLICATION_FIELDS.into_iter().filter(|(name, _)| !is_decided(name));
        Self { status: case.status, fields: own.map(|(name, value)| (name.to_owned(), value.into())).collect() }
    }

    /// With what a server has added to a response of its own, and with `Vary` as it is there: both reach the page.
    pub(crate) fn served(self, response: &WireResponse) -> Self {
        let is_own = |name: &str| name != "vary" && self.fields.iter().any(|(own, _)| own == name);
        let own = self.fields.iter().filter(|(name, _)| is_own(name)).cloned();
        let added = Self::behind(response).fields.into_iter().filter(|(name, _)| !is_own(&name.to_ascii_lowercase()));
        Self { status: self.status, fields: own.chain(added).collect() }
    }

    /// What a response holds beside the fields of CORS, where nothing else is known of the application.
    pub(crate) fn behind(response: &WireResponse) -> Self {
        let fields = response.fields.iter().filter(|(name, _)| !is_decided(name)).cloned();
        Self { status: response.status, fields: fields.collect() }
    }
}

/// What the core decides on one request: the verdict, and what it puts on the response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decided {
    /// Why it is refused, if it is.
    pub(crate) refusal: Option<&'static str>,
    /// The status of the answer to a preflight; `None` where the application answers.
    pub(crate) status: Option<u16>,
    pub(crate) fields: Vec<Header>,
}

impl Decided {
    /// Asks the core, and makes the mistake, if it is one of the core's own.
    pub(crate) fn of(policy: &Policy, method: &str, fields: &[Header], plant: Option<Plant>) -> Self {
        let policy = policy.open();
        let request = Request::from_fields(method, fields.iter().map(|(name, value)| (name, value.as_slice())));
        let decision = policy.decide(&request);
        let status = match decision.action() {
            Action::Continue => None,
            Action::Respond(status) => Some(status),
        };
        let fields = decision.fields().map(|field| (field.name.as_str().to_owned(), field.value.to_vec()));
        let mut decided =
            Self { refusal: decision.refusal().map(|refusal| refusal.slug()), status, fields: fields.collect() };
        if plant == Some(Plant::ForgottenExpose) {
            decided.fields.retain(|(name, _)| name != FieldName::ExposeHeaders.as_str());
        }
        decided
    }
}

/// Whether the core decides on the field. It does on `Vary` too, but no page's fate hangs on that.
pub(crate) fn is_decided(name: &str) -> bool {
    FieldName::ALL.iter().any(|field| *field != FieldName::Vary && field.lower().eq_ignore_ascii_case(name))
}

/// A server with the policy, answering as the core decides.
pub(crate) fn answer(decided: Decided, application: &Application) -> WireResponse {
    let (status, mut fields) = match decided.status {
        None => (application.status, application.fields.clone()),
        Some(status) => (status, Vec::new()),
    };
    for (name, value) in decided.fields {
        if name == FieldName::Vary.as_str() {
            let missing = missing_vary(lines(&fields, "vary"), &value).collect::<Vec<_>>().join(&b", "[..]);
            if !missing.is_empty() {
                fields.push((name, missing));
            }
        } else {
            fields.push((name, value));
        }
    }
    WireResponse { status, fields }
}

/// The values of all fields of that name.
pub(crate) fn lines<'f>(fields: &'f [Header], name: &'f str) -> impl Iterator<Item = &'f [u8]> + Clone + 'f {
    fields.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_slice())
}

/// Foretells each call of a case, with the application behind each, and a mistake if the core makes it. All come within the second:
/// where time counts, none is made.
pub(crate) fn predict(
    policy: &Policy,
    calls: &[FetchCall],
    applications: &[Application],
    plant: Option<Plant>,
) -> Vec<Prediction> {
    let mut browser = Browser::with_settings(Settings::CHROMIUM);
    let mut predictions = Vec::new();
    for (call, application) in calls.iter().zip(applications) {
        let mut decided = Vec::new();
        let outcome = fetch(&mut browser, call, 0, &mut |request: &WireRequest| {
            let decision = Decided::of(policy, &request.method, &request.fields, plant);
            decided.push(decision.refusal);
            answer(decision, application)
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

/// The names that the page wrote, whose values are to arrive.
pub(crate) fn written(call: &FetchCall) -> Vec<String> {
    call.headers.iter().map(|(name, _)| name.clone()).collect()
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
