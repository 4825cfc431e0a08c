//! The image of explained decisions and verdicts, with the host's own list of origins.

#![no_std]
#![no_main]

use core::fmt::Write;

use corsac::{PolicyRef, Request, ScreenRequest};
use corsac_embedded as _;

type Explain = fn(&PolicyRef<'_>, &Request<'_>, fn(&[u8]) -> bool, &mut dyn Write);
type ExplainAll = fn(&PolicyRef<'_>, &ScreenRequest<'_>, fn(&[u8]) -> bool, &mut dyn Write);

#[used]
#[expect(unsafe_code, reason = "places the table where the linker script keeps it")]
#[unsafe(link_section = ".entries")]
static ENTRIES: (Explain, ExplainAll) = (explain, explain_all);

fn explain_all(policy: &PolicyRef<'_>, request: &ScreenRequest<'_>, ask: fn(&[u8]) -> bool, out: &mut dyn Write) {
    let _ = write!(out, "{}", policy.screen_with(request, ask).explain());
}

fn explain(policy: &PolicyRef<'_>, request: &Request<'_>, ask: fn(&[u8]) -> bool, out: &mut dyn Write) {
    // A full buffer loses words, not the decision.
    let _ = write!(out, "{}", policy.decide_with(request, ask).explain());
}
