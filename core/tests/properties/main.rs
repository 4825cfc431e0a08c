//! Properties of decisions and of the verdicts beside them, over random policies and requests.
//!
//! Each property runs a fixed number of cases, the same in every run. A long run, or another one:
//!
//! ```text
//! CORSAC_CASES=1000000 cargo test --release -p corsac --test properties browser
//! CORSAC_SEED=7 cargo test -p corsac --test properties
//! ```
//!
//! A failure prints the smallest case that was found as a vector, to be pasted into `vectors/`. The fuzz targets run the same
//! checks on a fuzzer's bytes.

mod properties;
mod run;
mod shared;

mod reach;

use corsac_browser::FetchCall;
use run::property;
use shared::checks::{Visit, calls_match_the_browser};
use shared::options::Options;

#[test]
fn allowed_and_refused_are_what_the_browser_does() {
    property("browser", 20_000, properties::browser);
}

/// A fuzzer made a page of the very origin that it calls: the policy refuses it, and the browser does not ask.
#[test]
fn a_call_to_the_own_origin_is_not_decided_by_cors() {
    let own = "https://api.corsac.example:4443";
    let call = FetchCall::new(own, own, "/").method("POST");
    let visit = Visit { calls: vec![(0, call)], paired: None };
    assert!(calls_match_the_browser(&Options::default().repair(), &visit).is_ok());
}

#[test]
fn the_decision_is_the_twins() {
    property("decision", 30_000, properties::decision);
}

#[test]
fn the_matcher_takes_what_a_slow_one_takes() {
    property("matcher", 6_000, properties::matcher);
}

#[test]
fn the_matcher_of_a_very_long_list_takes_what_a_slow_one_takes() {
    property("long-list", 1, properties::long_list);
}

#[test]
fn a_well_formed_origin_is_one_that_a_url_parser_gives_back() {
    property("well-formed", 30_000, properties::well_formed);
}

#[test]
fn a_requested_list_is_read_as_a_slow_reader_reads_it() {
    property("header-list", 10_000, properties::header_list);
}

#[test]
fn a_field_that_vary_does_not_name_does_not_matter() {
    property("vary", 15_000, properties::vary);
}

#[test]
fn a_field_that_vary_names_matters() {
    property("vary-justified", 2_000, properties::vary_justified);
}

#[test]
fn spelling_and_order_of_fields_do_not_matter() {
    property("spelling", 20_000, properties::spelling);
}

#[test]
fn the_verdicts_are_the_twins() {
    property("verdicts", 20_000, properties::verdicts);
}

#[test]
fn spelling_order_and_fields_not_looked_at_do_not_matter_to_the_verdicts() {
    property("verdict-spelling", 15_000, properties::verdict_spelling);
}

#[test]
fn a_page_of_the_own_host_may_act_without_being_listed() {
    property("own-host", 10_000, properties::own_host);
}

#[test]
fn what_a_browser_sends_for_a_page_of_the_server_passes() {
    property("own-pages", 15_000, properties::own_pages);
}

#[test]
fn what_a_browser_sends_for_a_listed_page_passes_with_a_listed_content_type() {
    property("listed-pages", 15_000, properties::listed_pages);
}

#[test]
fn nothing_that_another_page_makes_a_browser_send_passes() {
    property("strange-pages", 20_000, properties::strange_pages);
}

#[test]
fn screening_is_its_parts() {
    property("screen", 20_000, properties::screen);
}

#[test]
fn the_lists_of_the_verdicts_do_not_matter_to_cors() {
    property("lists-of-the-verdicts", 10_000, properties::lists_of_the_verdicts);
}

#[test]
fn any_configuration_is_judged_soundly() {
    property("config", 15_000, properties::config);
}

#[test]
fn any_image_that_opens_is_safe_to_ask() {
    property("image", 20_000, properties::image);
}
