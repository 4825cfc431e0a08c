//! The checks: each takes a case and says what is wrong with the answer.

mod browser;
mod bytes;
mod config;
mod decision;
mod image;
mod independence;
mod matcher;
mod vary;

pub(crate) use browser::{Visit, calls_match_the_browser};
pub(crate) use config::config_is_judged_soundly;
pub(crate) use decision::decision_matches_the_twin;
pub(crate) use image::{image_is_safe, with_checksum};
pub(crate) use independence::{blanks_do_not_matter, spelling_does_not_matter};
pub(crate) use matcher::{matcher_matches_the_twin, url_crate_agrees};
pub(crate) use vary::{unnamed_fields_do_not_matter, vary_is_justified};
