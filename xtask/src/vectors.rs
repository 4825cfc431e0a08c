//! Rules about the conformance vectors: every id is given once, and documents name no vector that does not exist.

use std::collections::{HashMap, HashSet};

use crate::markdown;
use crate::tree::{TextFile, Tree};

/// All faults in the use of vector ids.
pub(crate) fn faults(tree: &Tree) -> Vec<String> {
    let files: Vec<TextFile> = tree.texts(|path| path.starts_with("vectors/") && path.ends_with(".json")).collect();
    let mut faults = Vec::new();
    let mut first: HashMap<&str, &str> = HashMap::new();
    for file in &files {
        for id in ids(&file.text) {
            if let Some(other) = first.insert(id, &file.path) {
                faults.push(format!("{}: the id {id} is given in {other} already", file.path));
            }
        }
    }
    let known: HashSet<&str> = first.into_keys().collect();
    // Refusals and errors have names of the same form.
    let core: Vec<TextFile> = tree.texts(|path| path.starts_with("core/src/")).collect();
    for file in tree.texts(|path| path.ends_with(".md")) {
        for span in markdown::code_spans(&file.text) {
            let slug = format!("\"{}\"", span.text);
            if refers_to_none(span.text, &known) && !core.iter().any(|source| source.text.contains(&slug)) {
                faults.push(format!("{}:{}: there is no vector {}", file.path, span.line, span.text));
            }
        }
    }
    faults
}

/// The values of all keys `"id"` of a JSON text.
fn ids(json: &str) -> impl Iterator<Item = &str> {
    json.split("\"id\"").skip(1).filter_map(|rest| {
        let value = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
        value.split('"').next()
    })
}

/// Whether a code span looks like an id and is none: at least three words in lower case with hyphens, the first of
/// them one with which an id begins.
fn refers_to_none(span: &str, known: &HashSet<&str>) -> bool {
    let words: Vec<&str> = span.split('-').collect();
    let word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let [first, _, _, ..] = words[..] else {
        return false;
    };
    words.iter().all(|part| word(part))
        && !known.contains(span)
        && known.iter().any(|id| id.split('-').next() == Some(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_from_json() {
        let json = r#"[{"id": "exact-first", "why": "the \"id\" of a person"}, {"why": "x", "id" : "exact-last"}]"#;
        assert_eq!(ids(json).collect::<Vec<_>>(), ["exact-first", "exact-last"]);
    }

    #[test]
    fn only_what_looks_like_an_id_is_looked_up() {
        let known = HashSet::from(["exact-miss-upper-host", "null-listed"]);
        assert!(refers_to_none("exact-miss-upper-hots", &known));
        for fine in ["exact-miss-upper-host", "exact-miss", "x-request-id", "exact-*-host", "exact--host", "exact", ""]
        {
            assert!(!refers_to_none(fine, &known), "{fine}");
        }
    }
}
