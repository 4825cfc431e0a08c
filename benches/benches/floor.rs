//! `decide` with one origin against the same answer, hard-coded.

use std::hint::black_box;

use corsac::{PolicyRef, Request, policy};
use corsac_benches::comparisons::{DECIDE, DECIDE_CONST, DECIDE_LOOKED_UP, FLOOR, FLOOR_LOOKED_UP};
use corsac_benches::floor::{self, Picked, Preflights};
use corsac_benches::policies::{self, HEADERS, MAX_AGE, METHODS};
use corsac_benches::requests::{self, PAGE, STRANGER, Sent, THREE_NAMES};
use corsac_benches::sink::{Kept, Opaque, Sink};

use crate::row::{Contender, Rows};

/// The policy of these rows, as visible to the compiler as the hard-coded answer is.
static POLICY: PolicyRef<'static> = policy! {
    allow_origins: &[PAGE],
    allow_methods: &METHODS,
    allow_headers: &HEADERS,
    allow_credentials: true,
    max_age: Some(MAX_AGE),
};

/// Rows: the request, and how the floor treats preflights.
fn kinds() -> [(&'static str, Sent, Preflights); 7] {
    let preflight = |origin, method| Sent::preflight(origin, method, THREE_NAMES);
    [
        ("no-origin", Sent::get(None), Preflights::Checked),
        ("actual-allowed", Sent::get(Some(PAGE)), Preflights::Checked),
        ("actual-refused", Sent::get(Some(STRANGER)), Preflights::Checked),
        ("preflight-allowed", preflight(PAGE, "PUT"), Preflights::Checked),
        ("preflight-refused-origin", preflight(STRANGER, "PUT"), Preflights::Checked),
        ("preflight-refused-method", preflight(PAGE, "PURGE"), Preflights::Checked),
        ("preflight-unchecked", preflight(PAGE, "PUT"), Preflights::Constant),
    ]
}

pub(crate) fn measure(rows: &mut Rows) {
    let policy = policies::api_for(&policies::origins(1));
    for (kind, sent, preflights) in kinds() {
        let sent: &'static Sent = Box::leak(Box::new(sent));
        assert_same(policy, sent, preflights);
        assert_same(POLICY, sent, preflights);
        let (request, picked, http) = (sent.picked(), Picked::new(sent), requests::to_http(sent));
        rows.measure(
            &format!("floor/{kind}"),
            vec![
                Contender::whole(DECIDE_CONST, || decided(black_box(&request))),
                Contender::whole(FLOOR, || hard_coded(black_box(&picked), preflights)),
                Contender::whole(DECIDE, || decided_by(black_box(&policy), black_box(&request))),
                Contender::whole(DECIDE_LOOKED_UP, || {
                    let http = black_box(&http);
                    let request = requests::looked_up(http.method(), http.headers());
                    Opaque.decision(&black_box(&policy).decide(&request));
                }),
                Contender::whole(FLOOR_LOOKED_UP, || {
                    let http = black_box(&http);
                    let picked = Picked::looked_up(http.method(), http.headers());
                    floor::answer(&picked, preflights, &mut Opaque);
                }),
            ],
        );
    }
}

// Each is called, as a server calls one, and not melted into the loop that times it.

#[inline(never)]
fn decided(request: &Request<'_>) {
    Opaque.decision(&POLICY.decide(request));
}

#[inline(never)]
fn decided_by(policy: &PolicyRef<'_>, request: &Request<'_>) {
    Opaque.decision(&policy.decide(request));
}

#[inline(never)]
fn hard_coded(picked: &Picked<'_>, preflights: Preflights) {
    floor::answer(picked, preflights, &mut Opaque);
}

/// Both give the same action and the same fields with the same values in the same order.
fn assert_same(policy: PolicyRef<'_>, sent: &Sent, preflights: Preflights) {
    let (mut ours, mut floors) = (Kept::default(), Kept::default());
    ours.decision(&policy.decide(&sent.picked()));
    floor::answer(&Picked::new(sent), preflights, &mut floors);
    assert_eq!(ours, floors, "{sent:?}");
}
