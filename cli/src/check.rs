//! `corsac check`: everything that is wrong with a policy, or doubtful, and what its patterns take.

use std::fmt::Write as _;

use corsac::OptionName;
use serde::Serialize;

use crate::args;
use crate::doubts;
use crate::loaded::{Loaded, invalid_output};
use crate::output::{ERROR, Exit, GOOD, Misuse, Output, STRONG, counted, grouped};
use crate::pattern::{Examples, Pattern};
use crate::policy_file::PolicyFile;
use crate::problem::{Level, Problem, ProblemJson, digest, problems_json};
use crate::source::Source;

/// How many doubts of one kind are shown to people.
const MOST_OF_A_KIND: usize = 5;

/// Runs the command.
pub(crate) fn run(args: &args::Check, json: bool) -> Result<Output, Misuse> {
    let source = Source::read(&args.policy)?;
    let file = PolicyFile::parse(&source)?;
    let loaded = match file.compile(&source) {
        Ok(image) => Loaded { source, file, image },
        Err(problems) => return Ok(invalid_output(&problems, &source, json)),
    };
    let doubts = doubts::all(&loaded)?;
    let patterns = shown_patterns(&loaded, args.examples)?;
    Ok(if json { json_output(&loaded, &doubts, &patterns) } else { text_output(&loaded, &doubts, &patterns) })
}

/// A pattern and what it takes.
struct Shown<'l> {
    index: usize,
    entry: &'l str,
    examples: Examples,
}

fn shown_patterns(loaded: &Loaded, most: usize) -> Result<Vec<Shown<'_>>, Misuse> {
    let policy = loaded.policy()?;
    let options = &loaded.file.options;
    let entries = options.allow_origins.iter().enumerate();
    let shown = entries.filter_map(|(index, entry)| {
        let examples = Examples::of(entry, options, &policy)?;
        Some(Shown { index, entry, examples })
    });
    Ok(shown.take(most).collect())
}

fn text_output(loaded: &Loaded, doubts: &[Problem], patterns: &[Shown<'_>]) -> Output {
    let mut text = digest(doubts, &loaded.source, MOST_OF_A_KIND);
    for pattern in patterns {
        let _ = writeln!(text, "{}", pattern_text(pattern, loaded));
    }
    let hidden = pattern_count(loaded).saturating_sub(patterns.len());
    if hidden > 0 {
        let _ =
            writeln!(text, "and {}; --examples {} shows all\n", counted(hidden, "more pattern"), pattern_count(loaded));
    }
    let warnings = doubts.iter().filter(|doubt| doubt.level == Level::Warning).count();
    let notes = doubts.len() - warnings;
    let _ = write!(text, "{}: {GOOD}valid{GOOD:#}", loaded.source.place_of_file());
    if warnings > 0 {
        let _ = write!(text, ", with {}", counted(warnings, "warning"));
    }
    if notes > 0 {
        let and = if warnings > 0 { " and" } else { ", with" };
        let _ = write!(text, "{and} {}", counted(notes, "note"));
    }
    let _ = writeln!(text, ": {}", summary(loaded));
    Output::text(text, Exit::Yes)
}

fn pattern_count(loaded: &Loaded) -> usize {
    loaded.file.options.allow_origins.iter().filter(|entry| Pattern::of(entry).is_some()).count()
}

fn pattern_text(pattern: &Shown<'_>, loaded: &Loaded) -> String {
    let Shown { index, entry, examples } = pattern;
    let mut text = format!("{STRONG}allow_origins[{index}] {entry:?}{STRONG:#}");
    if let Some(span) = loaded.file.place(OptionName::AllowOrigins, Some(*index)) {
        let _ = write!(text, " ({})", loaded.source.place(span.start));
    }
    text.push('\n');
    let mut label = format!("{GOOD}takes{GOOD:#}         ");
    for origin in &examples.takes {
        let _ = writeln!(text, "  {label} {origin}");
        label = " ".repeat(14);
    }
    label = format!("{ERROR}does not take{ERROR:#} ");
    for miss in &examples.does_not_take {
        let taken = match miss.taken_by {
            Some(by) => format!("   (but allow_origins[{by}] does)"),
            None => String::new(),
        };
        let _ = writeln!(text, "  {label} {}{taken}", miss.origin);
        label = " ".repeat(14);
    }
    text
}

/// What a valid policy amounts to.
fn summary(loaded: &Loaded) -> String {
    let options = &loaded.file.options;
    let mut parts = vec![match options.allow_origins.as_slice() {
        [any] if any == "*" => "any origin".to_owned(),
        entries => match pattern_count(loaded) {
            0 => counted(entries.len(), "origin"),
            patterns => {
                let exact = counted(entries.len() - patterns, "origin");
                format!("{exact} and {}", counted(patterns, "pattern"))
            }
        },
    }];
    for (list, one, any) in [
        (&options.allow_methods, "method", "any method"),
        (&options.allow_headers, "request header", "any request header"),
        (&options.expose_headers, "exposed header", "every header exposed"),
    ] {
        match list.as_slice() {
            [] => {}
            list if list.iter().any(|entry| entry == "*") => parts.push(any.to_owned()),
            list => parts.push(counted(list.len(), one)),
        }
    }
    if options.is_on(OptionName::AllowCredentials) {
        parts.push("credentials".to_owned());
    }
    parts.push(format!("image of {} bytes", grouped(loaded.image.len())));
    parts.join(", ")
}

#[derive(Serialize)]
struct CheckJson<'c> {
    ok: bool,
    problems: [(); 0],
    warnings: Vec<ProblemJson<'c>>,
    patterns: Vec<PatternJson<'c>>,
    image_len: usize,
}

#[derive(Serialize)]
struct PatternJson<'c> {
    entry: usize,
    text: &'c str,
    takes: &'c [String],
    does_not_take: Vec<&'c str>,
}

fn json_output(loaded: &Loaded, doubts: &[Problem], patterns: &[Shown<'_>]) -> Output {
    let patterns = patterns.iter().map(|Shown { index, entry, examples }| PatternJson {
        entry: *index,
        text: entry,
        takes: &examples.takes,
        does_not_take: examples.does_not_take.iter().map(|miss| miss.origin.as_str()).collect(),
    });
    let document = CheckJson {
        ok: true,
        problems: [],
        warnings: problems_json(doubts, &loaded.source),
        patterns: patterns.collect(),
        image_len: loaded.image.len(),
    };
    Output::json(&document, Exit::Yes)
}
