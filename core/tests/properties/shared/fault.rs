//! A case that went wrong, printed as a conformance vector that can be pasted into `vectors/`.

use std::fmt::{self, Write as _};

use corsac::Question;

use super::options::Options;
use super::verdict_request::VerdictRequest;
use super::wire::{Answer, WireRequest};

/// What a check found, with the case that shows it.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    what: String,
    vectors: Vec<String>,
}

/// What a check says of one case.
pub(crate) type Checked = Result<(), Fault>;

impl Fault {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), vectors: Vec::new() }
    }

    /// Adds a policy and a request, and what is wanted where that is known.
    #[must_use]
    pub(crate) fn with(mut self, options: &Options, request: &WireRequest, wanted: Option<&Answer>) -> Self {
        let expect = wanted.map_or_else(String::new, |answer| format!(",\n  \"expect\": {}", answer.json()));
        self.vectors.push(format!(
            "{{\"id\": \"found-by-a-property\", \"why\": {}, \"spec\": \"\",\n  \"policy\": {},\n  \"request\": {}{expect}}}",
            quoted(self.what.lines().next().unwrap_or_default().chars()),
            options.json(),
            request.json()
        ));
        self
    }

    /// Adds a policy and a request to one of the verdicts beside CORS, or, with `None`, one that is screened.
    #[must_use]
    pub(crate) fn with_verdict(
        mut self,
        options: &Options,
        request: &VerdictRequest,
        question: Option<Question>,
        wanted: Option<&str>,
    ) -> Self {
        let expect = wanted.map_or_else(String::new, |wanted| format!(",\n  \"expect\": {wanted}"));
        self.vectors.push(format!(
            "{{\"id\": \"found-by-a-property\", \"why\": {}, \"spec\": \"\",\n  \"policy\": {},\n  {}{expect}}}",
            quoted(self.what.lines().next().unwrap_or_default().chars()),
            options.json(),
            request.json(question)
        ));
        self
    }

    /// Adds a policy alone.
    #[must_use]
    pub(crate) fn with_options(mut self, options: &Options) -> Self {
        self.vectors.push(format!("{{\"policy\": {}}}", options.json()));
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.what)?;
        for vector in &self.vectors {
            writeln!(f, "{vector}")?;
        }
        Ok(())
    }
}

/// Fails the check with a message unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            return Err($crate::shared::fault::Fault::new(format!($($message)+)));
        }
    };
}
pub(crate) use ensure;

/// Text as a JSON string.
pub(crate) fn quoted(text: impl Iterator<Item = char>) -> String {
    let mut json = String::from("\"");
    for c in text {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            ' '..='~' => json.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(json, "\\u{unit:04x}");
                }
            }
        }
    }
    json.push('"');
    json
}

/// Bytes as the vectors write them: a JSON string in which each character is the byte of that number.
pub(crate) fn quoted_bytes(bytes: &[u8]) -> String {
    quoted(bytes.iter().map(|&byte| char::from(byte)))
}

/// A JSON list.
pub(crate) fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}
