//! The image of a whole answer: open a policy, fill a request field by field, decide, hand over the response fields.

#![no_std]
#![no_main]

use corsac::{Action, PolicyRef, Refusal, Request, ResponseField};
use corsac_embedded as _;

type Open = fn(&'static [u8]) -> Option<PolicyRef<'static>>;
type Receive = for<'r> fn(&'r [u8], &[(&'r [u8], &'r [u8])]) -> Request<'r>;
type Answer = fn(&PolicyRef<'_>, &Request<'_>, fn(ResponseField<'_>)) -> Verdict;

/// All that a host reads from a decision, besides the fields.
type Verdict = (Action, Option<bool>, Option<Refusal>);

/// What the image exports; the linker script keeps it.
#[used]
#[expect(unsafe_code, reason = "places the table where the linker script keeps it")]
#[unsafe(link_section = ".entries")]
static ENTRIES: (Open, Receive, Answer) = (open, receive, answer);

fn open(image: &'static [u8]) -> Option<PolicyRef<'static>> {
    PolicyRef::open(image).ok()
}

fn receive<'r>(method: &'r [u8], fields: &[(&'r [u8], &'r [u8])]) -> Request<'r> {
    let mut request = Request::new(method);
    for (name, value) in fields {
        request.push(name, value);
    }
    request
}

fn answer(policy: &PolicyRef<'_>, request: &Request<'_>, send: fn(ResponseField<'_>)) -> Verdict {
    let decision = policy.decide(request);
    for field in decision.fields() {
        send(field);
    }
    (decision.action(), decision.allowed(), decision.refusal())
}

/// The positive control: an index that nobody checks.
#[cfg(feature = "planted-panic")]
#[used]
#[expect(unsafe_code, reason = "places the table where the linker script keeps it")]
#[unsafe(link_section = ".entries")]
static PLANTED: fn(&[u8], usize) -> u8 = |bytes, index| bytes[index];
