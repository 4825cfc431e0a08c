//! Whether the generators reach what the properties are about: a property over cases that never happen shows nothing.

use std::collections::BTreeMap;

use corsac::{PolicyErrorKind, PolicyRef, Refusal};

use crate::properties::changed_image;
use crate::run::Random;
use crate::shared::checks::with_checksum;
use crate::shared::generate;
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
    assert_reached(&counts, Refusal::ALL.iter().map(|refusal| refusal.slug()));
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
    let is_about_text = |kind: &&PolicyErrorKind| kind.number() < 700;
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
