//! A policy's text with a fix made, and all else left as it is written.

use std::ops::Range;

use corsac::OptionName;

use crate::fix::{Change, Fix};
use crate::loaded::Loaded;
use crate::options::is_list;
use crate::shape::toml_list;

/// The text with the changes of the fix. Comments and the order of options stay.
pub(crate) fn applied(loaded: &Loaded, fix: &Fix) -> String {
    let mut text = loaded.source.text().to_owned();
    let mut added = String::new();
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    for change in &fix.changes {
        match edit(loaded, fix, change) {
            Some(edit) => edits.push(edit),
            None => {
                added.push_str(&change.toml);
                added.push('\n');
            }
        }
    }
    // From the end, so that places before it stay right.
    edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    for (range, new) in edits {
        text.replace_range(range, &new);
    }
    if !added.is_empty() && !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text + &added
}

/// Where an option stands already: new entries go behind the last one, and anything else takes the option's place.
fn edit(loaded: &Loaded, fix: &Fix, change: &Change) -> Option<(Range<usize>, String)> {
    let key = loaded.file.place(change.option, None)?;
    let value = loaded.file.value_place(change.option)?;
    let more = new_entries(loaded, fix, change.option);
    Some(more.unwrap_or((key.start..value.end, change.toml.clone())))
}

fn new_entries(loaded: &Loaded, fix: &Fix, option: OptionName) -> Option<(Range<usize>, String)> {
    let before = loaded.file.options.list(option);
    let more = fix.after.list(option).strip_prefix(before).filter(|_| is_list(option))?;
    let last = loaded.file.place(option, Some(before.len().checked_sub(1)?))?;
    let text = loaded.source.text();
    let entries = toml_list(more);
    let entries = entries.strip_prefix('[')?.strip_suffix(']')?;
    let line = text.get(..last.start)?.rsplit('\n').next()?;
    // An entry on a line of its own gets company in the same form.
    let between = if line.trim().is_empty() { format!(",\n{line}") } else { ", ".to_owned() };
    Some((last.end..last.end, format!("{between}{entries}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_call::PageCall;
    use crate::policy_file::PolicyFile;
    use crate::source::Source;

    fn fixed(policy: &str, from: &str, request: &str) -> String {
        let loaded = Loaded::of(Source::new("p.toml".to_owned(), policy.to_owned())).unwrap();
        let headers = vec![("X-A".to_owned(), b"1".to_vec())];
        let page = PageCall::new(from, request, headers, true).unwrap();
        let fix = Fix::of(&loaded.file.options, &page.call, &[]);
        let text = applied(&loaded, &fix);
        let again = PolicyFile::parse(&Source::new("p.toml".to_owned(), text.clone())).unwrap();
        assert_eq!(again.options, fix.after, "{text}");
        text
    }

    #[test]
    fn entries_go_behind_the_last_and_options_to_the_end() {
        let policy = "\
allow_origins = [
    \"https://a.example\", # the app
]
# whoever
allow_methods = [\"PUT\"] # and more
allow_credentials = false";
        let expected = "\
allow_origins = [
    \"https://a.example\",
    \"https://b.example\", # the app
]
# whoever
allow_methods = [\"PUT\", \"DELETE\"] # and more
allow_credentials = true
allow_headers = [\"x-a\"]
";
        assert_eq!(fixed(policy, "https://b.example", "DELETE https://api.example/"), expected);
    }

    #[test]
    fn a_list_that_loses_entries_is_written_anew() {
        assert_eq!(
            fixed("allow_origins = [\"*\"]\nallow_headers = []\n", "https://a.example", "https://api.example/"),
            "allow_origins = [\"https://a.example\"]\nallow_headers = [\"x-a\"]\nallow_credentials = true\n"
        );
    }
}
