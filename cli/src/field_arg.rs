//! Header fields as people write them: `Name: value`.

use std::ffi::OsStr;

use crate::output::Misuse;

/// A name and a value.
pub(crate) type Field = (String, Vec<u8>);

/// Reads one field. Blanks around the value do not belong to it, as in HTTP.
pub(crate) fn parse(text: &[u8]) -> Result<Field, String> {
    let shown = || text.escape_ascii().to_string();
    let Some(colon) = text.iter().position(|&byte| byte == b':') else {
        return Err(format!("the header `{}` has no colon; write `Name: value`", shown()));
    };
    let (name, value) = (&text[..colon], text[colon + 1..].trim_ascii());
    if !corsac_browser::is_token(name) {
        return Err(format!("`{}` is no header name in `{}`", name.escape_ascii(), shown()));
    }
    if value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
        return Err(format!("no header value holds a line break or a NUL, as `{}` does", shown()));
    }
    Ok((String::from_utf8_lossy(name).into_owned(), value.to_vec()))
}

/// Reads those of the command line.
pub(crate) fn parse_all(arguments: &[impl AsRef<OsStr>]) -> Result<Vec<Field>, Misuse> {
    arguments.iter().map(|text| parse(text.as_ref().as_encoded_bytes()).map_err(Misuse::new)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_a_name_a_colon_and_a_value() {
        let field = |name: &str, value: &[u8]| Ok((name.to_owned(), value.to_vec()));
        assert_eq!(parse(b"Origin: https://a.example"), field("Origin", b"https://a.example"));
        assert_eq!(parse(b"Origin:"), field("Origin", b""));
        assert_eq!(parse(b"x:\t\xff "), field("x", b"\xff"));
        for bad in [&b"Origin"[..], b"", b": x", b"a b: x", b"x: a\nb", b"x: a\rb", b"\xff: x"] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }
}
