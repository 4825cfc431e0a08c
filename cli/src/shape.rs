//! What kind of value stands where in a TOML file, and the sentence when it is another kind than it should be.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::output::{ERROR, Misuse, STRONG};
use crate::problem::{Level, Problem};
use crate::source::{Position, Source};

/// A value and where it stands.
pub(crate) type Value<'i> = Spanned<DeValue<'i>>;

/// Reads a file as TOML.
pub(crate) fn parse(source: &Source) -> Result<DeTable<'_>, Misuse> {
    DeTable::parse(source.text()).map(Spanned::into_inner).map_err(|error| {
        let message = sentence(error.message());
        let length = source.text().len();
        let span = error.span().unwrap_or(0..0);
        let start = span.start.min(length);
        let span = start..span.end.clamp(start, length);
        let mut text = format!("{ERROR}error{ERROR:#}{STRONG}: this is no TOML: {message}{STRONG:#}\n");
        text.push_str(&source.snippet(&span, ERROR, ""));
        let Position { line, column } = source.position(start);
        let message = format!("this is no TOML: {message}");
        let error = format!("{}: {message}", source.place(start));
        let json = serde_json::json!({ "error": error, "message": message, "line": line, "column": column });
        Misuse::with_text(text, json)
    })
}

/// The parser's message in one line.
fn sentence(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The entries of a table in the order of the file.
pub(crate) fn in_order<'t, 'i>(table: &'t DeTable<'i>) -> Vec<(&'t str, Range<usize>, &'t Value<'i>)> {
    let mut entries: Vec<_> = table.iter().map(|(key, value)| (&**key.get_ref(), key.span(), value)).collect();
    entries.sort_by_key(|(_, span, _)| span.start);
    entries
}

/// A name for the kind of a value, with its article.
pub(crate) const fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "a switch",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// The problem of a value that is of another kind than `wanted`.
pub(crate) fn wrong_type(field: &str, entry: Option<usize>, wanted: &str, value: &Value<'_>) -> Problem {
    let found = kind_of(value.get_ref());
    let kind = "wrong-type";
    match entry {
        Some(entry) => {
            let sentence = format!("an entry has to be {wanted}, and this is {found}");
            Problem::of_entry(Level::Error, (field, entry), kind, sentence, value.span())
        }
        None => {
            let sentence = format!("`{field}` has to be {wanted}, and this is {found}");
            Problem::of_key(Level::Error, field, kind, sentence, value.span())
        }
    }
}

/// The problem of a word that nobody knows; `sentence` says so of it.
pub(crate) fn unknown_word(
    key: &str,
    span: Range<usize>,
    sentence: impl FnOnce(&str) -> String,
    known: impl IntoIterator<Item = &'static str>,
) -> Problem {
    let shown: String = key.chars().take(60).collect();
    let escaped = shown.escape_debug().to_string();
    let problem = Problem::of_key(Level::Error, &escaped, "unknown-option", sentence(&escaped), span);
    let plain = |name: &str| name.to_ascii_lowercase().replace('-', "_");
    let written = plain(&shown);
    let likeness = |name: &'static str| {
        let whole = strsim::jaro_winkler(&written, &plain(name));
        let without_allow = name.strip_prefix("allow_").map_or(0.0, |rest| strsim::jaro_winkler(&written, rest));
        (name, whole.max(without_allow))
    };
    let nearest = known.into_iter().map(likeness).max_by(|(_, a), (_, b)| a.total_cmp(b));
    match nearest {
        Some((name, likeness)) if likeness > 0.78 => problem.with_help(format!("did you mean `{name}`?")),
        _ => problem,
    }
}

/// The same of a key or value, for a file that has `what` by names.
pub(crate) fn unknown_key(
    key: &str,
    span: Range<usize>,
    what: &str,
    known: impl IntoIterator<Item = &'static str>,
) -> Problem {
    unknown_word(key, span, |key| format!("there is no {what} `{key}`"), known)
}

/// Text as a TOML string.
pub(crate) fn toml_string(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                literal.push('\\');
                literal.push(c);
            }
            c if crate::output::is_dangerous(c) => {
                literal.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

/// Texts as a TOML list; of a long one, the end.
pub(crate) fn toml_list(entries: &[String]) -> String {
    const SHOWN: usize = 6;
    let (start, shown) = match entries.len().checked_sub(SHOWN) {
        Some(hidden @ 1..) => ("..., ", &entries[hidden..]),
        _ => ("", entries),
    };
    let shown: Vec<String> = shown.iter().map(|entry| toml_string(entry)).collect();
    format!("[{start}{}]", shown.join(", "))
}
