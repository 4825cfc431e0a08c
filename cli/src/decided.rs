//! A decision with everything that is told about it.

use std::fmt::Write as _;

use corsac::{Apply, Decision, PolicyRef, Request, ResponseField};
use serde::Serialize;
use serde::ser::Serializer;

use crate::field_arg::Field;
use crate::output::{ERROR, GOOD, NOTE, STRONG, visible};

/// What a server does with what nothing keeps from the application.
pub(crate) const CONTINUE: &str = "continue to the application, and add the fields to its response";

/// A decision, owned. Its JSON form is that of the conformance vectors, and `explain`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Decided {
    pub(crate) kind: &'static str,
    pub(crate) allowed: Option<bool>,
    #[serde(serialize_with = "slug")]
    pub(crate) refusal: Option<corsac::Refusal>,
    pub(crate) status: Option<u16>,
    #[serde(flatten)]
    pub(crate) fields: Fields,
    pub(crate) explain: String,
    /// The index of the entry of `allow_origins` that took the origin.
    #[serde(skip)]
    pub(crate) matched_entry: Option<usize>,
    /// What a refusal is about.
    #[serde(skip)]
    pub(crate) subject: Option<Vec<u8>>,
    #[serde(skip)]
    console: Option<&'static str>,
}

/// The response fields of a server.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Fields {
    pub(crate) fields: Vec<(&'static str, String)>,
    /// Those that are merged with the application's.
    #[serde(skip)]
    merged: Vec<&'static str>,
}

/// A reason by its stable name.
pub(crate) fn slug<S: Serializer>(refusal: &Option<corsac::Refusal>, serializer: S) -> Result<S::Ok, S::Error> {
    refusal.map(corsac::Refusal::slug).serialize(serializer)
}

impl Decided {
    /// Asks the policy.
    pub(crate) fn by(policy: &PolicyRef<'_>, method: &[u8], fields: &[Field]) -> Self {
        let request = Request::from_fields(method, fields.iter().map(|(name, value)| (name, value)));
        Self::of(&policy.decide(&request))
    }

    pub(crate) fn of(decision: &Decision<'_, '_>) -> Self {
        Self {
            kind: decision.kind().slug(),
            allowed: decision.allowed(),
            refusal: decision.refusal(),
            status: decision.status(),
            fields: Fields::of(decision.fields()),
            explain: decision.explain().to_string(),
            matched_entry: decision.matched_entry(),
            subject: decision.subject().map(<[u8]>::to_vec),
            console: decision.console(),
        }
    }

    /// The explanation, and apart from it what a console says, where it ends with that.
    pub(crate) fn why(&self) -> (&str, Option<&'static str>) {
        let apart = self.console.and_then(|console| {
            let why = self.explain.strip_suffix(console)?.strip_suffix("; a browser's console is likely to say: ")?;
            Some((why, self.console))
        });
        apart.unwrap_or((&self.explain, None))
    }

    /// For people.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let kind = match self.kind {
            "not-cors" => "no CORS request",
            "preflight" => "CORS-preflight request",
            _ => "CORS request",
        };
        let verdict = match (self.allowed, self.refusal) {
            (Some(false), Some(refusal)) => format!("{ERROR}refused{ERROR:#} ({})", refusal.slug()),
            (Some(_), _) => format!("{GOOD}allowed{GOOD:#}"),
            (None, _) => format!("{NOTE}nothing to decide{NOTE:#}"),
        };
        let _ = writeln!(text, "{STRONG}{kind}{STRONG:#}: {verdict}");
        let (why, console) = self.why();
        let _ = writeln!(text, "  why      {}", visible(why));
        let answer = match self.status {
            Some(status) => format!("respond with {status} and an empty body, without asking the application"),
            None => CONTINUE.to_owned(),
        };
        let _ = writeln!(text, "  server   {answer}");
        self.fields.push_text(&mut text, self.status.is_none());
        if let Some(console) = console {
            let _ = writeln!(text, "  console  {console}");
        }
        text
    }
}

impl Fields {
    pub(crate) fn of<'f>(fields: impl Iterator<Item = ResponseField<'f>>) -> Self {
        let mut all = Self { fields: Vec::new(), merged: Vec::new() };
        for field in fields {
            if field.apply == Apply::Merge {
                all.merged.push(field.name.as_str());
            }
            all.fields.push((field.name.as_str(), String::from_utf8_lossy(field.value).into_owned()));
        }
        all
    }

    /// For people; the application's own response may be there to merge with.
    pub(crate) fn push_text(&self, text: &mut String, continues: bool) {
        let mut label = "fields";
        for (name, value) in &self.fields {
            let merged = if self.merged.contains(name) && continues { "   (merged)" } else { "" };
            let _ = writeln!(text, "  {label:<8} {name}: {}{merged}", visible(value));
            label = "";
        }
        if self.fields.is_empty() {
            let _ = writeln!(text, "  {label:<8} none");
        }
    }

    /// As they go over the wire.
    pub(crate) fn to_wire(&self) -> Vec<Field> {
        self.fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone().into_bytes())).collect()
    }
}
