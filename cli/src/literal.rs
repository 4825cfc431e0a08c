//! From a byte of a TOML string to where that byte is written in the file.

use std::ops::Range;

/// Where the byte `offset` of the string is written, `literal` being the string with its quotation marks at `start` in the file.
///
/// The range is that of the character or escape which gives the byte; past the end of the string, of the closing mark.
pub(crate) fn place_of(literal: &str, start: usize, offset: usize) -> Range<usize> {
    let (mark, is_basic) = match literal {
        _ if literal.starts_with("\"\"\"") => (3, true),
        _ if literal.starts_with("'''") => (3, false),
        _ if literal.starts_with('"') => (1, true),
        _ if literal.starts_with('\'') => (1, false),
        _ => return start..start + literal.len(),
    };
    let mut at = mark;
    if mark == 3 {
        // A line feed right after the opening is not part of the string.
        at += literal[at..].strip_prefix("\r\n").map_or(usize::from(literal[at..].starts_with('\n')), |_| 2);
    }
    let end = literal.len().saturating_sub(mark).max(at);
    let mut decoded = 0;
    while at < end {
        let rest = &literal[at..end];
        let (written, gives) = if is_basic { piece(rest) } else { plain(rest) };
        decoded += gives;
        if decoded > offset {
            return start + at..start + at + written;
        }
        at += written;
    }
    start + end..start + literal.len()
}

/// The length of the text between the quotation marks in the file, as a range of the file.
pub(crate) fn inside(literal: &str, start: usize) -> Range<usize> {
    let first = place_of(literal, start, 0).start;
    let last = place_of(literal, start, usize::MAX).start;
    if first < last { first..last } else { start..start + literal.len() }
}

/// How many bytes a character takes in the file and in the string.
fn plain(rest: &str) -> (usize, usize) {
    let length = rest.chars().next().map_or(1, char::len_utf8);
    (length, length)
}

/// The same where escapes count.
fn piece(rest: &str) -> (usize, usize) {
    let Some(escape) = rest.strip_prefix('\\') else {
        return plain(rest);
    };
    let digits = match escape.as_bytes().first() {
        Some(b'x') => 2,
        Some(b'u') => 4,
        Some(b'U') => 8,
        Some(b' ' | b'\t' | b'\r' | b'\n') => {
            let blanks = escape.len() - escape.trim_start_matches([' ', '\t', '\r', '\n']).len();
            return (1 + blanks, 0);
        }
        _ => return (1 + plain(escape).0.min(escape.len()), 1),
    };
    let code = escape.get(1..=digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let length = code.and_then(char::from_u32).map_or(1, char::len_utf8);
    ((digits + 2).min(rest.len()), length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_count_as_what_they_give() {
        for (literal, offset, written) in [
            (r#""abc""#, 0, "a"),
            (r#""abc""#, 2, "c"),
            (r#""abc""#, 3, "\""),
            (r#""a\tb""#, 1, "\\t"),
            (r#""a\tb""#, 2, "b"),
            (r#""\u00e9b""#, 1, "\\u00e9"),
            (r#""\u00e9b""#, 2, "b"),
            (r#""\x41b""#, 1, "b"),
            (r#""éb""#, 1, "é"),
            (r"'a\b'", 2, "b"),
            ("\"\"\"\nab\"\"\"", 1, "b"),
            ("\"\"\"a\\\n   b\"\"\"", 1, "b"),
            ("'''\r\nab'''", 0, "a"),
            (r#""""#, 0, "\""),
        ] {
            let place = place_of(literal, 100, offset);
            assert_eq!(&literal[place.start - 100..place.end - 100], written, "{literal} {offset}");
        }
    }

    #[test]
    fn the_inside_leaves_the_marks_out() {
        assert_eq!(inside("\"abc\"", 10), 11..14);
        assert_eq!(inside("''", 10), 10..12);
    }
}
