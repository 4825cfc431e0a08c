//! The verdicts beside CORS against their twin.

use std::cell::Cell;

use corsac::{Pass, PolicyRef, Question, Refusal, Verdict};

use crate::shared::fault::{Checked, Fault, ensure};
use crate::shared::naive::{self, Judged};
use crate::shared::options::Valid;
use crate::shared::verdict_request::VerdictRequest;

/// A verdict as plain data.
pub(crate) type Outcome = (Judged, Option<u16>, Option<Vec<u8>>);

/// What each of the three questions comes to, and what screening does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Four {
    pub(crate) guard: Outcome,
    pub(crate) websocket: Outcome,
    pub(crate) host: Outcome,
    pub(crate) screening: (Option<Question>, Option<Refusal>, Option<u16>),
}

impl Four {
    pub(crate) fn of(policy: &PolicyRef<'_>, request: &VerdictRequest) -> Self {
        Self::of_asking(policy, request, None)
    }

    /// The same, where the host's own function vouches for `paired`.
    pub(crate) fn of_asking(policy: &PolicyRef<'_>, request: &VerdictRequest, paired: Option<&[u8]>) -> Self {
        let ask = |origin: &[u8]| paired == Some(origin);
        let (guard_request, own_names) = (request.guard_request(), request.own_names());
        let screen_request = request.screen_request(&own_names);
        let screening = policy.screen_with(&screen_request, ask);
        Self {
            guard: outcome(&policy.guard_with(&guard_request, ask)),
            websocket: outcome(&policy.check_websocket_with(&guard_request, ask)),
            host: outcome(&policy.check_host_with(guard_request.host(), &own_names)),
            screening: (
                screening.stopped_by().map(|verdict| verdict.question()),
                screening.refusal(),
                screening.status(),
            ),
        }
    }
}

fn outcome(verdict: &Verdict<'_, '_>) -> Outcome {
    (judged(verdict), verdict.status(), verdict.subject().map(<[u8]>::to_vec))
}

fn judged(verdict: &Verdict<'_, '_>) -> Judged {
    verdict.pass().ok_or_else(|| verdict.refusal().expect("a verdict passes or refuses"))
}

/// What passes, for which entry, what is refused, for which reason and with which status are as promised, and so is whether
/// the host's function is asked; and what is beside the verdict fits it.
///
/// `paired` is an origin for which the host's own function vouches.
pub(crate) fn verdicts_match_the_twin(valid: &Valid, request: &VerdictRequest, paired: Option<&[u8]>) -> Checked {
    let (policy, options) = (valid.policy(), &valid.options);
    let (guard_request, own_names) = (request.guard_request(), request.own_names());
    let asked = Cell::new(0);
    let ask = |origin: &[u8]| {
        asked.set(asked.get() + 1);
        paired == Some(origin)
    };
    let check = |verdict: &Verdict<'_, '_>, wanted: Judged, twin_asked: usize| {
        let times = asked.replace(0);
        let checked = is_as_wanted(valid, request, verdict, wanted).and_then(|()| {
            ensure!(times == twin_asked, "the host's function was asked {times} times instead of {twin_asked}");
            particulars_fit(request, verdict)
        });
        let expect = expected(wanted);
        checked.map_err(|fault| fault.with_verdict(options, request, Some(verdict.question()), Some(&expect)))
    };

    let wanted = naive::guard(options, request, ask);
    let twin_asked = asked.replace(0);
    check(&policy.guard_with(&guard_request, ask), wanted, twin_asked)?;
    check(&policy.guard(&guard_request), naive::guard(options, request, |_| false), 0)?;

    let wanted = naive::check_websocket(options, request, ask);
    let twin_asked = asked.replace(0);
    check(&policy.check_websocket_with(&guard_request, ask), wanted, twin_asked)?;
    check(&policy.check_websocket(&guard_request), naive::check_websocket(options, request, |_| false), 0)?;

    check(&policy.check_host_with(guard_request.host(), &own_names), naive::check_host(options, request), 0)?;
    let nameless = VerdictRequest { own_names: Vec::new(), ..request.clone() };
    check(&policy.check_host(guard_request.host()), naive::check_host(options, &nameless), 0)
}

/// The member `expect` of a vector.
fn expected(wanted: Judged) -> String {
    let refusal =
        wanted.err().map_or_else(|| "null".to_owned(), |refusal| format!("\"{refusal}\"", refusal = refusal.slug()));
    let status = wanted.err().map_or_else(|| "null".to_owned(), |refusal| status(refusal).to_string());
    format!("{{\"passes\": {}, \"refusal\": {refusal}, \"status\": {status}}}", wanted.is_ok())
}

/// 400 for a `Host` that no client sends, 421 for another server's, and 403.
fn status(refusal: Refusal) -> u16 {
    match refusal.slug() {
        "host-not-allowed" => 421,
        slug if slug.starts_with("host-") => 400,
        _ => 403,
    }
}

fn is_as_wanted(valid: &Valid, request: &VerdictRequest, verdict: &Verdict<'_, '_>, wanted: Judged) -> Checked {
    let (options, wire) = (&valid.options, &request.wire);
    let mut hosts = wire.values("Host").chain(wire.values(":authority"));
    let got = judged(verdict);
    // Where several take it, it is nobody's promise which one is named.
    let is_same = match (got, wanted) {
        (Ok(Pass::Entry(at)), Ok(Pass::Entry(_))) => {
            let origin = wire.values("Origin").next().unwrap_or_default();
            options.allow_origins.get(at).is_some_and(|entry| naive::takes(entry, origin))
        }
        (Ok(Pass::ListedHost(at)), Ok(Pass::ListedHost(_))) => {
            options.allow_hosts.get(at).is_some_and(|entry| hosts.any(|host| naive::host_takes(entry, host)))
        }
        // Nor whether a name that no entry may be takes itself: a dot at the end, a port with a zero in front.
        (Ok(Pass::OwnName(at)), Ok(Pass::OwnName(_)) | Err(Refusal::HostNotAllowed)) => {
            request.own_names.get(at).is_some_and(|name| hosts.any(|host| naive::own_name_takes(name, host)))
        }
        _ => got == wanted,
    };
    ensure!(is_same, "the verdict is another one than the twin's\n   got: {got:?}\nwanted: {wanted:?}");
    ensure!(verdict.passes() == got.is_ok(), "passes and the reason contradict each other");
    ensure!(verdict.status() == got.err().map(status), "the status is {:?}", verdict.status());
    Ok(())
}

/// The subject is the value that the refusal is about, and the words for a person are printable.
fn particulars_fit(request: &VerdictRequest, verdict: &Verdict<'_, '_>) -> Checked {
    let wire = &request.wire;
    let subject = verdict.subject();
    let about = match (verdict.refusal(), verdict.question()) {
        (None, _) => None,
        (
            Some(
                Refusal::FetchSiteRepeated
                | Refusal::FetchSiteTruncated
                | Refusal::ContentTypeMissing
                | Refusal::ContentTypeRepeated
                | Refusal::ContentTypeTruncated,
            ),
            _,
        ) => None,
        (Some(Refusal::FetchSiteUnknown), _) => Some(&["Sec-Fetch-Site"][..]),
        (Some(Refusal::ContentTypeNotAllowed | Refusal::ContentTypeSimple | Refusal::ContentTypeMalformed), _) => {
            Some(&["Content-Type"][..])
        }
        (Some(_), Question::Host) => Some(&["Host", ":authority"][..]),
        (Some(_), _) => Some(&["Origin"][..]),
    };
    let mut values = about.unwrap_or_default().iter().flat_map(|name| wire.values(name));
    ensure!(
        subject.is_none_or(|subject| values.any(|value| value == subject) && !subject.is_empty()),
        "the subject is not what the refusal is about: {:?}",
        subject.map(<[u8]>::escape_ascii)
    );
    let has_one = matches!(
        verdict.refusal(),
        Some(
            Refusal::FetchSiteUnknown
                | Refusal::ContentTypeNotAllowed
                | Refusal::ContentTypeSimple
                | Refusal::ContentTypeMalformed
                | Refusal::OriginNotTrusted
                | Refusal::NullOriginNotTrusted
                | Refusal::SchemeDiffers
                | Refusal::HostNotAllowed
                | Refusal::HostMalformed
                | Refusal::HostTooLong
                | Refusal::OriginTooLong
        )
    );
    let is_empty = about.unwrap_or_default().iter().flat_map(|name| wire.values(name)).all(<[u8]>::is_empty);
    ensure!(!has_one || is_empty || subject.is_some(), "a refusal that is about one value has no subject");
    printable(&verdict.explain().to_string())
}

pub(super) fn printable(words: &str) -> Checked {
    let is_printable = words.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    ensure!(is_printable && !words.is_empty(), "the explanation is not printable: {words:?}");
    Ok(())
}

/// A page of the server's own origin, by what `Host` says, passes with any unsafe method, any content type and any policy, where
/// there is no `Sec-Fetch-Site` and the scheme, if the server knows it, is the origin's: a device on a local network needs no
/// list for its own pages.
///
/// The request has the server's own `Origin` and `Host`, and the host among its own names.
pub(crate) fn own_host_passes(valid: &Valid, request: &VerdictRequest) -> Checked {
    let policy = valid.policy();
    let four = Four::of(&policy, request);
    let fault = |what: &str, question| Err(Fault::new(what).with_verdict(&valid.options, request, question, None));
    if four.guard.0 != Ok(Pass::OwnHost) {
        return fault("the guard does not know a page of the server's own", Some(Question::Guard));
    }
    if four.websocket.0 != Ok(Pass::OwnHost) {
        return fault("a handshake of the server's own page is not known", Some(Question::WebSocket));
    }
    if four.screening.0.is_some() {
        return fault("a page of the server's own is stopped", None);
    }
    Ok(())
}
