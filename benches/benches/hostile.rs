//! Hostile requests, and requests at the caps, against an ordinary refused preflight.

use std::hint::black_box;

use corsac::{Config, PolicyRef, Refusal, Request};
use corsac_benches::comparisons::{DECIDE, DECIDE_LIST, ORDINARY, ORDINARY_LIST};
use corsac_benches::policies;
use corsac_benches::requests::{PAGE, STRANGER, Sent, THREE_NAMES};
use corsac_benches::sink::{Opaque, Sink};

use crate::row::{Contender, Rows};

const FLOOD: usize = 65_536;

/// A request, the policy that it is sent to, and what has to come of it.
struct Case {
    name: &'static str,
    policy: PolicyRef<'static>,
    sent: Sent,
    refusal: Option<Refusal>,
}

fn cases() -> Vec<Case> {
    let api = policies::api_for(&policies::origins(1));
    let flood = |name, lines: Vec<String>, refusal| Case {
        name,
        policy: api,
        sent: preflight_with(lines),
        refusal: Some(refusal),
    };
    let one = |text: &str| vec![text.repeat(FLOOD / text.len())];
    let lines = |count: usize| vec!["authorization,".repeat(FLOOD / count / 14 + 1)[..FLOOD / count].to_owned(); count];
    let mut cases = vec![
        flood("64KiB-one-name", one("a"), Refusal::HeadersTooLong),
        flood("64KiB-commas", one(","), Refusal::HeadersTooLong),
        flood("64KiB-blanks", one(" "), Refusal::HeadersTooLong),
        flood("64KiB-short-names", one("a,"), Refusal::HeadersTooLong),
        flood("64KiB-allowed-names", one("authorization,, "), Refusal::HeadersTooLong),
        flood("64KiB-16-lines", lines(16), Refusal::HeadersTooLong),
        flood("64KiB-80-lines", lines(80), Refusal::HeadersTooManyLines),
        flood("64KiB-4096-lines", lines(4_096), Refusal::HeadersTooManyLines),
    ];
    let host = "a.".repeat(FLOOD / 2);
    let origin = format!("https://{host}a");
    for (name, sent) in [
        ("64KiB-origin", Sent::get(Some(&origin))),
        ("64KiB-origin-preflight", Sent::preflight(&origin, "PUT", THREE_NAMES)),
    ] {
        cases.push(Case { name, policy: api, sent, refusal: Some(Refusal::OriginTooLong) });
    }
    let method = Sent::preflight(PAGE, &"A".repeat(FLOOD), THREE_NAMES);
    let refusal = Some(Refusal::MethodTooLong);
    cases.push(Case { name: "64KiB-method", policy: api, sent: method, refusal });
    cases.extend(at_the_caps());
    cases
}

/// The dearest requests that are not cut short.
fn at_the_caps() -> Vec<Case> {
    let api = policies::api_for(&policies::origins(1));
    let case = |name, policy, sent, refusal| Case { name, policy, sent, refusal };

    // 128 names of 63 bytes with their commas are 8,191 bytes.
    let name = "x".repeat(63);
    let long = policies::compile(&Config { allow_headers: &[&name], ..policies::api(&[PAGE]) });
    let names = vec![vec![name.as_str(); 128].join(",")];
    let blanks = vec![format!("{}authorization", ",                ".repeat(32))];

    let labels = format!("https://{}a", "a.".repeat(126));
    // A scheme of 64 bytes, a host of 253 and a port: 326 bytes.
    let longest = format!("{}://{}a:65535", "s".repeat(64), "a.".repeat(126));
    let wildcard = policies::api_for(&[policies::PATTERN.to_owned(), "http://localhost:*".to_owned()]);
    let served = policies::api_for(&[format!("{}://*.a.a:65535", "s".repeat(64))]);

    // As many different lengths of prefixes and suffixes over one domain as a label has room for.
    let lattice: Vec<String> = (1..=60)
        .flat_map(|before| (1..=61 - before).map(move |after| (before, after)))
        .map(|(before, after)| format!("https://{}*{}.example.com", "a".repeat(before), "a".repeat(after - 1) + "b"))
        .collect();
    let lattice = policies::api_for(&lattice);
    let label = format!("https://{}.example.com", "a".repeat(63));

    let miss = Some(Refusal::OriginNotAllowed);
    vec![
        case("caps-8191-bytes-128-names", long, preflight_with(names), None),
        case("caps-32-empty-512-blanks", api, preflight_with(blanks), None),
        case("caps-16-lines", api, preflight_with(vec!["authorization".to_owned(); 16]), None),
        case("caps-127-labels-exact-policy", api, Sent::get(Some(&labels)), miss),
        case("caps-127-labels-wildcards", wildcard, Sent::get(Some(&labels)), miss),
        case("caps-326-bytes-wildcards", wildcard, Sent::get(Some(&longest)), miss),
        case("caps-326-bytes-allowed", served, Sent::get(Some(&longest)), None),
        case("caps-lattice-of-in-label-patterns", lattice, Sent::get(Some(&label)), miss),
    ]
}

fn preflight_with(lines: Vec<String>) -> Sent {
    let mut sent = Sent::preflight(PAGE, "PUT", "");
    let at = sent.fields.iter().position(|field| field.0 == "access-control-request-headers");
    let at = at.expect("a preflight has the field");
    sent.fields.splice(at..=at, lines.into_iter().map(|line| ("access-control-request-headers", line)));
    sent
}

fn ordinary() -> Sent {
    Sent::preflight(STRANGER, "PUT", THREE_NAMES)
}

pub(crate) fn measure(rows: &mut Rows) {
    let api = policies::api_for(&policies::origins(1));
    assert_eq!(api.decide(&ordinary().picked()).refusal(), Some(Refusal::OriginNotAllowed));
    for case in cases() {
        let decision_request = case.sent.picked();
        assert_eq!(case.policy.decide(&decision_request).refusal(), case.refusal, "{}", case.name);
        rows.measure(
            &format!("hostile/{}", case.name),
            vec![
                whole(DECIDE_LIST, case.policy, &case.sent),
                picked(DECIDE, case.policy, &case.sent),
                whole(ORDINARY_LIST, api, &ordinary()),
                picked(ORDINARY, api, &ordinary()),
            ],
        );
    }
}

fn whole(name: &'static str, policy: PolicyRef<'static>, sent: &Sent) -> Contender<'static> {
    let sent = sent.clone();
    Contender::whole(name, move || Opaque.decision(&black_box(&policy).decide(&black_box(&sent).picked())))
}

fn picked(name: &'static str, policy: PolicyRef<'static>, sent: &Sent) -> Contender<'static> {
    let request: Request<'static> = Box::leak(Box::new(sent.clone())).picked();
    Contender::whole(name, move || Opaque.decision(&black_box(&policy).decide(black_box(&request))))
}
