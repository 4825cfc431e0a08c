//! The checks: each takes a case and says what is wrong with the answer.

mod browser;
mod bytes;
mod config;
mod decision;
pub(crate) mod image;
mod independence;
mod matcher;
mod pages;
mod screen;
mod vary;
mod verdicts;
mod verdicts_independence;

pub(crate) use browser::{Visit, calls_match_the_browser};
pub(crate) use config::config_is_judged_soundly;
pub(crate) use decision::decision_matches_the_twin;
pub(crate) use image::{image_is_safe, with_checksum};
pub(crate) use independence::{blanks_do_not_matter, spelling_does_not_matter};
pub(crate) use matcher::{matcher_matches_the_twin, url_crate_agrees};
pub(crate) use pages::{endings, pages_act_as_they_may};
pub(crate) use screen::{lists_of_the_verdicts_do_not_matter, screen_is_its_parts};
pub(crate) use vary::{unnamed_fields_do_not_matter, vary_is_justified};
pub(crate) use verdicts::{Four, own_host_passes, verdicts_match_the_twin};
pub(crate) use verdicts_independence::{spelling_does_not_matter_to_verdicts, unlooked_fields_do_not_matter};
