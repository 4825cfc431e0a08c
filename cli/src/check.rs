//! `corsac check`: everything that is wrong with a policy, or doubtful, and what its entries take.

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
use crate::verdict_examples::{self, TypeExamples};

/// How many doubts of one kind are shown to people.
const MOST_OF_A_KIND: usize = 5;

/// Runs the command.
pub(crate) fn run(args: &args::Check, json: bool) -> Result<Output, Misuse> {
    of_source(Source::read(&args.policy)?, args.examples, json)
}

/// The same of a policy that is at hand.
pub(crate) fn of_source(source: Source, examples: usize, json: bool) -> Result<Output, Misuse> {
    let file = PolicyFile::parse(&source)?;
    let loaded = match file.compile(&source) {
        Ok(image) => Loaded { source, file, image },
        Err(problems) => return Ok(invalid_output(&problems, &source, json)),
    };
    let doubts = doubts::all(&loaded)?;
    let taken = Taken::of(&loaded, examples)?;
    Ok(if json { json_output(&loaded, &doubts, &taken) } else { text_output(&loaded, &doubts, &taken) })
}

/// What the policy takes, by examples.
struct Taken<'l> {
    patterns: Vec<Shown<'l>>,
    hosts: Vec<Shown<'l>>,
    content_types: Option<TypeExamples>,
}

impl<'l> Taken<'l> {
    /// Of each list at most so many.
    fn of(loaded: &'l Loaded, most: usize) -> Result<Self, Misuse> {
        let policy = loaded.policy()?;
        let hosts = loaded.file.options.list(OptionName::AllowHosts).iter().take(most).enumerate();
        let shown_host = |(index, entry): (usize, &'l String)| {
            let examples = verdict_examples::of_host(entry, &policy)?;
            Ok(Shown { option: OptionName::AllowHosts, index, entry, examples })
        };
        Ok(Self {
            patterns: shown_patterns(loaded, most)?,
            hosts: hosts.map(shown_host).collect::<Result<_, Misuse>>()?,
            content_types: verdict_examples::of_content_types(&loaded.file.options, most)?,
        })
    }
}

/// A pattern or a host, and what it takes.
struct Shown<'l> {
    option: OptionName,
    index: usize,
    entry: &'l str,
    examples: Examples,
}

fn shown_patterns(loaded: &Loaded, most: usize) -> Result<Vec<Shown<'_>>, Misuse> {
    let policy = loaded.policy()?;
    let options = &loaded.file.options;
    let entries = options.allow_origins().iter().enumerate();
    let shown = entries.filter_map(|(index, entry)| {
        let examples = Examples::of(entry, options, &policy)?;
        Some(Shown { option: OptionName::AllowOrigins, index, entry, examples })
    });
    Ok(shown.take(most).collect())
}

fn text_output(loaded: &Loaded, doubts: &[Problem], taken: &Taken<'_>) -> Output {
    let mut text = digest(doubts, &loaded.source, MOST_OF_A_KIND);
    let hosts = loaded.file.options.list(OptionName::AllowHosts).len();
    for (shown, all, noun) in
        [(&taken.patterns, pattern_count(loaded), "more pattern"), (&taken.hosts, hosts, "more host")]
    {
        for entry in shown {
            let _ = writeln!(text, "{}", shown_text(entry, loaded));
        }
        push_hidden(&mut text, all, shown.len(), noun);
    }
    let types = loaded.file.options.list(OptionName::AllowContentTypes).len();
    if let Some(examples) = &taken.content_types {
        let _ = writeln!(text, "{}", types_text(examples, loaded));
    }
    push_hidden(&mut text, types, taken.content_types.as_ref().map_or(0, |types| types.shown), "more content type");
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

/// Says of entries that are not shown that there are some.
fn push_hidden(text: &mut String, all: usize, shown: usize, noun: &str) {
    let hidden = all.saturating_sub(shown);
    if hidden > 0 {
        let _ = writeln!(text, "and {}; --examples {all} shows all\n", counted(hidden, noun));
    }
}

fn pattern_count(loaded: &Loaded) -> usize {
    loaded.file.options.allow_origins().iter().filter(|entry| Pattern::of(entry).is_some()).count()
}

fn shown_text(shown: &Shown<'_>, loaded: &Loaded) -> String {
    let Shown { option, index, entry, examples } = shown;
    let mut text = format!("{STRONG}{option}[{index}] {entry:?}{STRONG:#}");
    if let Some(span) = loaded.file.place(*option, Some(*index)) {
        let _ = write!(text, " ({})", loaded.source.place(span.start));
    }
    text.push('\n');
    push_examples(&mut text, examples, *option);
    text
}

/// What `allow_content_types` comes to.
fn types_text(types: &TypeExamples, loaded: &Loaded) -> String {
    let option = OptionName::AllowContentTypes;
    let mut text = format!("{STRONG}{option}{STRONG:#}");
    if let Some(span) = loaded.file.place(option, None) {
        let _ = write!(text, " ({})", loaded.source.place(span.start));
    }
    text.push_str(", where a listed origin's page changes something\n");
    push_examples(&mut text, &types.examples, option);
    if !types.takes_missing {
        let label = if types.examples.does_not_take.is_empty() { "does not take" } else { "" };
        let _ = writeln!(text, "  {ERROR}{label:<13}{ERROR:#}  a request without Content-Type");
    }
    text
}

fn push_examples(text: &mut String, examples: &Examples, option: OptionName) {
    let mut label = format!("{GOOD}takes{GOOD:#}         ");
    for taken in &examples.takes {
        let _ = writeln!(text, "  {label} {taken}");
        label = " ".repeat(14);
    }
    label = format!("{ERROR}does not take{ERROR:#} ");
    for miss in &examples.does_not_take {
        let taken = match miss.taken_by {
            Some(by) => format!("   (but {option}[{by}] does)"),
            None => String::new(),
        };
        let _ = writeln!(text, "  {label} {}{taken}", miss.text);
        label = " ".repeat(14);
    }
}

/// What a valid policy amounts to.
fn summary(loaded: &Loaded) -> String {
    let options = &loaded.file.options;
    let mut parts = vec![match options.allow_origins() {
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
        (OptionName::AllowMethods, "method", "any method"),
        (OptionName::AllowHeaders, "request header", "any request header"),
        (OptionName::ExposeHeaders, "exposed header", "every header exposed"),
        (OptionName::AllowHosts, "host", ""),
        (OptionName::AllowContentTypes, "content type", ""),
    ] {
        match options.list(list) {
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
    patterns: Vec<ShownJson<'c>>,
    hosts: Vec<ShownJson<'c>>,
    content_types: Option<TypesJson<'c>>,
    image_len: usize,
}

#[derive(Serialize)]
struct ShownJson<'c> {
    entry: usize,
    text: &'c str,
    #[serde(flatten)]
    examples: ExamplesJson<'c>,
}

#[derive(Serialize)]
struct ExamplesJson<'c> {
    takes: &'c [String],
    does_not_take: Vec<&'c str>,
}

#[derive(Serialize)]
struct TypesJson<'c> {
    #[serde(flatten)]
    examples: ExamplesJson<'c>,
    /// Whether a request without `Content-Type` is taken.
    takes_missing: bool,
}

fn json_output(loaded: &Loaded, doubts: &[Problem], taken: &Taken<'_>) -> Output {
    let document = CheckJson {
        ok: true,
        problems: [],
        warnings: problems_json(doubts, &loaded.source),
        patterns: taken.patterns.iter().map(shown_json).collect(),
        hosts: taken.hosts.iter().map(shown_json).collect(),
        content_types: taken.content_types.as_ref().map(types_json),
        image_len: loaded.image.len(),
    };
    Output::json(&document, Exit::Yes)
}

fn shown_json<'c>(shown: &'c Shown<'_>) -> ShownJson<'c> {
    ShownJson { entry: shown.index, text: shown.entry, examples: examples_json(&shown.examples) }
}

fn types_json(types: &TypeExamples) -> TypesJson<'_> {
    TypesJson { examples: examples_json(&types.examples), takes_missing: types.takes_missing }
}

fn examples_json(examples: &Examples) -> ExamplesJson<'_> {
    let does_not_take = examples.does_not_take.iter().map(|miss| miss.text.as_str()).collect();
    ExamplesJson { takes: &examples.takes, does_not_take }
}
