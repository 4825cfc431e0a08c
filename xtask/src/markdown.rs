//! Links and code spans of Markdown files, as far as the house rules need them.

use std::collections::HashMap;

/// One thing found in a file, with the line it stands in (from 1).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found<'t> {
    pub(crate) line: usize,
    pub(crate) text: &'t str,
}

/// The destinations of inline links and images, `[text](destination)`, and of reference definitions,
/// `[name]: destination`. Code is passed over.
pub(crate) fn links(text: &str) -> Vec<Found<'_>> {
    let mut links = Vec::new();
    for (line, content) in prose(text) {
        for piece in outside_code(content) {
            for (at, _) in piece.match_indices("](") {
                let rest = &piece[at + 2..];
                // A destination may be followed by a title in quotes.
                let end = rest.find([')', ' ']).unwrap_or(rest.len());
                links.push(Found { line, text: rest[..end].trim_matches(['<', '>']) });
            }
        }
        if let Some((_, destination)) = content.strip_prefix('[').and_then(|rest| rest.split_once("]: ")) {
            let destination = destination.split(' ').next().unwrap_or_default();
            links.push(Found { line, text: destination.trim_matches(['<', '>']) });
        }
    }
    links
}

/// What stands between single backticks, outside of fenced code.
pub(crate) fn code_spans(text: &str) -> Vec<Found<'_>> {
    let mut spans = Vec::new();
    for (line, content) in prose(text) {
        let inside = content.split('`').skip(1).step_by(2);
        spans.extend(inside.map(|text| Found { line, text }));
    }
    spans
}

/// The anchors that a forge makes of the headings: lower case, blanks to hyphens, punctuation dropped, `-1`, `-2` behind
/// repeated ones.
pub(crate) fn anchors(text: &str) -> Vec<String> {
    let mut seen = HashMap::new();
    let mut anchors = Vec::new();
    for (_, content) in prose(text) {
        let heading = content.trim_start_matches('#');
        if heading.len() == content.len() || !heading.starts_with(' ') {
            continue;
        }
        let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        let slug: String = kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect();
        let before: &mut usize = seen.entry(slug.clone()).or_default();
        anchors.push(if *before == 0 { slug } else { format!("{slug}-{before}") });
        *before += 1;
    }
    anchors
}

/// The lines that are no fenced code, numbered from 1.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    (1..).zip(text.lines()).filter(move |(_, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

/// The pieces of a line that are no code span.
fn outside_code(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').step_by(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# The tool

See [design](docs/design.md#scope) and ![fox](fox.png \"a fox\"); code is `[no](link.md)`.

```rust
let no = [a](b);
```

## The tool

[`Origin`](origin.md) `[x](y)`
[spec]: https://fetch.spec.whatwg.org/
";

    #[test]
    fn links_are_found_outside_code() {
        let found: Vec<_> = links(TEXT).into_iter().map(|found| (found.line, found.text)).collect();
        let spec = (12, "https://fetch.spec.whatwg.org/");
        // The brackets of a link whose text is code are cut apart, the destination is not.
        assert_eq!(found, [(3, "docs/design.md#scope"), (3, "fox.png"), (11, "origin.md"), spec]);
    }

    #[test]
    fn code_spans_are_found() {
        let found: Vec<_> = code_spans(TEXT).into_iter().map(|found| found.text).collect();
        assert_eq!(found, ["[no](link.md)", "Origin", "[x](y)"]);
    }

    #[test]
    fn headings_become_anchors() {
        assert_eq!(anchors(TEXT), ["the-tool", "the-tool-1"]);
        assert_eq!(anchors("### `Vary`, and why: *all* of it"), ["vary-and-why-all-of-it"]);
        assert_eq!(anchors("#no heading\n"), Vec::<String>::new());
    }
}
