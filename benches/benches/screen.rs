//! Every verdict in one call against `decide` alone.

use std::hint::black_box;

use corsac::{Config, PolicyRef, Refusal, Request, ScreenRequest};
use corsac_benches::comparisons::{DECIDE, DECIDE_LIST, SCREEN, SCREEN_LIST};
use corsac_benches::policies;
use corsac_benches::requests::{OWN, PAGE, STRANGER, Sent, THREE_NAMES};
use corsac_benches::sink::{Opaque, Sink};

use crate::row::{Contender, Rows};

struct Case {
    name: &'static str,
    policy: fn(&'static [&'static str]) -> Config<'static>,
    sent: Sent,
    /// What stops or refuses it.
    refusal: Option<Refusal>,
}

fn cases() -> [Case; 13] {
    let case = |name, sent, refusal| Case { name, policy: policies::screened, sent, refusal };
    let last = |name, sent, refusal| Case { name, policy: policies::screened_last, sent, refusal };
    [
        case("get-no-origin", Sent::get(None), None),
        case("get-allowed", Sent::get(Some(PAGE)), None),
        case("get-refused", Sent::get(Some(STRANGER)), Some(Refusal::OriginNotAllowed)),
        case("preflight-allowed", Sent::preflight(PAGE, "PUT", THREE_NAMES), None),
        case("post-own", Sent::post(OWN), None),
        case("post-allowed", Sent::post(PAGE), None),
        case("post-refused", Sent::post(STRANGER), Some(Refusal::SameSite)),
        case("post-own-plain-http", Sent::post(OWN).without_fetch_metadata(), None),
        case("post-refused-plain-http", Sent::post(STRANGER).without_fetch_metadata(), Some(Refusal::OriginNotTrusted)),
        case("post-allowed-charset", Sent::post(PAGE).with_charset(), None),
        last("last-of-six-get-no-origin", Sent::get(None), None),
        last("last-of-six-get-allowed", Sent::get(Some(PAGE)), None),
        last("last-of-six-post-allowed", Sent::post(PAGE), None),
    ]
}

pub(crate) fn measure(rows: &mut Rows) {
    for Case { name, policy, sent, refusal } in cases() {
        let policy = policies::compile(&policy(&[PAGE]));
        let sent: &'static Sent = Box::leak(Box::new(sent));
        let (whole, picked) = (sent.picked_whole(), sent.picked());
        assert_eq!(policy.screen(&whole).refusal(), refusal, "{name}");
        let stops = refusal.is_some_and(|refusal| refusal.number() >= 61);
        assert_eq!(policy.screen(&whole).stopped_by().is_some(), stops, "{name}");
        rows.measure(
            &format!("screen/{name}"),
            vec![
                Contender::whole(SCREEN, || screened(black_box(&policy), black_box(&whole))),
                Contender::whole(DECIDE, || decided(black_box(&policy), black_box(&picked))),
                Contender::whole(SCREEN_LIST, || screened(black_box(&policy), &black_box(sent).picked_whole())),
                Contender::whole(DECIDE_LIST, || decided(black_box(&policy), &black_box(sent).picked())),
            ],
        );
    }
}

// Each is called, as a server calls one, and not melted into the loop that times it.

#[inline(never)]
fn screened(policy: &PolicyRef<'_>, request: &ScreenRequest<'_>) {
    Opaque.screening(&policy.screen(request));
}

#[inline(never)]
fn decided(policy: &PolicyRef<'_>, request: &Request<'_>) {
    Opaque.decision(&policy.decide(request));
}
