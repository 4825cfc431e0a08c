//! What is wrong with a file, or doubtful in it, and where.

use std::fmt::Write as _;
use std::ops::Range;

use serde::Serialize;

use crate::output::{ERROR, NOTE, STRONG, WARNING, counted, grouped};
use crate::source::{Position, Source};

/// How much a finding matters.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    /// The file cannot be used.
    Error,
    /// It can be used, and likely does not do what is wanted.
    Warning,
    /// It can be used and works, with something in it that does nothing.
    Note,
}

/// One finding.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) level: Level,
    /// The option, or the key of a test file.
    pub(crate) field: String,
    /// The index of the entry in the option's list.
    pub(crate) entry: Option<usize>,
    /// The byte in the entry.
    pub(crate) offset: usize,
    /// A stable name; those of the core where it is a problem of the core.
    pub(crate) kind: &'static str,
    /// What is wrong and what to do about it.
    pub(crate) sentence: String,
    /// What to write instead, or where to look.
    pub(crate) help: Option<String>,
    /// All of it in one line.
    pub(crate) message: String,
    /// Where it stands in the file.
    pub(crate) span: Range<usize>,
}

impl Problem {
    /// A finding about an option or key as a whole.
    pub(crate) fn of_key(level: Level, field: &str, kind: &'static str, sentence: String, span: Range<usize>) -> Self {
        let message = format!("{field}: {sentence}");
        Self { level, field: field.to_owned(), entry: None, offset: 0, kind, sentence, help: None, message, span }
    }

    /// A finding about one entry of a list.
    pub(crate) fn of_entry(
        level: Level,
        (field, entry): (&str, usize),
        kind: &'static str,
        sentence: String,
        span: Range<usize>,
    ) -> Self {
        let message = format!("{field}[{entry}]: {sentence}");
        Self { entry: Some(entry), message, ..Self::of_key(level, field, kind, sentence, span) }
    }

    /// The same with advice, which also goes into the message.
    pub(crate) fn with_help(mut self, help: String) -> Self {
        let _ = write!(self.message, "; {help}");
        self.help = Some(help);
        self
    }

    /// For people, with the line of the file.
    pub(crate) fn text(&self, source: &Source) -> String {
        let (style, level) = match self.level {
            Level::Error => (ERROR, "error"),
            Level::Warning => (WARNING, "warning"),
            Level::Note => (NOTE, "note"),
        };
        let kind = self.kind;
        let sentence = &self.sentence;
        let mut text = format!("{style}{level}[{kind}]{style:#}{STRONG}: {sentence}{STRONG:#}\n");
        text.push_str(&source.snippet(&self.span, style, &self.label()));
        if let Some(help) = &self.help {
            let gutter = " ".repeat(source.position(self.span.start).line.to_string().len());
            let _ = writeln!(text, "{gutter} {NOTE}={NOTE:#} {STRONG}help{STRONG:#}: {help}");
        }
        text
    }

    fn label(&self) -> String {
        match (self.entry, self.offset) {
            (None, _) => String::new(),
            (Some(entry), 0) => format!("{}[{entry}]", self.field),
            (Some(entry), offset) => format!("{}[{entry}], byte {offset}", self.field),
        }
    }

    /// For programs.
    pub(crate) fn json<'p>(&'p self, source: &Source) -> ProblemJson<'p> {
        let Position { line, column } = source.position(self.span.start);
        let Self { field, entry, offset, kind, message, .. } = self;
        ProblemJson { level: self.level, field, entry: *entry, offset: *offset, kind, message, line, column }
    }
}

/// The form that programs get.
#[derive(Serialize, Debug)]
pub(crate) struct ProblemJson<'p> {
    level: Level,
    field: &'p str,
    entry: Option<usize>,
    offset: usize,
    kind: &'p str,
    message: &'p str,
    line: usize,
    column: usize,
}

/// All of them for people, and how many there are.
pub(crate) fn problems_text(problems: &[Problem], source: &Source, what: &str) -> String {
    let mut text = String::new();
    for problem in problems {
        text.push_str(&problem.text(source));
        text.push('\n');
    }
    let _ = writeln!(text, "{ERROR}error{ERROR:#}: {what} has {}", counted(problems.len(), "problem"));
    text
}

/// At most `most` of each kind for people, so that one mistake in a long list does not hide the others.
pub(crate) fn digest(problems: &[Problem], source: &Source, most: usize) -> String {
    let mut text = String::new();
    let mut kinds: Vec<(&str, usize)> = Vec::new();
    for problem in problems {
        let known = kinds.iter().position(|(kind, _)| *kind == problem.kind);
        let seen = match known {
            Some(at) => &mut kinds[at].1,
            None => {
                kinds.push((problem.kind, 0));
                let last = kinds.len() - 1;
                &mut kinds[last].1
            }
        };
        *seen += 1;
        if *seen <= most {
            text.push_str(&problem.text(source));
            text.push('\n');
        }
    }
    for (kind, count) in kinds {
        if count > most {
            let _ =
                writeln!(text, "{NOTE}note{NOTE:#}: and {} more of {kind}; --json lists all\n", grouped(count - most));
        }
    }
    text
}

/// All of them for programs.
pub(crate) fn problems_json<'p>(problems: &'p [Problem], source: &Source) -> Vec<ProblemJson<'p>> {
    problems.iter().map(|problem| problem.json(source)).collect()
}
