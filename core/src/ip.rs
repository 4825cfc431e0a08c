//! IP addresses: the one spelling that browsers serialize, and the other ones that operators write.

use crate::bytes::{at, decimal, find, find_last, from, index, low, low_byte, low_half, next, set, to, wide, widen};
use crate::text::Text;

/// Whether the last label is a number, which makes the whole host an IPv4 address.
///
/// # Specification
///
/// [URL: ends in a number checker](https://url.spec.whatwg.org/#ends-in-a-number-checker)
pub(crate) const fn ends_in_number(host: &[u8]) -> bool {
    let last = match find_last(host, b'.') {
        Some(dot) => from(host, next(dot)),
        None => host,
    };
    if last.is_empty() {
        return false;
    }
    let (digits, radix) = match last {
        [b'0', b'x' | b'X', hex @ ..] => (hex, 16),
        _ => (last, 10),
    };
    let mut i = 0;
    while i < digits.len() {
        let byte = at(digits, i);
        if !(if radix == 16 { byte.is_ascii_hexdigit() } else { byte.is_ascii_digit() }) {
            return false;
        }
        i = next(i);
    }
    true
}

/// The four numbers of an IPv4 address in dotted quads, the only spelling that a browser serializes.
pub(crate) const fn ipv4(host: &[u8]) -> Option<[u8; 4]> {
    let mut quads = [0; 4];
    let mut start = 0;
    let mut n = 0;
    while n < 4 {
        let rest = from(host, start);
        let quad = if n == 3 {
            rest
        } else {
            match find(rest, b'.') {
                Some(dot) => to(rest, dot),
                None => return None,
            }
        };
        let value = match decimal(quad) {
            Some(value) if quad.len() <= 3 && value <= 255 => value,
            _ => return None,
        };
        if quad.len() > 1 && at(quad, 0) == b'0' {
            return None;
        }
        set(&mut quads, n, low_byte(value));
        start = next(start.wrapping_add(quad.len()));
        n = next(n);
    }
    Some(quads)
}

/// The IPv4 address meant by a host that ends in a number: one to four parts, each decimal, octal or hexadecimal.
///
/// # Specification
///
/// [URL: IPv4 parser](https://url.spec.whatwg.org/#concept-ipv4-parser)
pub(crate) const fn lenient_ipv4(host: &[u8]) -> Option<[u8; 4]> {
    let mut value: u64 = 0;
    let mut start = 0;
    let mut parts: u32 = 0;
    loop {
        let rest = from(host, start);
        let (text, last) = match find(rest, b'.') {
            Some(dot) => (to(rest, dot), false),
            None => (rest, true),
        };
        let Some(number) = number(text) else {
            return None;
        };
        parts = parts.wrapping_add(1);
        if last {
            // The last part fills the bytes that are left.
            let room = 5u32.wrapping_sub(parts).wrapping_mul(8);
            if parts > 4 || number >= 1u64.wrapping_shl(room) {
                return None;
            }
            let value = low(value.wrapping_shl(room).wrapping_add(number));
            return Some(value.to_be_bytes());
        }
        if number > 255 || parts > 3 {
            return None;
        }
        value = value.wrapping_mul(256).wrapping_add(number);
        start = next(start.wrapping_add(text.len()));
    }
}

/// [URL: IPv4 number parser](https://url.spec.whatwg.org/#ipv4-number-parser)
const fn number(text: &[u8]) -> Option<u64> {
    let (digits, radix): (&[u8], u64) = match text {
        [b'0', b'x' | b'X', hex @ ..] => (hex, 16),
        [b'0', octal @ ..] if !octal.is_empty() => (octal, 8),
        [] => return None,
        _ => (text, 10),
    };
    let mut value: u64 = 0;
    let mut i = 0;
    while i < digits.len() {
        let byte = at(digits, i);
        if !byte.is_ascii_hexdigit() {
            return None;
        }
        let digit = hex_value(byte);
        if wide_u32(digit) >= radix || value > 0xffff_ffff {
            return None;
        }
        value = value.wrapping_mul(radix).wrapping_add(wide_u32(digit));
        i = next(i);
    }
    Some(value)
}

/// The eight pieces of an IPv6 address without brackets, in any of its spellings.
///
/// # Specification
///
/// [URL: IPv6 parser](https://url.spec.whatwg.org/#concept-ipv6-parser)
pub(crate) const fn ipv6(text: &[u8]) -> Option<[u16; 8]> {
    let mut pieces = [0u16; 8];
    let mut count = 0;
    let mut compress = None;
    let mut i = 0;
    if at(text, 0) == b':' {
        if at(text, 1) != b':' {
            return None;
        }
        i = 2;
        compress = Some(0);
    }
    while i < text.len() {
        if count == 8 {
            return None;
        }
        if at(text, i) == b':' {
            if compress.is_some() {
                return None;
            }
            i = next(i);
            compress = Some(count);
            continue;
        }
        let mut value: u32 = 0;
        let start = i;
        while i < text.len() && i.wrapping_sub(start) < 4 && at(text, i).is_ascii_hexdigit() {
            value = value.wrapping_mul(16).wrapping_add(hex_value(at(text, i)));
            i = next(i);
        }
        if at(text, i) == b'.' {
            // The last 32 bits as an IPv4 address.
            let Some(quads) = ipv4(from(text, start)) else {
                return None;
            };
            if count > 6 {
                return None;
            }
            set_piece(&mut pieces, count, pair(at(&quads, 0), at(&quads, 1)));
            set_piece(&mut pieces, next(count), pair(at(&quads, 2), at(&quads, 3)));
            count = count.wrapping_add(2);
            break;
        }
        if i == start {
            return None;
        }
        if i < text.len() {
            if at(text, i) != b':' {
                return None;
            }
            i = next(i);
            if i == text.len() {
                return None;
            }
        }
        set_piece(&mut pieces, count, low_half(value));
        count = next(count);
    }
    match compress {
        None if count == 8 => Some(pieces),
        None => None,
        Some(_) if count == 8 => None,
        Some(at_piece) => {
            // Move what follows the `::` to the end.
            let mut moved = [0u16; 8];
            let gap = 8usize.wrapping_sub(count);
            let mut n = 0;
            while n < count {
                let target = if n < at_piece { n } else { n.wrapping_add(gap) };
                set_piece(&mut moved, target, piece(&pieces, n));
                n = next(n);
            }
            Some(moved)
        }
    }
}

/// The IPv4 address inside `::ffff:0:0/96`.
pub(crate) const fn mapped_ipv4(pieces: &[u16; 8]) -> Option<[u8; 4]> {
    match *pieces {
        [0, 0, 0, 0, 0, 0xffff, high, low] => {
            let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
            Some([a, b, c, d])
        }
        _ => None,
    }
}

/// Appends an IPv6 address in its compressed form.
///
/// # Specification
///
/// [URL: IPv6 serializer](https://url.spec.whatwg.org/#concept-ipv6-serializer)
pub(crate) const fn push_ipv6<const N: usize>(text: &mut Text<N>, pieces: &[u16; 8]) {
    let (gap, gap_len) = longest_zero_run(pieces);
    let mut n = 0;
    while n < 8 {
        if gap_len > 1 && n == gap {
            text.push_str(if n == 0 { "::" } else { ":" });
            n = n.wrapping_add(gap_len);
            continue;
        }
        text.push_hex(piece(pieces, n));
        n = next(n);
        if n < 8 {
            text.push(b':');
        }
    }
}

/// The first of the longest runs of zero pieces, and its length.
const fn longest_zero_run(pieces: &[u16; 8]) -> (usize, usize) {
    let mut best = (0, 0);
    let mut start = 0;
    while start < 8 {
        let mut end = start;
        while end < 8 && piece(pieces, end) == 0 {
            end = next(end);
        }
        let length = end.wrapping_sub(start);
        if length > best.1 {
            best = (start, length);
        }
        start = next(end);
    }
    best
}

const fn hex_value(byte: u8) -> u32 {
    widen(match byte {
        b'0'..=b'9' => byte.wrapping_sub(b'0'),
        b'a'..=b'f' => byte.wrapping_sub(b'a').wrapping_add(10),
        _ => byte.wrapping_sub(b'A').wrapping_add(10),
    })
}

const fn pair(high: u8, low: u8) -> u16 {
    u16::from_be_bytes([high, low])
}

#[allow(clippy::indexing_slicing, reason = "the mask keeps the index below 8")]
const fn piece(pieces: &[u16; 8], n: usize) -> u16 {
    pieces[n & 7]
}

#[allow(clippy::indexing_slicing, reason = "the mask keeps the index below 8")]
const fn set_piece(pieces: &mut [u16; 8], n: usize, value: u16) {
    pieces[n & 7] = value;
}

const fn wide_u32(value: u32) -> u64 {
    wide(index(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipv6_spellings_have_one_canonical_form() {
        for (text, canonical) in [
            ("::", "::"),
            ("::1", "::1"),
            ("1::", "1::"),
            ("0:0:0:0:0:0:0:1", "::1"),
            ("2001:DB8::1", "2001:db8::1"),
            ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
            ("::ffff:127.0.0.1", "::ffff:7f00:1"),
            ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
            ("0001:0002:0003:0004:0005:0006:0007:0008", "1:2:3:4:5:6:7:8"),
        ] {
            let mut written: Text<40> = Text::new();
            push_ipv6(&mut written, &ipv6(text.as_bytes()).expect(text));
            assert_eq!(written.as_str(), canonical, "{text}");
        }
    }

    #[test]
    fn what_is_no_ipv6_address() {
        for text in [
            "",
            ":",
            ":::",
            "1",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "1::2::3",
            "12345::",
            "::g",
            "1:",
            ":1",
            "::1:",
            "::1.2.3",
            "::1.2.3.4.5",
            "::256.1.1.1",
            "::1.2.3.04",
            "1:2:3:4:5:6:7:1.2.3.4",
            "1.2.3.4",
            "fe80::1%eth0",
            "1:2:3:4:5:6:7::8:9",
            "1:2:3:4::5:6:7:8",
        ] {
            assert_eq!(ipv6(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn ipv6_round_trips_through_std() {
        let mut state: u32 = 7;
        for _ in 0..20_000 {
            let mut pieces = [0u16; 8];
            for piece in &mut pieces {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *piece = if state & 0x1_0000 == 0 { 0 } else { low_half(state >> 16) };
            }
            let mut written: Text<40> = Text::new();
            push_ipv6(&mut written, &pieces);
            assert_eq!(ipv6(written.as_bytes()), Some(pieces));
            if mapped_ipv4(&pieces).is_none() && pieces[..6] != [0; 6] {
                let address = core::net::Ipv6Addr::from(pieces);
                assert_eq!(written.as_str(), std::format!("{address}"));
            }
        }
    }

    #[test]
    fn ipv4_is_four_short_decimals() {
        for (text, quads) in [
            ("127.0.0.1", Some([127, 0, 0, 1])),
            ("255.255.255.255", Some([255; 4])),
            ("256.0.0.1", None),
            ("1.2.3", None),
            ("1.2.3.4.5", None),
            ("01.2.3.4", None),
            ("1.2.3.", None),
            ("1..2.3", None),
            ("0x7f.0.0.1", None),
        ] {
            assert_eq!(ipv4(text.as_bytes()), quads, "{text}");
        }
        for (text, quads) in [
            ("127.1", Some([127, 0, 0, 1])),
            ("0x7f.1", Some([127, 0, 0, 1])),
            ("2130706433", Some([127, 0, 0, 1])),
            ("0177.0.0.01", Some([127, 0, 0, 1])),
            ("4294967295", Some([255; 4])),
            ("4294967296", None),
            ("1.2.3.4.5", None),
            ("1.2.3.256", None),
            ("08", None),
        ] {
            assert_eq!(lenient_ipv4(text.as_bytes()), quads, "{text}");
        }
    }
}
