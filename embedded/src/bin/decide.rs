//! The image of a whole answer: open a policy, fill a request field by field, decide, hand over the response fields.

#![no_std]
#![no_main]

use corsac::{Action, PolicyRef, Refusal, Request, ResponseField};
use corsac_embedded as _;

type Open = fn(&'static [u8]) -> Option<PolicyRef<'static>>;
type Answer = fn(&PolicyRef<'_>, &[u8], Fields<'_>, fn(ResponseField<'_>)) -> Verdict;

/// A request's fields as a server has them.
type Fields<'r> = &'r [(&'r [u8], &'r [u8])];

/// All that a host reads from a decision, besides the fields.
type Verdict = (Action, Option<bool>, Option<Refusal>);

/// What the image exports; the linker script keeps it.
#[used]
#[expect(unsafe_code, reason = "places the table where the linker script keeps it")]
#[unsafe(link_section = ".entries")]
static ENTRIES: (Open, Answer) = (open, answer);

fn open(image: &'static [u8]) -> Option<PolicyRef<'static>> {
    PolicyRef::open(image).ok()
}

// The request stays where it is made. A program that hands it from one function to another copies it, for which the compiler may want
// a `memcpy` that is not counted here.
fn answer(policy: &PolicyRef<'_>, method: &[u8], fields: Fields<'_>, send: fn(ResponseField<'_>)) -> Verdict {
    let mut request = Request::new(method);
    for (name, value) in fields {
        request.push(name, value);
    }
    let decision = policy.decide(&request);
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
