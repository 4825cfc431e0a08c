//! The decision against its twin.

use std::cell::Cell;

use corsac::{Action, Kind, PolicyRef};

use super::bytes::bytes_are_accounted_for;
use crate::shared::fault::{Checked, Fault, ensure};
use crate::shared::naive;
use crate::shared::options::Valid;
use crate::shared::wire::{Answer, WireRequest};

/// Kind, verdict, reason, status and every response field are those of the design's tables; deciding again gives the same;
/// and what is beside the answer fits it.
///
/// `paired` is an origin for which the host's own function vouches.
pub(crate) fn decision_matches_the_twin(valid: &Valid, request: &WireRequest, paired: Option<&[u8]>) -> Checked {
    let policy = valid.policy();
    let asked = Cell::new(0);
    let got = decide_with(&policy, request, |origin| {
        asked.set(asked.get() + 1);
        paired == Some(origin)
    });
    let twin_asked = Cell::new(0);
    let wanted = naive::decide(&valid.options, request, |origin| {
        twin_asked.set(twin_asked.get() + 1);
        paired == Some(origin)
    });
    let fault = |what: String| Fault::new(what).with(&valid.options, request, Some(&wanted));
    if got != wanted {
        return Err(fault(format!("the decision is another one than the twin's\n   got: {got:?}\nwanted: {wanted:?}")));
    }
    if asked.get() != twin_asked.get() {
        return Err(fault(format!(
            "the host's function was asked {} times instead of {}",
            asked.get(),
            twin_asked.get()
        )));
    }
    if got != decide_with(&policy, request, |origin| paired == Some(origin)) {
        return Err(fault("deciding twice gives two answers".to_owned()));
    }
    bytes_are_accounted_for(&valid.image, request, &got)
        .and_then(|()| particulars_fit(valid, &policy, request))
        .map_err(|found| found.with(&valid.options, request, Some(&wanted)))
}

fn decide_with(policy: &PolicyRef<'_>, request: &WireRequest, ask: impl Fn(&[u8]) -> bool) -> Answer {
    Answer::of(&policy.decide_with(&request.request(), ask))
}

/// The entry that is said to have matched takes the origin, the subject of a refusal stands in the request, and the words
/// for a person are printable.
fn particulars_fit(valid: &Valid, policy: &PolicyRef<'_>, request: &WireRequest) -> Checked {
    let prepared = request.request();
    let decision = policy.decide(&prepared);
    let is_answered = matches!(decision.action(), Action::Respond(_));
    ensure!(is_answered == decision.status().is_some(), "action and status differ");
    let verdict = match decision.allowed() {
        None => decision.refusal().is_none(),
        Some(allowed) => allowed == decision.refusal().is_none(),
    };
    ensure!(verdict, "allowed and refusal contradict each other");

    if let Some(entry) = decision.matched_entry() {
        let text = valid.options.allow_origins.get(entry);
        let origin = request.values("Origin").next().unwrap_or_default();
        let takes = text.is_some_and(|text| text == "*" || naive::takes(text, origin));
        ensure!(takes, "matched_entry {entry} does not take the origin");
    }
    if let Some(subject) = decision.subject() {
        let mut values = request.fields.iter().map(|(_, value)| value);
        let is_there = values.any(|v| v == subject || v.windows(subject.len().max(1)).any(|w| w == subject));
        ensure!(is_there, "the subject stands nowhere in the request: {}", subject.escape_ascii());
        ensure!(decision.refusal().is_some(), "there is a subject without a refusal");
    }
    let words = decision.explain().to_string();
    let is_printable = words.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    ensure!(is_printable && !words.is_empty(), "the explanation is not printable: {words:?}");
    // What is constant lets a page past the cap read what corsac would not give it.
    let is_open = valid.options.allow_origins == ["*"] && decision.kind() != Kind::Preflight;
    let is_kept_out = decision.refusal().is_some() && !is_open;
    ensure!(decision.console().is_some() == is_kept_out, "the console says {:?}", decision.console());
    Ok(())
}
