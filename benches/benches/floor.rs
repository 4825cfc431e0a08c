//! `decide` with one origin against the same answer, hard-coded.

use std::hint::black_box;

use corsac::{PolicyRef, Request, policy};
use corsac_benches::floor::{self, Picked, Preflights};
use corsac_benches::policies::{self, HEADERS, MAX_AGE, METHODS};
use corsac_benches::requests::{self, PAGE, STRANGER, Sent, THREE_NAMES};
use corsac_benches::sink::{Kept, Opaque, Sink};

use crate::row::{Contender, Rows};
use crate::table::{Bar, Table, time, times};

/// The policy of these rows, as visible to the compiler as the hard-coded answer is.
static POLICY: PolicyRef<'static> = policy! {
    allow_origins: &[PAGE],
    allow_methods: &METHODS,
    allow_headers: &HEADERS,
    allow_credentials: true,
    max_age: Some(MAX_AGE),
};

const CORSAC: &str = "corsac, policy!";
const CORSAC_OPAQUE: &str = "corsac, opaque policy";
const FLOOR: &str = "hard-coded";
const CORSAC_MAP: &str = "corsac, from a header map";
const FLOOR_MAP: &str = "hard-coded, from a header map";

/// Rows: the request, how the floor treats preflights, and whether the bar is for it.
fn kinds() -> [(&'static str, Sent, Preflights, bool); 7] {
    let preflight = |origin, method| Sent::preflight(origin, method, THREE_NAMES);
    [
        ("no-origin", Sent::get(None), Preflights::Checked, true),
        ("actual-allowed", Sent::get(Some(PAGE)), Preflights::Checked, true),
        ("actual-refused", Sent::get(Some(STRANGER)), Preflights::Checked, true),
        ("preflight-allowed", preflight(PAGE, "PUT"), Preflights::Checked, true),
        ("preflight-refused-origin", preflight(STRANGER, "PUT"), Preflights::Checked, true),
        ("preflight-refused-method", preflight(PAGE, "PURGE"), Preflights::Checked, true),
        ("preflight-unchecked", preflight(PAGE, "PUT"), Preflights::Constant, false),
    ]
}

pub(crate) fn measure(rows: &mut Rows) {
    let policy = policies::api_for(&policies::origins(1));
    for (kind, sent, preflights, _) in kinds() {
        let sent: &'static Sent = Box::leak(Box::new(sent));
        assert_same(policy, sent, preflights);
        assert_same(POLICY, sent, preflights);
        let (request, picked, http) = (sent.picked(), Picked::new(sent), requests::to_http(sent));
        rows.measure(
            &format!("floor/{kind}"),
            vec![
                Contender::whole(CORSAC, || decided(black_box(&request))),
                Contender::whole(FLOOR, || hard_coded(black_box(&picked), preflights)),
                Contender::whole(CORSAC_OPAQUE, || decided_by(black_box(&policy), black_box(&request))),
                Contender::whole(CORSAC_MAP, || {
                    let http = black_box(&http);
                    let request = requests::looked_up(http.method(), http.headers());
                    Opaque.decision(&black_box(&policy).decide(&request));
                }),
                Contender::whole(FLOOR_MAP, || {
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

pub(crate) fn report(rows: &Rows) -> Bar {
    let mut bar = Bar::new("decide / hard-coded", 3.0);
    let mut table = Table::new([
        "decide, one origin",
        "policy!",
        "hard-coded",
        "ratio",
        "bar",
        "opaque",
        "ratio",
        "from a map",
        "hard-coded",
        "ratio",
    ]);
    for (kind, _, _, counts) in kinds() {
        let row = format!("floor/{kind}");
        let all = [CORSAC, FLOOR, CORSAC_OPAQUE, CORSAC_MAP, FLOOR_MAP].map(|name| rows.median(&row, name));
        let [Some(ours), Some(floor), Some(opaque), Some(ours_map), Some(floor_map)] = all else { continue };
        let verdict = if counts { bar.count(&row, ours / floor) } else { "for information".to_owned() };
        table.push([
            kind.to_owned(),
            time(ours),
            time(floor),
            times(ours / floor),
            verdict,
            time(opaque),
            times(opaque / floor),
            time(ours_map),
            time(floor_map),
            times(ours_map / floor_map),
        ]);
    }
    table.print(
        "DECIDE AGAINST THE SAME ANSWER, HARD-CODED (fields already picked, for both; policy!: known to the compiler, as the\n\
         hard-coded answer is; opaque: a policy that came at run time; from a map: both look them up in an\n\
         http::HeaderMap first; the floor checks a preflight's method and names as corsac does, but for \"unchecked\", where it\n\
         answers every preflight of the page alike)",
    );
    bar
}
