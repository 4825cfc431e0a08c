//! The fuzz targets of corsac, each a function that panics when the answer to its bytes is wrong.
//!
//! | target | its bytes | what must hold |
//! |---|---|---|
//! | [`request`] | a policy and requests, as [`case`] writes them | every answer is the twin's; order, case and blanks do not matter |
//! | [`verdict`] | the same as `request` | every verdict beside CORS is the twin's, and screening is its parts |
//! | [`config`] | the same | `problems` and compiling agree; corrected spellings are correct; images open |
//! | [`image`] | an image | what opens is safe to ask |
//! | [`matcher`] | the same as `request` | an origin is taken just when a slow matcher takes it |
//! | [`browser`] | the same as `request`, each request standing for a call | "allowed" and "refused" are what the browser does |
//!
//! The checks themselves are those of `core/tests/properties`, where they run on random cases. The bytes are text of a kind
//! that a fuzzer can cut and join, so that the conformance vectors serve as seeds.

#[allow(dead_code, unused_imports, reason = "the property tests use the rest")]
#[path = "../../core/tests/properties/shared/mod.rs"]
mod shared;

pub mod case;

use case::Case;
use shared::checks::{
    blanks_do_not_matter, calls_match_the_browser, config_is_judged_soundly, decision_matches_the_twin, image_is_safe,
    lists_of_the_verdicts_do_not_matter, matcher_matches_the_twin, pages_act_as_they_may, screen_is_its_parts,
    spelling_does_not_matter, spelling_does_not_matter_to_verdicts, unlooked_fields_do_not_matter,
    unnamed_fields_do_not_matter, url_crate_agrees, vary_is_justified, verdicts_match_the_twin, with_checksum,
};
use shared::fault::Checked;
use shared::generate::{listed_page, own_page, respelled, respelled_verdict, strange_page};
use shared::source::Source;
use shared::verdict_request::VerdictRequest;

/// The decision on any request, against its twin.
///
/// # Panics
///
/// When the two differ, or when something matters that must not.
pub fn request(data: &[u8]) {
    let case = Case::read(data);
    let valid = case.options.repair();
    let mut source = Source::new(data);
    for request in &case.requests {
        tell(decision_matches_the_twin(&valid, request.wire(), request.paired.as_deref()));
        tell(blanks_do_not_matter(&valid, request.wire()));
        tell(spelling_does_not_matter(&valid, request.wire(), &respelled(&mut source, request.wire())));
    }
    tell(unnamed_fields_do_not_matter(&mut source, &valid));
    tell(vary_is_justified(&valid));
}

/// The verdicts beside CORS on any request, against their twin, and on what pages make a browser send.
///
/// # Panics
///
/// When the two differ, when something matters that must not, or when a page may do what it must not.
pub fn verdict(data: &[u8]) {
    let case = Case::read(data);
    let valid = case.options.repair();
    let mut source = Source::new(data);
    for block in &case.requests {
        let (request, paired) = (&block.verdict, block.paired.as_deref());
        tell(verdicts_match_the_twin(&valid, request, paired));
        tell(screen_is_its_parts(&valid, request, paired));
        tell(unlooked_fields_do_not_matter(&valid, request));
        tell(spelling_does_not_matter_to_verdicts(&valid, request, &respelled_verdict(&mut source, request)));
        tell(lists_of_the_verdicts_do_not_matter(&valid, block.wire(), paired));
    }
    for page in [own_page, listed_page, strange_page] {
        let page = page(&mut source, &valid.options);
        tell(pages_act_as_they_may(&valid, &page, source.one_in(2)));
    }
}

/// What is said of any configuration.
///
/// # Panics
///
/// When listing problems and compiling disagree, a message is unfit for a terminal, or an image does not open.
pub fn config(data: &[u8]) {
    tell(config_is_judged_soundly(&Case::read(data).options));
}

/// Any bytes as a policy image, also with their checksum put right.
///
/// # Panics
///
/// When an image that opens has an unsafe answer.
pub fn image(data: &[u8]) {
    for image in [data.to_vec(), with_checksum(data.to_vec())] {
        if let Err(fault) = image_is_safe(&image) {
            panic!("{fault}");
        }
    }
}

/// Any origin against any list of entries, and a slow matcher.
///
/// # Panics
///
/// When the two differ, or when a URL parser has another opinion of what is well-formed.
pub fn matcher(data: &[u8]) {
    let case = Case::read(data);
    let mut options = case.options;
    options.dangerously_allow_public_suffixes = true;
    options.dangerously_allow_any_port = true;
    options.dangerously_allow_insecure_origins = true;
    let valid = options.repair();
    for request in &case.requests {
        for origin in request.wire().values("Origin") {
            tell(matcher_matches_the_twin(&valid, origin));
            tell(url_crate_agrees(origin));
        }
    }
}

/// Calls of `fetch` under any policy, against the model of a browser.
///
/// # Panics
///
/// When the browser does not do what corsac said it would.
pub fn browser(data: &[u8]) {
    let case = Case::read(data);
    let visit = case.visit();
    tell(calls_match_the_browser(&case.options.repair(), &visit));
}

fn tell(checked: Checked) {
    if let Err(fault) = checked {
        panic!("{fault}");
    }
}

/// The image of the policy in `data`, for a corpus.
pub fn image_of(data: &[u8]) -> Vec<u8> {
    Case::read(data).options.repair().image
}

/// A case made from random bytes, as text, for a corpus.
pub fn random_case(bytes: &[u8]) -> Vec<u8> {
    let mut source = Source::new(bytes);
    let options = match source.below(4) {
        0 => shared::generate::many_origins(&mut source, 40).options,
        1 => shared::generate::any_options(&mut source),
        _ => shared::generate::policy(&mut source).options,
    };
    let count = source.between(1, 3);
    let request = |source: &mut Source<'_>| {
        if source.one_in(2) {
            shared::generate::verdict_request(source, &options)
        } else {
            VerdictRequest::new(shared::generate::request(source, &options))
        }
    };
    let requests = (0..count).map(|_| request(&mut source)).collect::<Vec<_>>();
    Case::write(&options, &requests)
}
