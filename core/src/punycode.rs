//! Whether a label that claims to be Punycode is.

use crate::bytes::{at, find_last, narrow, next, widen};

/// Whether the part of a label after `xn--` decodes to text that is not ASCII.
///
/// # Specification
///
/// [RFC 3492, section 6.2](https://www.rfc-editor.org/rfc/rfc3492#section-6.2). Only the arithmetic is checked here: which
/// code points a domain may hold takes tables that a microcontroller has no room for.
pub(crate) const fn is_punycode(text: &[u8]) -> bool {
    const MAX_CODE_POINT: u32 = 0x10_ffff;
    let (basic, mut i) = match find_last(text, b'-') {
        Some(dash) => (dash, next(dash)),
        None => (0, 0),
    };
    if i == text.len() {
        return false; // Nothing but ASCII: the plain spelling is the right one.
    }
    let (mut code_point, mut position, mut bias): (u32, u32, u32) = (128, 0, 72);
    let mut length = narrow(basic);
    let mut first = true;
    while i < text.len() {
        let before = position;
        let (mut weight, mut k): (u32, u32) = (1, 36);
        loop {
            let byte = at(text, i);
            let digit = match byte {
                b'a'..=b'z' => widen(byte.wrapping_sub(b'a')),
                b'0'..=b'9' => widen(byte.wrapping_sub(b'0')).wrapping_add(26),
                _ => return false, // Another byte, or the end amid a number.
            };
            i = next(i);
            position = match digit.checked_mul(weight) {
                Some(step) => match position.checked_add(step) {
                    Some(position) => position,
                    None => return false,
                },
                None => return false,
            };
            let threshold = if k <= bias {
                1
            } else if k >= bias.wrapping_add(26) {
                26
            } else {
                k.wrapping_sub(bias)
            };
            if digit < threshold {
                break;
            }
            weight = match weight.checked_mul(36u32.wrapping_sub(threshold)) {
                Some(weight) => weight,
                None => return false,
            };
            k = k.wrapping_add(36);
        }
        length = length.wrapping_add(1);
        bias = adapt(position.wrapping_sub(before), length, first);
        first = false;
        // `length` is at least 1.
        code_point = match code_point.checked_add(quotient(position, length)) {
            Some(code_point) if code_point <= MAX_CODE_POINT => code_point,
            _ => return false,
        };
        if code_point >= 0xd800 && code_point <= 0xdfff {
            return false;
        }
        position = position.wrapping_sub(quotient(position, length).wrapping_mul(length)).wrapping_add(1);
    }
    true
}

/// The bias adaptation of [RFC 3492, section 6.1](https://www.rfc-editor.org/rfc/rfc3492#section-6.1).
const fn adapt(delta: u32, length: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta = delta.saturating_add(quotient(delta, length));
    let mut k = 0;
    while delta > 455 {
        delta /= 35;
        k = 36u32.wrapping_add(k);
    }
    k.wrapping_add(quotient(delta.wrapping_mul(36), delta.wrapping_add(38)))
}

const fn quotient(dividend: u32, divisor: u32) -> u32 {
    match dividend.checked_div(divisor) {
        Some(quotient) => quotient,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punycode_of_rfc_3492_and_its_near_misses() {
        for (text, valid) in [
            ("bcher-kva", true),
            ("ihqwcrb4cv8a8dqg056pqjye", true),
            ("3b-ww4c5e180e575a65lsy2b", true),
            ("p1ai", true),
            ("", false),
            ("abc-", false),
            ("-", false),
            ("bcher-kv*", false),
            ("99999999", false),
            ("bcher-KVA", false),
        ] {
            assert_eq!(is_punycode(text.as_bytes()), valid, "{text}");
        }
    }
}
