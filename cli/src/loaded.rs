//! A policy that was read and is valid, and what is said of one that is not.

use std::path::Path;

use corsac::PolicyRef;

use crate::output::{Exit, Misuse, Output};
use crate::policy_file::PolicyFile;
use crate::problem::{Problem, problems_json, problems_text};
use crate::source::Source;

/// A valid policy and all that belongs to it.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) source: Source,
    pub(crate) file: PolicyFile,
    pub(crate) image: Vec<u8>,
}

impl Loaded {
    /// Reads and compiles a policy; all its problems are the error.
    pub(crate) fn read(path: &Path) -> Result<Self, Misuse> {
        Self::of(Source::read(path)?)
    }

    /// The same of a text that is at hand.
    pub(crate) fn of(source: Source) -> Result<Self, Misuse> {
        let file = PolicyFile::parse(&source)?;
        let image = file.compile_or_misuse(&source)?;
        Ok(Self { source, file, image })
    }

    /// The policy.
    pub(crate) fn policy(&self) -> Result<PolicyRef<'_>, Misuse> {
        open(&self.image)
    }
}

/// Opens an image that the core has just made.
pub(crate) fn open(image: &[u8]) -> Result<PolicyRef<'_>, Misuse> {
    PolicyRef::open(image).map_err(|error| Misuse::new(format!("the compiled policy does not open: {error}")))
}

/// What `check` says of an invalid policy.
pub(crate) fn invalid_output(problems: &[Problem], source: &Source, json: bool) -> Output {
    if json {
        let problems = problems_json(problems, source);
        return Output::json(&serde_json::json!({ "ok": false, "problems": problems, "warnings": [] }), Exit::No);
    }
    Output::text(problems_text(problems, source, &source.place_of_file()), Exit::No)
}
