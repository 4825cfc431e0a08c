//! Which `Access-Control-Request-Headers` is granted: row 15 of the design and its caps.

use corsac::Refusal;

/// Checks the lines of the list, each name with `is_allowed`.
pub(crate) fn check_list(lines: &[&[u8]], is_allowed: impl Fn(&[u8]) -> bool) -> Result<(), Refusal> {
    if lines.len() > 16 {
        return Err(Refusal::HeadersTooManyLines);
    }
    if lines.iter().map(|line| line.len()).sum::<usize>() > 8_192 {
        return Err(Refusal::HeadersTooLong);
    }
    let (mut names, mut empty) = (0, 0);
    for element in lines.iter().flat_map(|line| line.split(|&byte| byte == b',')) {
        let name = trim(element);
        if element.len() - name.len() > 16 {
            return Err(Refusal::HeadersTooManyBlanks);
        }
        if name.is_empty() {
            empty += 1;
            if empty > 32 {
                return Err(Refusal::HeadersTooManyEmpty);
            }
            continue;
        }
        if !is_token(name) {
            return Err(Refusal::HeadersMalformed);
        }
        names += 1;
        if names > 128 {
            return Err(Refusal::HeadersTooManyNames);
        }
        if !is_allowed(name) {
            return Err(Refusal::HeaderNotAllowed);
        }
    }
    Ok(())
}

/// Without spaces and tabs at both ends.
pub(super) fn trim(text: &[u8]) -> &[u8] {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = text.iter().position(|byte| !is_blank(byte)).unwrap_or(text.len());
    let end = text.iter().rposition(|byte| !is_blank(byte)).map_or(start, |last| last + 1);
    &text[start..end]
}

/// One or more of RFC 9110's `tchar`.
pub(crate) fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
}
