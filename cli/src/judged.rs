//! The verdicts beside CORS with everything that is told about them.

use std::fmt::Write as _;

use corsac::{Question, Screening, Verdict};
use serde::Serialize;

use crate::decided::{Decided, Fields, slug};
use crate::output::{ERROR, GOOD, STRONG, visible};

/// A verdict, owned. Its JSON form is that of the conformance vectors, and `explain`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Judged {
    pub(crate) passes: bool,
    #[serde(serialize_with = "slug")]
    pub(crate) refusal: Option<corsac::Refusal>,
    pub(crate) status: Option<u16>,
    pub(crate) explain: String,
    #[serde(skip)]
    question: Question,
}

impl Judged {
    pub(crate) fn of(verdict: &Verdict<'_, '_>) -> Self {
        Self {
            passes: verdict.passes(),
            refusal: verdict.refusal(),
            status: verdict.status(),
            explain: verdict.explain().to_string(),
            question: verdict.question(),
        }
    }

    /// The outcome in a word, with the reason's name.
    pub(crate) fn outcome(&self) -> String {
        outcome(self.passes, self.refusal)
    }

    /// For people.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("{STRONG}{}{STRONG:#}: {}\n", title(self.question), self.outcome());
        let _ = writeln!(text, "  why      {}", visible(&self.explain));
        let server = match (self.status, self.question) {
            (Some(status), _) => format!("respond with {status}, without asking the application"),
            (None, Question::Guard) => "let the request act; who may read the response is for CORS to say".to_owned(),
            (None, Question::Host) => "go on with the request; the other verdicts may believe its Host".to_owned(),
            (None, _) => "open the WebSocket".to_owned(),
        };
        let _ = writeln!(text, "  server   {server}");
        text
    }
}

/// The answer of all verdicts, owned. Its JSON form is that of the conformance vectors, and `explain`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Screened {
    #[serde(serialize_with = "question_slug")]
    stopped_by: Option<Question>,
    #[serde(serialize_with = "slug")]
    pub(crate) refusal: Option<corsac::Refusal>,
    pub(crate) status: Option<u16>,
    #[serde(flatten)]
    pub(crate) fields: Fields,
    pub(crate) explain: String,
    /// What CORS alone says.
    #[serde(skip)]
    decided: Decided,
}

fn question_slug<S: serde::Serializer>(question: &Option<Question>, serializer: S) -> Result<S::Ok, S::Error> {
    question.map(Question::slug).serialize(serializer)
}

impl Screened {
    pub(crate) fn of(screening: &Screening<'_, '_>, decided: Decided) -> Self {
        Self {
            stopped_by: screening.stopped_by().map(|verdict| verdict.question()),
            refusal: screening.refusal(),
            status: screening.status(),
            fields: Fields::of(screening.fields()),
            explain: screening.explain().to_string(),
            decided,
        }
    }

    /// Whether the request goes on, or is a preflight that is allowed. What CORS refuses to a page goes on: browsers enforce it.
    pub(crate) fn passes(&self) -> bool {
        self.status.is_none_or(|status| (200..300).contains(&status))
    }

    /// For people.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("{STRONG}all verdicts{STRONG:#}: ");
        let Some(question) = self.stopped_by else {
            let is_hidden = self.passes() && self.refusal.is_some();
            let mind = if is_hidden { "; what CORS refuses here is for the browser to enforce" } else { "" };
            let _ = writeln!(text, "{}{mind}", outcome(self.passes(), None));
            text.push_str(&self.decided.text());
            return text;
        };
        let _ = writeln!(text, "{}, by the {}", outcome(false, self.refusal), title(question));
        let _ = writeln!(text, "  why      {}", visible(&self.explain));
        let status = self.status.unwrap_or_default();
        let _ = writeln!(text, "  server   respond with {status} and the fields, without asking the application");
        self.fields.push_text(&mut text, false);
        text
    }
}

const fn title(question: Question) -> &'static str {
    match question {
        Question::Guard => "cross-site request guard",
        Question::Host => "host check",
        _ => "WebSocket origin check",
    }
}

fn outcome(passes: bool, refusal: Option<corsac::Refusal>) -> String {
    match (passes, refusal) {
        (true, _) => format!("{GOOD}passes{GOOD:#}"),
        (false, Some(refusal)) => format!("{ERROR}refused{ERROR:#} ({})", refusal.slug()),
        (false, None) => format!("{ERROR}refused{ERROR:#}"),
    }
}
