//! The property that names the project: "allowed" and "refused" are what the browser does.

use std::cell::RefCell;

use corsac::FieldName;
use corsac_browser::{
    Browser, CorsCheckFailure, Credentials, Failure, FetchCall, Header, Outcome, Readable, Step, WireResponse,
};

use crate::shared::fault::{Checked, Fault, ensure};
use crate::shared::options::{Options, Valid};
use crate::shared::wire::{Answer, WireRequest};

/// Calls of pages, one after another in one browser, to one resource under one policy.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    /// Each with the seconds since the one before.
    pub(crate) calls: Vec<(u64, FetchCall)>,
    /// An origin for which the host's own function vouches.
    pub(crate) paired: Option<String>,
}

/// The verdicts are the browser's.
///
/// The server answers a request as corsac says: it responds to preflights itself, and puts the fields on what the
/// application answers to the rest, which has dropped its own CORS fields (rows 22 and 27 of the design). Then, for every
/// call of `fetch` across origins by a page whose origin is within the cap:
///
/// 1. If corsac refuses any request that the browser makes for the call, the page gets nothing; and if that request is the
///    preflight, the actual request is never made.
/// 2. If corsac allows all of them, the page reads the response, **provided that the policy supports the call's credentials
///    mode**: it has `allow_credentials`, or the mode is not `include`. No request says which mode is behind it, so this is
///    the one thing that "allowed" cannot promise.
/// 3. If the mode is `include` and the policy has no `allow_credentials`, the page gets nothing whatever corsac says, and
///    where corsac says allowed, it is the CORS check that tells it so and names the credentials.
/// 4. A page that reads a response sees just the safelisted fields and those that `expose_headers` lists, and detailed timing
///    just with `timing_allow_origin`.
/// 5. Within the caps, a browser that remembers earlier preflights comes to the same verdict as a fresh one. Where the
///    policy's lists are sent whole (no `minimal_answers`, no `*` that is answered by what was asked), the first preflight
///    serves every later call within its max-age that the policy allows and that needs no more credentials.
///
/// A call that the browser itself rejects (a forbidden method) never reaches a server and promises nothing. A call to the
/// page's own origin is not decided by CORS.
pub(crate) fn calls_match_the_browser(valid: &Valid, visit: &Visit) -> Checked {
    let mut remembering = Browser::new();
    let mut served = Vec::new();
    let mut now = 0;
    for (later, call) in &visit.calls {
        now += later;
        if call.is_same_origin() {
            continue;
        }
        let fresh = Exchanged::by(&mut Browser::new(), now, valid, call, visit.paired.as_deref());
        fresh.check(valid, call).map_err(|fault| fresh.report(fault, valid, call))?;

        let again = Exchanged::by(&mut remembering, now, valid, call, visit.paired.as_deref());
        again.check(valid, call).map_err(|fault| again.report(fault, valid, call))?;
        check_memory(valid, call, now, [&fresh, &again], &served).map_err(|fault| again.report(fault, valid, call))?;
        again.note(call, now, &mut served);
    }
    Ok(())
}

/// A preflight that has been passed.
struct Served {
    page: String,
    includes_credentials: bool,
    at: u64,
}

/// One call, what the server said on the way, and what came of it.
struct Exchanged {
    answers: Vec<(WireRequest, Answer)>,
    outcome: Outcome,
}

impl Exchanged {
    fn by(browser: &mut Browser, now: u64, valid: &Valid, call: &FetchCall, paired: Option<&str>) -> Self {
        let answers = RefCell::new(Vec::new());
        let policy = valid.policy();
        let outcome = browser.fetch(call, now, &mut |sent| {
            let mut request = WireRequest::new(sent.method.as_bytes());
            request.fields =
                sent.fields.iter().map(|(name, value)| (name.clone().into_bytes(), value.clone())).collect();
            let is_paired = |origin: &[u8]| paired.is_some_and(|paired| paired.as_bytes() == origin);
            let answer = Answer::of(&policy.decide_with(&request.request(), is_paired));
            let mut fields = if answer.status.is_some() { Vec::new() } else { application_fields() };
            fields.extend(answer.fields.iter().map(|(name, value, _)| (name.as_str().to_owned(), value.clone())));
            let response = WireResponse { status: answer.status.unwrap_or(200), fields };
            answers.borrow_mut().push((request, answer));
            response
        });
        Self { answers: answers.into_inner(), outcome }
    }

    fn report(&self, fault: Fault, valid: &Valid, call: &FetchCall) -> Fault {
        let told = Fault::new(format!(
            "{fault}of {} {:?} by {} with credentials {:?} came {:?}",
            call.method, call.headers, call.page_origin, call.credentials, self.outcome.result
        ));
        self.answers.iter().fold(told, |told, (request, answer)| told.with(&valid.options, request, Some(answer)))
    }

    fn check(&self, valid: &Valid, call: &FetchCall) -> Checked {
        let includes = call.credentials == Credentials::Include;
        let options = &valid.options;
        for (i, (_, answer)) in self.answers.iter().enumerate() {
            if answer.is_refused() {
                ensure!(self.outcome.result.is_err(), "corsac refuses and the browser lets the page through");
                ensure!(i + 1 == self.answers.len(), "the browser goes on after a refused preflight");
            }
        }
        let all_allowed = self.answers.iter().all(|(_, answer)| !answer.is_refused());
        match &self.outcome.result {
            Ok(readable) => {
                ensure!(
                    !includes || options.allow_credentials,
                    "the page reads with credentials that the policy lacks"
                );
                check_readable(options, readable)
            }
            Err(_) if self.answers.is_empty() => Ok(()),
            Err(failure) if all_allowed => {
                ensure!(includes && !options.allow_credentials, "corsac allows and the browser keeps the page out");
                ensure!(is_about_credentials(failure), "the CORS check does not name the credentials");
                Ok(())
            }
            Err(_) => Ok(()),
        }
    }

    /// Keeps in mind whose preflights a browser remembers after the call.
    fn note(&self, call: &FetchCall, now: u64, served: &mut Vec<Served>) {
        if self.outcome.result.is_err() {
            served.retain(|served| served.page != call.page_origin);
        } else if self.outcome.preflight().is_some() {
            let includes_credentials = call.credentials == Credentials::Include;
            served.push(Served { page: call.page_origin.clone(), includes_credentials, at: now });
        }
    }
}

/// Sentence 5.
fn check_memory(
    valid: &Valid,
    call: &FetchCall,
    now: u64,
    [fresh, again]: [&Exchanged; 2],
    served: &[Served],
) -> Checked {
    // What is remembered under `*` also serves a page past a cap, of which a fresh preflight would tell.
    if fresh.answers.iter().any(|(_, answer)| answer.refusal.is_some_and(|refusal| refusal.slug().contains("-too-"))) {
        return Ok(());
    }
    let (first, second) = (&fresh.outcome.result, &again.outcome.result);
    ensure!(first.is_ok() == second.is_ok(), "a remembered preflight changes the verdict from {first:?} to {second:?}");
    let options = &valid.options;
    let has_star = |list: &[String]| list.iter().any(|entry| entry == "*");
    let is_echoed = options.allow_credentials && (has_star(&options.allow_methods) || has_star(&options.allow_headers));
    if options.minimal_answers || is_echoed || options.max_age == Some(0) || first.is_err() {
        return Ok(());
    }
    let includes = call.credentials == Credentials::Include;
    let max_age = options.max_age.map_or(5, u64::from);
    let is_served = served.iter().any(|served| {
        let is_alive = now - served.at < max_age;
        is_alive && served.page == call.page_origin && (served.includes_credentials || !includes)
    });
    ensure!(
        !is_served || again.outcome.preflight().is_none(),
        "a second preflight is made although the first had whole lists"
    );
    Ok(())
}

fn is_about_credentials(failure: &Failure) -> bool {
    let (Failure::PreflightCorsCheck(check) | Failure::CorsCheck(check)) = failure else {
        return false;
    };
    matches!(check, CorsCheckFailure::AnyOriginWithCredentials | CorsCheckFailure::NoCredentials { .. })
}

/// What the application answers, less the fields that an adapter drops (row 27).
fn application_fields() -> Vec<Header> {
    let fields = [
        ("Content-Type", "application/json"),
        ("Set-Cookie", "a=b"),
        ("ETag", "\"1\""),
        ("X-A", "1"),
        ("x-b", "2"),
        ("Location", "/"),
        ("X-Request-Id", "7"),
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Expose-Headers", "x-token"),
        ("Timing-Allow-Origin", "*"),
        ("X-Token", "secret"),
    ];
    let is_dropped =
        |name: &str| FieldName::ALL.iter().any(|field| *field != FieldName::Vary && field.as_str() == name);
    fields
        .into_iter()
        .filter(|(name, _)| !is_dropped(name))
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect()
}

/// Sentence 4.
fn check_readable(options: &Options, readable: &Readable) -> Checked {
    let mut sent: Vec<String> = application_fields().iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    let exposes = |name: &str| options.expose_headers.iter().any(|listed| listed.eq_ignore_ascii_case(name));
    // Under `*` the fields that corsac adds can be read as well; which these are is another check's concern.
    let of_corsac = |name: &str| FieldName::ALL.iter().any(|field| field.lower() == name);
    sent.retain(|name| name != "set-cookie" && (name == "content-type" || exposes(name) || exposes("*")));
    sent.sort_unstable();
    let names: Vec<&str> = readable.readable_fields.iter().map(|(name, _)| name.as_str()).collect();
    let seen: Vec<&str> = names.iter().copied().filter(|name| !of_corsac(name)).collect();
    ensure!(seen == sent, "the page reads the fields {seen:?} and not {sent:?}");
    let reads_ours = names.iter().any(|name| of_corsac(name) && !exposes(name));
    ensure!(!reads_ours || exposes("*"), "the page reads fields of CORS itself: {names:?}");
    ensure!(
        readable.timing_allowed == options.timing_allow_origin,
        "timing is {} to the page",
        if readable.timing_allowed { "open" } else { "closed" }
    );
    Ok(())
}

impl Visit {
    /// How the calls end, for a count of what is reached.
    pub(crate) fn endings(&self, valid: &Valid) -> Vec<&'static str> {
        let mut browser = Browser::new();
        let mut endings = Vec::new();
        for (_, call) in &self.calls {
            let outcome = Exchanged::by(&mut browser, 0, valid, call, self.paired.as_deref()).outcome;
            endings.push(outcome.result.as_ref().map_or_else(Failure::slug, |_| "ok"));
            if outcome.result.is_ok() {
                let from_memory = outcome.steps.contains(&Step::PreflightCacheHit);
                let includes = call.credentials == Credentials::Include;
                endings.extend(outcome.preflight().map(|_| "ok after a preflight"));
                endings.extend(from_memory.then_some("ok from memory"));
                endings.extend(includes.then_some("ok with credentials"));
            }
        }
        endings
    }
}
