//! Screening against its parts, and what the options of the verdicts leave alone.

use std::cell::Cell;

use corsac::{FieldName, Kind, Pass, PolicyRef, Question, Refusal};

use super::verdicts::printable;
use crate::shared::fault::{Checked, Fault, ensure};
use crate::shared::naive;
use crate::shared::options::{Options, Valid};
use crate::shared::verdict_request::VerdictRequest;
use crate::shared::wire::{Answer, ResponseField, WireRequest};

/// All that screening says, as plain data.
#[derive(PartialEq, Eq, Debug)]
struct Screened {
    kind: Kind,
    stopped_by: Option<Question>,
    refusal: Option<Refusal>,
    status: Option<u16>,
    fields: Vec<ResponseField>,
    words: String,
    asked: usize,
}

/// Screening is `check_host_with`, then `check_websocket` for a handshake and `guard` for the rest, and `decide`: the first that
/// refuses decides, and its reason is told; to a page of the server's own and to a handshake CORS has nothing to say. A request that is stopped is answered with the status of the refusal and the fields
/// of the decision, so that a page that may read can read why; but a preflight that is stopped gets `Vary` alone. The host's
/// function is asked at most once in all, and about no request whose `Host` is not the server's.
pub(crate) fn screen_is_its_parts(valid: &Valid, request: &VerdictRequest, paired: Option<&[u8]>) -> Checked {
    let policy = valid.policy();
    let checked = [true, false].into_iter().try_for_each(|asks_guard| {
        let wanted = by_parts(&policy, request, paired, asks_guard);
        let got = screened(&policy, request, paired, asks_guard);
        ensure!(got == wanted, "screening is not its parts\n   got: {got:?}\nwanted: {wanted:?}");
        ensure!(got.asked <= 1, "the host's function is asked {} times", got.asked);
        printable(&got.words)
    });
    checked.map_err(|fault| fault.with_verdict(&valid.options, request, None, None))
}

fn screened(policy: &PolicyRef<'_>, request: &VerdictRequest, paired: Option<&[u8]>, asks_guard: bool) -> Screened {
    let asked = Cell::new(0);
    let own_names = request.own_names();
    let mut screen_request = request.screen_request(&own_names);
    if !asks_guard {
        screen_request = screen_request.without_guard();
    }
    let screening = policy.screen_with(&screen_request, |origin| {
        asked.set(asked.get() + 1);
        paired == Some(origin)
    });
    let mut fields: Vec<ResponseField> =
        screening.fields().map(|field| (field.name, field.value.to_vec(), field.apply)).collect();
    fields.sort_by_key(|(name, ..)| *name);
    Screened {
        kind: screening.kind(),
        stopped_by: screening.stopped_by().map(|verdict| verdict.question()),
        refusal: screening.refusal(),
        status: screening.status(),
        fields,
        words: screening.explain().to_string(),
        asked: asked.get(),
    }
}

fn by_parts(policy: &PolicyRef<'_>, request: &VerdictRequest, paired: Option<&[u8]>, asks_guard: bool) -> Screened {
    let (guard_request, own_names) = (request.guard_request(), request.own_names());
    let host = policy.check_host_with(guard_request.host(), &own_names);
    let is_own = host.passes();
    let asked = [Cell::new(0), Cell::new(0)];
    let ask = |which: usize| {
        let asked = &asked[which];
        move |origin: &[u8]| {
            asked.set(asked.get() + usize::from(is_own));
            is_own && paired == Some(origin)
        }
    };
    let cors = request.wire.request();
    let decision = policy.decide_with(&cors, ask(0));
    let is_handshake = naive::is_websocket_handshake(&request.wire);
    // Who made the request does not depend on what it is to do.
    let mut posted = request.clone();
    posted.wire.method = b"POST".to_vec();
    let posted = posted.guard_request();
    let sender = if is_handshake { policy.check_websocket(&guard_request) } else { policy.guard(&posted) };
    let verdict = if !is_own || !asks_guard {
        host
    } else if is_handshake {
        policy.check_websocket_with(&guard_request, ask(1))
    } else {
        policy.guard_with(&guard_request, ask(1))
    };
    let Answer { kind, refusal, status, mut fields } = Answer::of(&decision);
    let stopped = !verdict.passes();
    if stopped && kind == Kind::Preflight {
        fields.retain(|(name, ..)| *name == FieldName::Vary);
    }
    let is_own_page =
        !stopped && kind != Kind::Preflight && matches!(sender.pass(), Some(Pass::SameOrigin | Pass::OwnHost));
    Screened {
        kind,
        stopped_by: stopped.then(|| verdict.question()),
        refusal: match verdict.refusal() {
            None if is_own_page || is_handshake && kind != Kind::Preflight => None,
            None => refusal,
            stop => stop,
        },
        status: if stopped { verdict.status() } else { status },
        fields,
        words: match verdict.pass() {
            None => verdict.explain().to_string(),
            Some(_) if is_own_page => sender.explain().to_string(),
            Some(_) => decision.explain().to_string(),
        },
        asked: asked.iter().map(Cell::get).max().unwrap_or(0),
    }
}

/// CORS has nothing to do with `allow_hosts` and `allow_content_types`: a policy decides alike without them.
pub(crate) fn lists_of_the_verdicts_do_not_matter(
    valid: &Valid,
    request: &WireRequest,
    paired: Option<&[u8]>,
) -> Checked {
    let emptied = Options { allow_hosts: Vec::new(), allow_content_types: Vec::new(), ..valid.options.clone() };
    let image = emptied.compile();
    ensure!(image.is_ok(), "a policy does not compile without allow_hosts and allow_content_types: {image:?}");
    let emptied = Valid { options: emptied, image: image.unwrap_or_default() };
    let decide = |valid: &Valid| {
        let prepared = request.request();
        let policy = valid.policy();
        let decision = policy.decide_with(&prepared, |origin| paired == Some(origin));
        (Answer::of(&decision), decision.explain().to_string())
    };
    let (first, second) = (decide(valid), decide(&emptied));
    if first == second {
        return Ok(());
    }
    let fault = Fault::new("allow_hosts or allow_content_types changes a decision of CORS");
    Err(fault.with(&valid.options, request, Some(&first.0)).with(&emptied.options, request, Some(&second.0)))
}
