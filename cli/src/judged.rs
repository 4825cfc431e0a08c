//! The verdicts beside CORS with everything that is told about them.

use std::fmt::Write as _;

use corsac::{Action, Question, Screening, Verdict};
use serde::Serialize;

use crate::decided::{CONTINUE, Decided, Fields, slug};
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

/// The answer of all verdicts, owned. Its JSON form is that of the conformance vectors, with `passes` and `explain`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Screened {
    /// Whether the request goes on, or is a preflight that is allowed. What CORS refuses to a page goes on: browsers enforce it.
    pub(crate) passes: bool,
    #[serde(serialize_with = "question_slug")]
    pub(crate) stopped_by: Option<Question>,
    #[serde(serialize_with = "slug")]
    pub(crate) refusal: Option<corsac::Refusal>,
    pub(crate) status: Option<u16>,
    #[serde(flatten)]
    pub(crate) fields: Fields,
    pub(crate) explain: String,
    /// What CORS says, where nothing stopped the request before.
    #[serde(skip)]
    decided: Option<Decided>,
}

fn question_slug<S: serde::Serializer>(question: &Option<Question>, serializer: S) -> Result<S::Ok, S::Error> {
    question.map(Question::slug).serialize(serializer)
}

impl Screened {
    pub(crate) fn of(screening: &Screening<'_, '_>) -> Self {
        let decision = screening.decision();
        Self {
            passes: decision
                .is_some_and(|decision| decision.allowed() != Some(false) || decision.action() == Action::Continue),
            stopped_by: screening.stopped_by().map(|verdict| verdict.question()),
            refusal: screening.refusal(),
            status: screening.status(),
            fields: Fields::of(screening.fields()),
            explain: screening.explain().to_string(),
            decided: decision.map(Decided::of),
        }
    }

    /// For people.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("{STRONG}all verdicts{STRONG:#}: {}", outcome(self.passes, self.refusal));
        if self.passes && self.refusal.is_some() {
            text.push_str("; what CORS refuses here is for the browser to enforce");
        } else if let Some(question) = self.stopped_by {
            let _ = write!(text, ", by the {}", title(question));
        } else if !self.passes {
            text.push_str(", by CORS");
        }
        text.push('\n');
        // What CORS would say of the server's own page counts for nothing, and no browser looks at it.
        if let Some(decided) = self.decided.as_ref().filter(|decided| decided.refusal == self.refusal) {
            text.push_str(&decided.text());
            return text;
        }
        let _ = writeln!(text, "  why      {}", visible(&self.explain));
        let server = match self.status {
            Some(status) => format!("respond with {status} and the fields, without asking the application"),
            None => CONTINUE.to_owned(),
        };
        let _ = writeln!(text, "  server   {server}");
        self.fields.push_text(&mut text, self.status.is_none());
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
