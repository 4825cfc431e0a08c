//! A file that was read, its lines, and a look at one place in it.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;

use unicode_width::UnicodeWidthChar;

use crate::output::{GUTTER, Misuse, is_dangerous, reason, visible};

/// Most bytes of a file: some ten times the policy of a very large site.
const MAX_LEN: u64 = 64 << 20;

/// Most columns of a source line that are shown.
const MAX_WIDTH: usize = 100;

/// The text of a file.
#[derive(Debug)]
pub(crate) struct Source {
    name: String,
    text: String,
    /// Where each line begins.
    lines: Vec<usize>,
    /// How many characters begin before each block of bytes, as a file may be one very long line.
    chars: Vec<usize>,
}

/// Bytes between two counts of characters.
const BLOCK: usize = 1024;

/// A place that people and editors name: both count from 1, columns in characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Source {
    /// Reads a file, or standard input for `-`.
    pub(crate) fn read(path: &Path) -> Result<Self, Misuse> {
        let is_stdin = path == Path::new("-");
        let name = if is_stdin { "<stdin>".to_owned() } else { path.display().to_string() };
        let mut bytes = Vec::new();
        let read = if is_stdin {
            io::stdin().lock().take(MAX_LEN + 1).read_to_end(&mut bytes)
        } else {
            File::open(path).and_then(|file| file.take(MAX_LEN + 1).read_to_end(&mut bytes))
        };
        read.map_err(|error| Misuse::new(format!("cannot read {name}: {}", reason(&error))))?;
        if bytes.len() as u64 > MAX_LEN {
            return Err(Misuse::new(format!("cannot read {name}: it is over {} MiB", MAX_LEN >> 20)));
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self::new(name, text)),
            Err(error) => {
                let start = error.utf8_error().valid_up_to();
                let byte = error.as_bytes().get(start).copied().unwrap_or_default();
                let valid = String::from_utf8_lossy(&error.as_bytes()[..start]).into_owned();
                let Position { line, column } = Self::new(String::new(), valid).position(start);
                Err(Misuse::new(format!(
                    "{name}:{line}:{column}: the byte 0x{byte:02x} is no UTF-8, which TOML files are written in"
                )))
            }
        }
    }

    /// A text by a name.
    pub(crate) fn new(name: String, mut text: String) -> Self {
        if text.starts_with('\u{feff}') {
            // A byte order mark, which editors do not count.
            text.remove(0);
        }
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let mut chars = vec![0];
        for block in text.as_bytes().chunks(BLOCK) {
            chars.push(chars.last().copied().unwrap_or_default() + begun(block));
        }
        Self { name, text, lines, chars }
    }

    /// The file's name as it was given.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The file's name as a terminal may show it.
    pub(crate) fn place_of_file(&self) -> String {
        visible(&self.name).into_owned()
    }

    /// All of it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The line and the column of a byte.
    pub(crate) fn position(&self, at: usize) -> Position {
        let line = self.lines.partition_point(|&start| start <= at).max(1);
        let column = self.chars_before(at) - self.chars_before(self.lines[line - 1]) + 1;
        Position { line, column }
    }

    fn chars_before(&self, at: usize) -> usize {
        let at = at.min(self.text.len());
        let block = at / BLOCK;
        self.chars[block] + begun(&self.text.as_bytes()[block * BLOCK..at])
    }

    /// `file:line:column`, which terminals and editors make a link of.
    pub(crate) fn place(&self, at: usize) -> String {
        let Position { line, column } = self.position(at);
        format!("{}:{line}:{column}", visible(&self.name))
    }

    /// The line at `span` with a mark under it, as compilers show it.
    pub(crate) fn snippet(&self, span: &Range<usize>, style: anstyle::Style, label: &str) -> String {
        let Position { line, .. } = self.position(span.start);
        let number = line.to_string();
        let gutter = " ".repeat(number.len());
        let shown = self.shown_line(line, span);
        let mut text = String::new();
        let _ = writeln!(text, "{gutter}{GUTTER}-->{GUTTER:#} {}", self.place(span.start));
        let _ = writeln!(text, "{gutter} {GUTTER}|{GUTTER:#}");
        let _ = writeln!(text, "{GUTTER}{number} |{GUTTER:#} {}", shown.text);
        let (indent, marks) = (" ".repeat(shown.indent), "^".repeat(shown.width.max(1)));
        let space = if label.is_empty() { "" } else { " " };
        let _ = writeln!(text, "{gutter} {GUTTER}|{GUTTER:#} {indent}{style}{marks}{space}{label}{style:#}");
        text
    }

    /// A line as a terminal shows it: tabs and what is not visible replaced, and of a long line the part around the span.
    fn shown_line(&self, line: usize, span: &Range<usize>) -> ShownLine {
        let start = self.lines[line - 1];
        let end = self.lines.get(line).copied().unwrap_or(self.text.len());
        let (mut from, mut to) = (start, end);
        let cut_before = span.start.saturating_sub(start) > MAX_WIDTH * 3 / 4;
        if cut_before {
            from = self.boundary(span.start - MAX_WIDTH / 2);
        }
        let cut_after = end - from > MAX_WIDTH * 2;
        if cut_after {
            to = self.boundary(from + MAX_WIDTH * 2);
        }
        let mut shown = ShownLine { text: String::new(), indent: 0, width: 0 };
        if cut_before {
            shown.text.push_str("...");
            shown.indent = 3;
        }
        let mut columns = shown.indent;
        for (at, c) in self.text[from..to].char_indices() {
            let at = from + at;
            if matches!(c, '\r' | '\n') && self.text[at..end].trim_end_matches(['\r', '\n']).is_empty() {
                break;
            }
            if columns > MAX_WIDTH && at >= span.start {
                shown.text.push_str("...");
                return shown;
            }
            let piece = match c {
                '\t' => "    ".to_owned(),
                c if is_dangerous(c) => '\u{fffd}'.to_string(),
                c => c.to_string(),
            };
            let width: usize = piece.chars().map(|c| c.width().unwrap_or(0)).sum();
            if at < span.start {
                shown.indent += width;
            } else if at < span.end {
                shown.width += width;
            }
            columns += width;
            shown.text.push_str(&piece);
        }
        if cut_after {
            shown.text.push_str("...");
        }
        shown
    }

    /// The next place at which a character begins.
    fn boundary(&self, mut at: usize) -> usize {
        while !self.text.is_char_boundary(at) {
            at += 1;
        }
        at.min(self.text.len())
    }
}

/// How many characters begin in a part of a text.
fn begun(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0b1100_0000 != 0b1000_0000).count()
}

struct ShownLine {
    text: String,
    indent: usize,
    width: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str, span: Range<usize>) -> String {
        let source = Source::new("f.toml".to_owned(), text.to_owned());
        anstream::adapter::strip_str(&source.snippet(&span, anstyle::Style::new(), "here")).to_string()
    }

    #[test]
    fn positions_count_characters_from_one() {
        let source = Source::new(String::new(), "a\nbé!\n".to_owned());
        for (at, line, column) in [(0, 1, 1), (1, 1, 2), (2, 2, 1), (5, 2, 3), (7, 3, 1), (99, 3, 1)] {
            assert_eq!(source.position(at), Position { line, column }, "{at}");
        }
    }

    #[test]
    fn the_mark_stands_under_the_byte() {
        assert_eq!(plain("x = \"ab\"\n", 6..7), " --> f.toml:1:7\n  |\n1 | x = \"ab\"\n  |       ^ here\n");
        assert_eq!(plain("\t漢x\r\n", 4..5), " --> f.toml:1:3\n  |\n1 |     漢x\n  |       ^ here\n");
        assert_eq!(plain("", 0..0), " --> f.toml:1:1\n  |\n1 | \n  | ^ here\n");
        assert_eq!(plain("a\x1b\u{202e}b", 5..6), " --> f.toml:1:4\n  |\n1 | a\u{fffd}\u{fffd}b\n  |    ^ here\n");
    }

    #[test]
    fn of_a_long_line_the_part_around_the_span_is_shown() {
        let text = format!("{}!{}", "é".repeat(1_000_000), "z".repeat(1_000_000));
        let snippet = plain(&text, 2_000_000..2_000_001);
        let lines: Vec<&str> = snippet.lines().collect();
        assert!(lines[2].chars().count() < MAX_WIDTH + 30, "{snippet}");
        let at = lines[2].chars().position(|c| c == '!').unwrap();
        assert_eq!(
            lines[3].chars().position(|c| c == '^'),
            Some(at - lines[2].find('|').unwrap() + lines[3].find('|').unwrap())
        );
    }
}
