//! What a command leaves behind: text, and an exit code.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

/// What went wrong.
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
/// What is legal but doubtful.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// What is worth knowing.
pub(crate) const NOTE: Style = AnsiColor::Cyan.on_default().bold();
/// What went well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// Line numbers and the like.
pub(crate) const GUTTER: Style = AnsiColor::Blue.on_default().bold();
/// Headings.
pub(crate) const STRONG: Style = Style::new().bold();

/// The answer of a command to the shell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Exit {
    /// Valid, allowed, met.
    Yes = 0,
    /// Invalid, refused, not met.
    No = 1,
    /// The question could not be answered.
    Misuse = 2,
}

impl Exit {
    /// Yes or no.
    pub(crate) const fn of(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

/// Everything that a command prints.
#[derive(Debug)]
pub(crate) struct Output {
    stdout: Body,
    stderr: String,
    exit: Exit,
}

#[derive(Debug)]
enum Body {
    /// For people; colour is taken out where it does not belong.
    Styled(String),
    /// For programs, as it is.
    Raw(Vec<u8>),
}

impl Output {
    /// Text for people.
    pub(crate) const fn text(stdout: String, exit: Exit) -> Self {
        Self { stdout: Body::Styled(stdout), stderr: String::new(), exit }
    }

    /// Bytes for a program.
    pub(crate) const fn bytes(stdout: Vec<u8>, exit: Exit) -> Self {
        Self { stdout: Body::Raw(stdout), stderr: String::new(), exit }
    }

    /// One JSON document.
    pub(crate) fn json(document: &impl Serialize, exit: Exit) -> Self {
        // Plain data with text as keys, which always has a JSON form.
        let mut text = serde_json::to_vec_pretty(document).unwrap_or_default();
        text.push(b'\n');
        Self::bytes(text, exit)
    }

    /// The same with text for people beside it.
    pub(crate) fn and_stderr(self, stderr: String) -> Self {
        Self { stderr, ..self }
    }

    /// What goes to standard output, where nothing is printed.
    #[cfg(feature = "playground")]
    pub(crate) fn into_document(self) -> Vec<u8> {
        match self.stdout {
            Body::Styled(text) => text.into_bytes(),
            Body::Raw(bytes) => bytes,
        }
    }

    /// Prints, and tells the exit code. Whoever closes the pipe early has read enough, which is no error.
    pub(crate) fn print(self) -> u8 {
        let mut stderr = anstream::stderr();
        // Nobody is left to tell.
        let _ = stderr.write_all(self.stderr.as_bytes());
        let written = match self.stdout {
            Body::Styled(text) => write_all(&mut anstream::stdout(), text.as_bytes()),
            Body::Raw(bytes) => write_all(&mut io::stdout(), &bytes),
        };
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                let _ = writeln!(stderr, "{ERROR}error{ERROR:#}: cannot write to standard output: {}", reason(&error));
                Exit::Misuse as u8
            }
            _ => self.exit as u8,
        }
    }
}

fn write_all(to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    to.write_all(bytes)?;
    to.flush()
}

/// Why a command could not answer.
#[derive(Debug)]
pub(crate) struct Misuse {
    text: String,
    json: serde_json::Value,
}

impl Misuse {
    /// A sentence that says it all.
    pub(crate) fn new(sentence: impl AsRef<str>) -> Self {
        let sentence = sentence.as_ref();
        Self {
            text: format!("{ERROR}error{ERROR:#}: {}\n", visible(sentence)),
            json: serde_json::json!({ "error": sentence }),
        }
    }

    /// Text for people, which is printed as it is, and a document for programs.
    pub(crate) const fn with_text(text: String, json: serde_json::Value) -> Self {
        Self { text, json }
    }

    /// The output: people read it on standard error, programs on standard output.
    pub(crate) fn output(self, json: bool) -> Output {
        let output =
            if json { Output::json(&self.json, Exit::Misuse) } else { Output::text(String::new(), Exit::Misuse) };
        output.and_stderr(self.text)
    }
}

/// The reason of an I/O error without the number that the operating system gives it.
pub(crate) fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

/// Bytes for a message: escaped, and cut where they are many.
pub(crate) fn short(bytes: &[u8]) -> String {
    const SHOWN: usize = 128;
    match bytes.split_at_checked(SHOWN) {
        Some((head, [_, ..])) => format!("{}... ({} bytes)", shown(head), grouped(bytes.len())),
        _ => shown(bytes),
    }
}

/// The text in them, and the bytes that are none as escapes.
fn shown(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        let _ = write!(text, "{}{}", chunk.valid().escape_debug(), chunk.invalid().escape_ascii());
    }
    text
}

/// Text that cannot move the cursor, ring a bell or turn the direction of writing.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_dangerous) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_dangerous(c) {
            let _ = write!(shown, "{}", c.escape_default());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Whether a character changes how others are shown.
pub(crate) const fn is_dangerous(c: char) -> bool {
    matches!(c, '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A number and its noun.
pub(crate) fn counted(count: usize, one: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{} {one}s", grouped(count)),
    }
}

/// A number with a comma between thousands.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_by_people() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (100_000, "100,000"), (1_234_567, "1,234,567")]
        {
            assert_eq!(grouped(number), text);
        }
        assert_eq!((counted(1, "origin"), counted(0, "origin")), ("1 origin".to_owned(), "0 origins".to_owned()));
    }

    #[test]
    fn messages_stay_short() {
        assert_eq!(short(b"a\xffb\n\xc3\xa4"), "a\\xffb\\n\u{e4}");
        assert_eq!(short(&[b'a'; 128]), "a".repeat(128));
        assert_eq!(short(&[b'a'; 8192]), format!("{}... (8,192 bytes)", "a".repeat(128)));
    }

    #[test]
    fn escapes_are_shown_and_not_obeyed() {
        assert_eq!(visible("a\x1b[31mb\u{202e}"), "a\\u{1b}[31mb\\u{202e}");
        assert!(matches!(visible("é 漢"), Cow::Borrowed(_)));
    }
}
