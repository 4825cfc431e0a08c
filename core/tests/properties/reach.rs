//! Whether the generators reach what the properties are about: a property over cases that never happen shows nothing.

use std::collections::BTreeMap;

use corsac::{Pass, PolicyErrorKind, PolicyRef, Refusal};
use corsac_browser::PageRequest;

use crate::properties::changed_image;
use crate::run::Random;
use crate::shared::checks::{Four, endings, with_checksum};
use crate::shared::generate;
use crate::shared::options::{Options, Valid};
use crate::shared::source::Source;

/// Counts what `look` sees in each of `cases` cases.
fn count(name: &str, cases: u64, look: impl Fn(&mut Source<'_>) -> Vec<&'static str>) -> BTreeMap<&'static str, u64> {
    let mut counts = BTreeMap::new();
    for case in 0..cases {
        let bytes = Random::for_case(name, 0, case).bytes(4096);
        for seen in look(&mut Source::new(&bytes)) {
            *counts.entry(seen).or_default() += 1;
        }
    }
    counts
}

#[track_caller]
fn assert_reached<'w>(counts: &BTreeMap<&str, u64>, wanted: impl Iterator<Item = &'w str>) {
    let missing: Vec<_> = wanted.filter(|slug| !counts.contains_key(slug)).collect();
    assert!(missing.is_empty(), "never reached: {missing:?}\n{counts:#?}");
}

#[test]
fn requests_reach_every_refusal_and_many_are_allowed() {
    let cases = 20_000;
    let counts = count("reach-requests", cases, |source| {
        let valid = generate::policy(source);
        let request = generate::request(source, &valid.options);
        let answer = request.decide(&valid.policy());
        let verdict = answer.refusal.map_or("allowed", Refusal::slug);
        vec![answer.kind.slug(), if answer.kind.slug() == "not-cors" { "undecided" } else { verdict }]
    });
    // The numbers from 61 on are of the verdicts beside CORS.
    let of_cors = Refusal::ALL.iter().filter(|refusal| refusal.number() < 61);
    assert_reached(&counts, of_cors.map(|refusal| refusal.slug()));
    assert!(counts["allowed"] > cases / 6, "{counts:#?}");
    assert!(counts["preflight"] > cases / 2, "{counts:#?}");
}

#[test]
fn calls_end_in_every_way() {
    let cases = 10_000;
    let counts = count("reach-calls", cases, |source| {
        let valid = generate::policy(source);
        let visit = crate::properties::visit(source, &valid);
        visit.endings(&valid)
    });
    // A refused preflight has no CORS field, so a browser never gets to look at its status or its lists.
    let wanted = ["ok", "ok after a preflight", "ok with credentials", "ok from memory", "cors-check"];
    assert_reached(&counts, wanted.into_iter().chain(["preflight-cors-check", "method-forbidden"]));
    assert!(counts["ok"] > cases / 4 && counts["ok after a preflight"] > cases / 8, "{counts:#?}");
}

#[test]
fn configurations_reach_every_problem() {
    let counts = count("reach-config", 60_000, |source| {
        let options = generate::any_options(source);
        options.with_config(|config| config.problems().map(|problem| problem.kind().slug()).collect())
    });
    let is_about_text = |kind: &&PolicyErrorKind| kind.number() / 100 != 7;
    assert_reached(&counts, PolicyErrorKind::ALL.iter().filter(is_about_text).map(|kind| kind.slug()));
}

#[test]
fn origins_are_taken_and_refused_about_evenly() {
    let cases = 5_000;
    let counts = count("reach-origins", cases, |source| {
        let valid = generate::many_origins(source, 300);
        let origin = generate::origin(source, &valid.options.allow_origins);
        let request = crate::shared::wire::WireRequest::new(b"GET").with("Origin", &origin);
        let is_refused = request.decide(&valid.policy()).is_refused();
        vec![if is_refused { "refused" } else { "taken" }]
    });
    assert!(counts["taken"] > cases / 4 && counts["refused"] > cases / 4, "{counts:#?}");
}

#[test]
fn changed_images_are_opened_often_enough() {
    let cases = 5_000;
    let counts = count("reach-images", cases, |source| {
        let image = with_checksum(changed_image(source));
        vec![if PolicyRef::open(&image).is_ok() { "opened" } else { "rejected" }]
    });
    assert!(counts["opened"] > cases / 3 && counts["rejected"] > cases / 4, "{counts:#?}");
}

#[test]
fn verdict_requests_reach_every_pass_and_every_refusal() {
    let cases = 30_000;
    let counts = count("reach-verdicts", cases, |source| {
        let valid = generate::policy(source);
        let (request, paired) = crate::properties::verdict_request(source, &valid);
        let four = Four::of_asking(&valid.policy(), &request, paired.as_deref());
        let seen = |judged: Result<Pass, Refusal>| judged.map_or_else(Refusal::slug, pass_name);
        let stopped_by = four.screening.0.map_or("not stopped", |question| question.slug());
        vec![seen(four.guard.0), seen(four.websocket.0), seen(four.host.0), stopped_by]
    });
    let passes = ["safe-method", "same-origin", "user-initiated", "own-host", "no-origin", "entry", "host-function"];
    let refusals = Refusal::ALL.iter().filter(|refusal| refusal.number() >= 61).map(|refusal| refusal.slug());
    let wanted = passes.into_iter().chain(["listed-host", "own-name", "origin-repeated", "origin-too-long"]);
    let screening = ["origin-truncated", "guard", "websocket", "host", "not stopped"];
    assert_reached(&counts, wanted.chain(screening).chain(refusals));
    for often in ["own-host", "entry", "listed-host", "origin-not-trusted", "not stopped"] {
        assert!(counts[often] > cases / 25, "{often}: {counts:#?}");
    }
}

fn pass_name(pass: Pass) -> &'static str {
    match pass {
        Pass::SafeMethod => "safe-method",
        Pass::SameOrigin => "same-origin",
        Pass::UserInitiated => "user-initiated",
        Pass::OwnHost => "own-host",
        Pass::NoOrigin => "no-origin",
        Pass::Entry(_) => "entry",
        Pass::HostFunction => "host-function",
        Pass::ListedHost(_) => "listed-host",
        Pass::OwnName(_) => "own-name",
        _ => "another",
    }
}

#[test]
fn pages_are_heard_and_refused_in_every_way() {
    type Make = (fn(&mut Source<'_>) -> Valid, fn(&mut Source<'_>, &Options) -> PageRequest);
    let counts_of = |name: &str, (policy, page): Make| {
        count(name, 10_000, |source| {
            let valid = policy(source);
            let page = page(source, &valid.options);
            endings(&valid, &page, source.one_in(2))
                .into_iter()
                .map(|end| end.map_or_else(|slug| slug, pass_name))
                .collect()
        })
    };
    let counts = counts_of("reach-own-pages", (generate::policy, generate::own_page));
    assert_reached(&counts, ["same-origin", "own-host", "null-origin-not-trusted", "no-origin"].into_iter());
    let counts = counts_of("reach-listed-pages", (generate::policy, generate::listed_page));
    let types = ["content-type-simple", "content-type-missing", "content-type-not-allowed"];
    assert_reached(&counts, ["entry", "null-origin-not-trusted", "not sent"].into_iter().chain(types));
    assert!(counts["entry"] > 1_000, "{counts:#?}");
    let counts = counts_of("reach-strange-pages", (generate::open_policy, generate::strange_page));
    let refused = ["cross-site", "same-site", "origin-not-trusted", "scheme-differs", "null-origin-not-trusted"];
    assert_reached(&counts, refused.into_iter().chain(["not sent", "preflighted and refused"]));
    assert!(counts["preflighted and refused"] > 300, "{counts:#?}");
}
