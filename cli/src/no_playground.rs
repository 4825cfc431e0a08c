//! `corsac playground` where it was left out of the build.

use crate::args;
use crate::output::{Misuse, Output};

/// Says so.
pub(crate) fn run(_: &args::Playground, _: bool) -> Result<Output, Misuse> {
    Err(Misuse::new(
        "this build has no playground; `cargo install --path cli` in corsac's repository installs one that has",
    ))
}
