//! The layout of a policy image, and [`PolicyRef`], which reads one.
//!
//! All numbers are little-endian; nothing is aligned; every offset is from the start of the image.
//!
//! ```text
//!   0  magic          "corsac"
//!   6  version        u8 (3), then a zero byte
//!   8  length         u32    of the whole image
//!  12  checksum       u32    of all bytes from 16 on
//!  16  flags          u32    see `Flags`
//!  20  status         u32    of a successful preflight
//!  24  seed           u32    of the tables' hashes
//!  28  masks          u32 offset, u32 count; each is 8 bytes
//!  36  origins        table: u32 offset, u32 cells, u32 records (see the module `table`)
//!  48  methods        table
//!  60  headers        table
//!  72  hosts          table
//!  84  content_types  table
//!  96  answers        u32    the fields of preflights (upper half) and of other responses, see `FieldSet`
//! 100  values         ten texts, each u32 offset, u32 length: the values as sent, in the order of `FieldName::ALL`
//!                     (Allow-Origin and Timing-Allow-Origin only where every response has the same), then that of `Vary`
//!                     on responses that are no preflight
//! 180  origins_text   u32 offset, u32 length: the entries of allow_origins, each ended by a blank
//! 188  hosts_text     u32 offset, u32 length: the entries of allow_hosts, joined by commas
//! 196  types_text     u32 offset, u32 length: the entries of allow_content_types, joined by commas
//! 204  pattern_ends   u32    bit n is set when what follows the `*` of a pattern for whole labels has a length of n modulo 32
//! 208  tables, masks and texts, in the order of their offsets
//! ```

use core::fmt;

use crate::answers::Answers;
use crate::bytes::{eq, from, index, is_printable, low, narrow, next, part, to, u32_at};
use crate::error::ImageError;
use crate::hash::Hash;
use crate::record::RecordKind;
use crate::records::key_hash;
use crate::table::{Holds, Span, Table, mask_at};

pub(crate) const MAGIC: [u8; 8] = *b"corsac\x03\0";
pub(crate) const HEAD_LEN: usize = 208;

/// Offsets in the head.
pub(crate) mod head {
    pub(crate) const LENGTH: usize = 8;
    pub(crate) const CHECKSUM: usize = 12;
    pub(crate) const FLAGS: usize = 16;
    pub(crate) const STATUS: usize = 20;
    pub(crate) const SEED: usize = 24;
    pub(crate) const MASKS: usize = 28;
    pub(crate) const ORIGINS: usize = 36;
    pub(crate) const METHODS: usize = 48;
    pub(crate) const HEADERS: usize = 60;
    pub(crate) const HOSTS: usize = 72;
    pub(crate) const CONTENT_TYPES: usize = 84;
    pub(crate) const ANSWERS: usize = 96;
    pub(crate) const VALUES: usize = 100;
    pub(crate) const ORIGINS_TEXT: usize = value(10);
    pub(crate) const HOSTS_TEXT: usize = value(11);
    pub(crate) const CONTENT_TYPES_TEXT: usize = value(12);

    /// Where the place of a value stands: the field's number in `FieldName::ALL`, or `VARY_OTHERWISE`.
    pub(crate) const fn value(number: usize) -> usize {
        VALUES.wrapping_add(number.wrapping_mul(8))
    }

    pub(crate) const PATTERN_ENDS: usize = 204;

    pub(crate) const CONSTANT_ORIGIN: usize = value(0);
    pub(crate) const CREDENTIALS: usize = value(1);
    pub(crate) const METHODS_TEXT: usize = value(2);
    pub(crate) const HEADERS_TEXT: usize = value(3);
    pub(crate) const MAX_AGE_TEXT: usize = value(4);
    pub(crate) const PRIVATE_NETWORK: usize = value(5);
    pub(crate) const EXPOSE_TEXT: usize = value(6);
    pub(crate) const CONSTANT_TIMING: usize = value(7);
    pub(crate) const VARY_TEXT: usize = value(8);
    pub(crate) const VARY_OTHERWISE: usize = value(9);
}

/// The switches of a policy, and what its lists hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Flags(pub(crate) u32);

impl Flags {
    pub(crate) const ANY_ORIGIN: Self = Self(1);
    pub(crate) const CREDENTIALS: Self = Self(1 << 1);
    pub(crate) const NULL_ORIGIN: Self = Self(1 << 2);
    pub(crate) const PRIVATE_NETWORK: Self = Self(1 << 3);
    pub(crate) const STATIC_ORIGIN: Self = Self(1 << 4);
    pub(crate) const MINIMAL_ANSWERS: Self = Self(1 << 5);
    pub(crate) const TIMING: Self = Self(1 << 6);
    pub(crate) const ANY_METHOD: Self = Self(1 << 7);
    pub(crate) const ANY_HEADER: Self = Self(1 << 8);
    /// There are patterns with a `*` in the host, or with any port.
    pub(crate) const PATTERNS: Self = Self(1 << 9);
    /// There are in-label patterns.
    pub(crate) const IN_LABEL: Self = Self(1 << 10);
    /// There are patterns for any port.
    pub(crate) const ANY_PORT: Self = Self(1 << 11);

    /// There is a value to send in Access-Control-Allow-Methods.
    pub(crate) const METHODS: Self = Self(1 << 12);
    /// There is a value to send in Access-Control-Allow-Headers.
    pub(crate) const HEADERS: Self = Self(1 << 13);
    /// There is a value to send in Access-Control-Max-Age.
    pub(crate) const MAX_AGE: Self = Self(1 << 14);
    /// There is a value to send in Access-Control-Expose-Headers.
    pub(crate) const EXPOSED: Self = Self(1 << 15);
    /// There is a value to send in `Vary` on preflights.
    pub(crate) const VARY: Self = Self(1 << 16);

    /// There are entries for whole origins.
    pub(crate) const WHOLE: Self = Self(1 << 17);

    const ALL: u32 = (1 << 18) - 1;

    #[inline]
    pub(crate) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether all entries are for whole origins, each with its port.
    #[inline]
    pub(crate) const fn has_only_whole(self) -> bool {
        let others = Self::PATTERNS.0 | Self::IN_LABEL.0 | Self::ANY_PORT.0;
        self.0 & (Self::WHOLE.0 | others) == Self::WHOLE.0
    }

    #[must_use]
    pub(crate) const fn with_if(self, condition: bool, other: Self) -> Self {
        if condition { Self(self.0 | other.0) } else { self }
    }

    /// Whether every response that is no preflight carries the same fields, whatever `Origin` holds.
    #[inline]
    pub(crate) const fn is_constant(self) -> bool {
        self.has(Self(Self::ANY_ORIGIN.0 | Self::STATIC_ORIGIN.0))
    }

    /// Whether a valid configuration can have these flags: what `open` promises about a policy's safety.
    const fn is_possible(self) -> bool {
        let any = self.has(Self::ANY_ORIGIN);
        let null = self.has(Self::NULL_ORIGIN);
        let fixed = self.has(Self::STATIC_ORIGIN);
        let credentials = self.has(Self::CREDENTIALS);
        let private = self.has(Self::PRIVATE_NETWORK);
        self.0 & !Self::ALL == 0
            && !(any && (credentials || null || fixed || private))
            && !(null && (credentials || fixed || private))
    }
}

/// A compiled policy, borrowed: one contiguous run of bytes in flash, on a heap, in a file or in shared memory.
///
/// It is made by [`policy!`](crate::policy) while a program is built, by [`Config::compile_into`](crate::Config::compile_into)
/// or [`Policy`](crate::Policy) while it runs, or by [`open`](Self::open) from bytes that any of these made elsewhere. It is
/// `Copy`, holds no lock and changes nothing: any number of threads may decide on one policy.
///
/// # Examples
///
/// ```
/// use corsac::{Config, PolicyRef, Request};
///
/// let config = Config { allow_origins: &["https://app.example.com"], ..Config::CLOSED };
/// let mut memory = [0; 512];
/// let policy = config.compile_into(&mut memory)?;
/// let allowed = Request::from_fields("GET", [("Origin", "https://app.example.com")]);
/// assert_eq!(policy.decide(&allowed).allowed(), Some(true));
/// let refused = Request::from_fields("GET", [("Origin", "https://app.example.com.evil.example")]);
/// assert_eq!(policy.decide(&refused).allowed(), Some(false));
///
/// // The image travels as bytes, and is checked where it arrives.
/// let mut bytes = policy.image().to_vec();
/// assert_eq!(PolicyRef::open(&bytes).unwrap(), policy);
/// bytes[40] ^= 1;
/// assert!(PolicyRef::open(&bytes).is_err());
/// # Ok::<(), corsac::PolicyError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PolicyRef<'p> {
    head: &'p [u8; HEAD_LEN],
    image: &'p [u8],
}

impl<'p> PolicyRef<'p> {
    /// Takes a policy image from outside, after checking its mark, its length, its checksum, every offset, and every byte that
    /// could be sent in a response.
    ///
    /// The checksum finds accidents, not attackers: who can write the image decides the policy. Even so, deciding on any accepted
    /// bytes cannot panic or loop, send a control byte other than a tab, or send `*` together with credentials.
    ///
    /// # Errors
    ///
    /// An [`ImageError`] that says which check failed.
    ///
    /// # Complexity
    ///
    /// Linear in the length of the image.
    pub const fn open(image: &'p [u8]) -> Result<Self, ImageError> {
        if !eq(to(image, 6), to(&MAGIC, 6)) {
            return Err(ImageError::NotAnImage);
        }
        if !eq(to(image, 8), &MAGIC) {
            return Err(ImageError::Version);
        }
        let Some(policy) = Self::trusted(image) else {
            return Err(ImageError::Length);
        };
        if policy.u32(head::LENGTH) != narrow(image.len()) {
            return Err(ImageError::Length);
        }
        if policy.u32(head::CHECKSUM) != checksum(image) {
            return Err(ImageError::Checksum);
        }
        if policy.is_sound() { Ok(policy) } else { Err(ImageError::Structure) }
    }

    /// The policy in an image that this crate has just written.
    pub(crate) const fn trusted(image: &'p [u8]) -> Option<Self> {
        match image.first_chunk::<HEAD_LEN>() {
            Some(head) => Some(Self { head, image }),
            None => None,
        }
    }

    /// The policy in an image that [`policy!`](crate::policy) has just made. Not for other bytes: nothing is checked, which for a
    /// long list would take the compiler minutes.
    #[doc(hidden)]
    pub const fn __built(image: &'p [u8]) -> Self {
        match Self::trusted(image) {
            Some(policy) => policy,
            None => Self { head: &[0; HEAD_LEN], image: &[] },
        }
    }

    /// The bytes of the policy, to be stored or sent; [`open`](Self::open) takes them back.
    pub const fn image(&self) -> &'p [u8] {
        self.image
    }

    /// The status of a successful preflight.
    pub(crate) const fn preflight_status(&self) -> u16 {
        crate::bytes::low_half(self.u32(head::STATUS))
    }

    #[inline]
    pub(crate) const fn flags(&self) -> Flags {
        Flags(self.u32(head::FLAGS))
    }

    /// A text by its place in the head.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) const fn text(&self, at: usize) -> &'p [u8] {
        let start = index(self.u32(at));
        part(self.image, start, start.wrapping_add(index(self.u32(at.wrapping_add(4)))))
    }

    /// The value of the field with this number.
    #[inline]
    pub(crate) fn value(&self, number: usize) -> &'p [u8] {
        let Some(place) = self.head.get(head::value(number)..).and_then(<[u8]>::first_chunk::<8>) else {
            return &[];
        };
        let start = index(u32_at(place, 0));
        self.image.get(start..start.wrapping_add(index(u32_at(place, 4)))).unwrap_or_default()
    }

    #[inline]
    pub(crate) const fn answers(&self) -> Answers {
        Answers::from_bits(self.u32(head::ANSWERS))
    }

    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) const fn table(&self, at: usize) -> Table<'p> {
        let span =
            Span { at: self.u32(at), cells: self.u32(at.wrapping_add(4)), records: self.u32(at.wrapping_add(8)) };
        Table { image: self.image, span }
    }

    /// What a table has in `extra` for a key that is all in one piece: one of few is compared with each, one of many is looked up.
    // Inlined where instructions count, and not where bytes do.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    pub(crate) fn find(&self, table: &Table<'p>, kind: RecordKind, key: &[u8]) -> Option<u32> {
        if table.is_scanned() {
            table.scan(kind, key)
        } else {
            table.look_up(key_hash(self.seed(), kind, key), kind, key, b"")
        }
    }

    #[inline]
    pub(crate) const fn seed(&self) -> u32 {
        self.u32(head::SEED)
    }

    #[inline]
    pub(crate) const fn mask(&self, number: u32) -> u64 {
        mask_at(self.image, self.u32(head::MASKS), number)
    }

    /// Whether a pattern's fixed end may have this length: most labels need no look-up.
    #[inline]
    pub(crate) fn has_pattern_end(&self, length: usize) -> bool {
        self.u32(head::PATTERN_ENDS) & 1u32.wrapping_shl(narrow(length)) != 0
    }

    /// The entries of `allow_hosts` or of `allow_content_types`, in lower case.
    pub(crate) fn names(&self, text: usize) -> impl Iterator<Item = &'p [u8]> + Clone + use<'p> {
        self.text(text).split(|&byte| byte == b',').filter(|name| !name.is_empty())
    }

    /// The entries of `allow_origins` as they were written.
    pub(crate) fn origin_entries(&self) -> impl Iterator<Item = &'p [u8]> {
        let text = self.text(head::ORIGINS_TEXT);
        text.strip_suffix(b" ").into_iter().flat_map(|entries| entries.split(|&byte| byte == b' '))
    }

    #[inline]
    const fn u32(&self, at: usize) -> u32 {
        u32_at(self.head, at)
    }

    /// Whether every offset is in its bounds, and no value can be sent that `compile` would not have let in.
    const fn is_sound(&self) -> bool {
        let flags = self.flags();
        let masks = self.u32(head::MASKS + 4);
        let texts_at = index(self.u32(head::MASKS)).saturating_add(index(masks).saturating_mul(8));
        let status = self.u32(head::STATUS);
        texts_at <= self.image.len()
            && status >= 200
            && status <= 299
            && flags.is_possible()
            && self.u32(head::ANSWERS) == Answers::of(flags).to_bits()
            && self.has_texts(texts_at)
            && self.sends_any_only_as_allowed()
            && self.table(head::ORIGINS).is_sound(Holds::Origins, masks, texts_at)
            && self.table(head::METHODS).is_sound(Holds::Methods, 0, texts_at)
            && self.table(head::HEADERS).is_sound(Holds::Headers, 0, texts_at)
            && self.table(head::HOSTS).is_sound(Holds::HostsOrContentTypes, 0, texts_at)
            && self.table(head::CONTENT_TYPES).is_sound(Holds::HostsOrContentTypes, 0, texts_at)
    }

    /// Whether all texts lie behind the tables and masks, and all bytes there can be sent or shown.
    const fn has_texts(&self, texts_at: usize) -> bool {
        let mut number = 0;
        while number < 13 {
            let at = head::value(number);
            let (start, length) = (index(self.u32(at)), index(self.u32(at.wrapping_add(4))));
            if length > 0 && start < texts_at || start.saturating_add(length) > self.image.len() {
                return false;
            }
            number = next(number);
        }
        is_printable(from(self.image, texts_at))
    }

    /// Whether `*` is only sent where the flags say so, and never with credentials.
    const fn sends_any_only_as_allowed(&self) -> bool {
        let flags = self.flags();
        let credentials = flags.has(Flags::CREDENTIALS);
        flags.has(Flags::ANY_ORIGIN) == self.begins_with_any(head::CONSTANT_ORIGIN)
            && flags.has(Flags::ANY_ORIGIN) == self.begins_with_any(head::CONSTANT_TIMING)
            && !(credentials && self.begins_with_any(head::EXPOSE_TEXT))
            && (flags.has(Flags::ANY_METHOD) || !self.begins_with_any(head::METHODS_TEXT))
            && (flags.has(Flags::ANY_HEADER) || !self.begins_with_any(head::HEADERS_TEXT))
    }

    #[inline(never)]
    const fn begins_with_any(&self, at: usize) -> bool {
        crate::bytes::at(self.text(at), 0) == b'*'
    }
}

impl fmt::Debug for PolicyRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyRef")
            .field("image_len", &self.image.len())
            .field("origins", &self.origin_entries().count())
            .finish_non_exhaustive()
    }
}

/// The checksum of an image; the tests and the fuzz targets need it to get behind it.
#[doc(hidden)]
pub const fn checksum(image: &[u8]) -> u32 {
    low(Hash::new(0, RecordKind::METHOD).feed(from(image, head::FLAGS)).value())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::put_u32;
    use crate::{Config, Request};
    use std::vec::Vec;

    fn compiled(config: &Config<'_>) -> Vec<u8> {
        let mut image = std::vec![0; config.image_len().unwrap()];
        config.compile_into(&mut image).unwrap();
        image
    }

    /// The image after a change, with its checksum put right.
    fn forged(config: &Config<'_>, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut image = compiled(config);
        change(&mut image);
        let sum = checksum(&image);
        put_u32(&mut image, head::CHECKSUM, sum);
        image
    }

    const PAGE: Config<'static> = Config {
        allow_origins: &["https://a.example"],
        allow_headers: &["x-a"],
        allow_credentials: true,
        ..Config::CLOSED
    };

    #[test]
    fn a_forgery_without_a_change_opens() {
        assert!(PolicyRef::open(&forged(&PAGE, |_| ())).is_ok());
    }

    /// The bug: a listed method was taken unseen, so that a forged image let `trace` through, and a method with a blank at its end.
    #[test]
    fn a_listed_method_is_a_method() {
        let config = Config { allow_methods: &["PATCH", "LOCK"], minimal_answers: true, ..PAGE };
        for (method, is_sound) in
            [(b"PURGE", true), (b"TRACE", false), (b"tRACK", false), (b"PATC ", false), (b"PA,CH", false)]
        {
            let image = forged(&config, |image| {
                let at = image.windows(5).position(|text| text == b"PATCH").unwrap();
                image[at..at + 5].copy_from_slice(method);
            });
            assert_eq!(PolicyRef::open(&image).is_ok(), is_sound, "{method:?}");
        }
    }

    /// The bug: a listed header name was taken unseen, so that a forged image with a comma in one was answered by one pass over the
    /// request's names otherwise than by another.
    #[test]
    fn a_listed_header_is_a_name() {
        let config = Config { allow_headers: &["x-one", "x-two"], ..PAGE };
        for (name, is_sound) in [(b"x-six", true), (b"x,six", false), (b"x-si ", false), (b"trace", true)] {
            let image = forged(&config, |image| {
                let at = image.windows(5).rposition(|text| text == b"x-one").unwrap();
                image[at..at + 5].copy_from_slice(name);
            });
            assert_eq!(PolicyRef::open(&image).is_ok(), is_sound, "{name:?}");
        }
    }

    /// The bug: 64-bit targets scanned few patterns and 32-bit ones looked them up, so that a forged image, of which what only helps to
    /// look up was changed, was answered in two ways; and patterns for any port were looked up on both.
    #[test]
    fn few_patterns_need_nothing_that_helps_to_look_up() {
        let config = Config {
            allow_origins: &["http://*.localhost:*", "https://*.example.com", "https://app-*.example.org"],
            ..Config::CLOSED
        };
        type Change = fn(&mut Vec<u8>);
        let changes: [(&str, Change); 3] = [
            ("nothing", |_| ()),
            ("no length of a pattern's end", |image| put_u32(image, head::PATTERN_ENDS, 0)),
            ("no pattern within a label", |image| {
                let flags = u32_at(image, head::FLAGS);
                put_u32(image, head::FLAGS, flags & !Flags::IN_LABEL.0);
            }),
        ];
        for (what, change) in changes {
            let image = forged(&config, change);
            let policy = PolicyRef::open(&image).unwrap();
            for (entry, origin) in
                ["http://a.localhost:3000", "https://a.b.example.com", "https://app-1.example.org"].iter().enumerate()
            {
                let request = Request::from_fields("GET", [("Origin", *origin)]);
                assert_eq!(policy.decide(&request).matched_entry(), Some(entry), "{what}: {origin}");
            }
        }
    }

    /// The bug: a forged record of a name that was none was taken by the glance at the first names of a list, and not by the look at
    /// each, so that targets answered in two ways.
    #[test]
    fn a_table_has_its_own_kinds_of_records() {
        let config = Config { allow_methods: &["PUT"], allow_hosts: &["a:*"], allow_content_types: &["a/b"], ..PAGE };
        for (table, kinds) in [
            (head::METHODS, &[RecordKind::METHOD.number()][..]),
            (head::HEADERS, &[RecordKind::NAME.number()]),
            (head::HOSTS, &[RecordKind::NAME.number(), RecordKind::NAME.with_any_port(true).number()]),
            (head::CONTENT_TYPES, &[RecordKind::NAME.number(), RecordKind::NAME.with_any_port(true).number()]),
        ] {
            for kind in 0..16 {
                let image = forged(&config, |image| {
                    let record = index(u32_at(image, table));
                    let shape = u32_at(image, record + 8);
                    put_u32(image, record + 8, shape & !15 | kind);
                });
                assert_eq!(PolicyRef::open(&image).is_ok(), kinds.contains(&kind), "{table} {kind}");
            }
        }
    }

    /// The bug: nothing held a forged pattern to its scheme, so that one with no more than `http` took what is no origin.
    #[test]
    fn a_pattern_has_a_scheme() {
        let config = Config { allow_origins: &["https://*.example.com"], ..Config::CLOSED };
        let image = forged(&config, |image| {
            let record = index(u32_at(image, head::ORIGINS));
            put_u32(image, record + 8, RecordKind::IN_LABEL.number() | 4 << 4);
        });
        assert_eq!(PolicyRef::open(&image), Err(ImageError::Structure));
    }

    #[test]
    fn a_constant_origin_is_not_any_with_credentials() {
        let config = Config { static_origin: true, ..PAGE };
        let image = forged(&config, |image| {
            let at = index(u32_at(image, head::CONSTANT_ORIGIN));
            image[at] = b'*';
            put_u32(image, head::CONSTANT_ORIGIN + 4, 1);
        });
        assert_eq!(PolicyRef::open(&image), Err(ImageError::Structure));
    }

    #[test]
    fn a_record_does_not_make_an_origin_of_any() {
        let image = forged(&PAGE, |image| {
            let at = index(u32_at(image, head::ORIGINS_TEXT));
            image[at] = b'*';
            let table = head::ORIGINS;
            let record = index(u32_at(image, table));
            put_u32(image, record + 8, 2 | 1 << 4);
        });
        assert_eq!(PolicyRef::open(&image), Err(ImageError::Structure));
    }

    #[test]
    fn no_text_holds_a_control_byte() {
        for byte in [b'\n', b'\r', 0, b'\t', 0x7f, 0xff] {
            let image = forged(&PAGE, |image| *image.last_mut().unwrap() = byte);
            assert_eq!(PolicyRef::open(&image), Err(ImageError::Structure), "{byte}");
        }
    }

    #[test]
    fn a_record_does_not_name_what_is_no_text() {
        let image = forged(&PAGE, |image| {
            let table = head::HEADERS;
            let record = index(u32_at(image, table));
            put_u32(image, record, 0); // The mark of the image.
        });
        assert_eq!(PolicyRef::open(&image), Err(ImageError::Structure));
    }

    #[test]
    fn every_table_is_looked_at() {
        let config = Config { allow_methods: &["PUT"], allow_hosts: &["a"], allow_content_types: &["a/b"], ..PAGE };
        for table in [head::ORIGINS, head::METHODS, head::HEADERS, head::HOSTS, head::CONTENT_TYPES] {
            let image = forged(&config, |image| put_u32(image, table + 8, 9)); // More than are scanned.
            assert_eq!(PolicyRef::open(&image), Err(ImageError::Structure), "{table}");
        }
    }

    #[test]
    fn every_cell_is_looked_at() {
        let hosts: Vec<_> = (0..9).map(|number| std::format!("host-{number}")).collect();
        let long = std::format!("{}.example", ["a23456789b123456789c123456789"; 3].join("."));
        let mut hosts: Vec<&str> = hosts.iter().map(std::string::String::as_str).collect();
        hosts.push(&long);
        let config = Config { allow_hosts: &hosts, ..PAGE };
        let cells = |image: &[u8]| {
            let at = index(u32_at(image, head::HOSTS));
            let cells = index(u32_at(image, head::HOSTS + 4));
            (0..cells).map(move |number| at + number * 64).collect::<Vec<_>>()
        };
        let length = |image: &[u8], at: usize| index(u32_at(image, at + 8) >> 4);
        let taken = cells(&compiled(&config)).into_iter().filter(|&at| length(&compiled(&config), at) > 0).count();
        assert_eq!(taken, hosts.len());
        for number in 0..cells(&compiled(&config)).len() {
            type Change = fn(&mut Vec<u8>, usize, usize);
            let changes: [(&str, Change); 5] = [
                ("nothing", |_, _, _| ()),
                ("a byte that cannot be shown", |image, at, length| match length {
                    0 => (),
                    1..=48 => image[at + 16 + length - 1] = b'\n',
                    _ => put_u32(image, at + 16, 16), // Text that is none.
                }),
                ("another kind", |image, at, length| {
                    if length > 0 {
                        image[at + 8] ^= RecordKind::METHOD.number() as u8 ^ RecordKind::NAME.number() as u8;
                    }
                }),
                ("one more, or one less", |image, at, length| {
                    put_u32(image, at + 8, if length > 0 { 0 } else { RecordKind::NAME.number() | 1 << 4 });
                    image[at + 16] = b'a';
                }),
                ("text behind the end", |image, at, length| {
                    if length > 48 {
                        let end = image.len();
                        put_u32(image, at + 16, narrow(end - length + 1));
                    }
                }),
            ];
            for (what, change) in changes {
                let mut is_changed = false;
                let image = forged(&config, |image| {
                    let before = image.clone();
                    let at = cells(image)[number];
                    let length = length(image, at);
                    change(image, at, length);
                    is_changed = *image != before;
                });
                assert_eq!(PolicyRef::open(&image).is_err(), is_changed, "cell {number}: {what}");
            }
        }
        for (offset, value) in [(0, u32::MAX), (4, 0), (4, 1_000), (4, u32::MAX), (8, 9)] {
            let image = forged(&config, |image| put_u32(image, head::HOSTS + offset, value));
            assert_eq!(PolicyRef::open(&image), Err(ImageError::Structure), "{offset}: {value}");
        }
    }

    /// The bug: a free cell was one of an empty method, so that a forged image let that through.
    #[test]
    fn a_free_cell_holds_nothing() {
        let methods = ["A", "B", "C", "D", "E", "F", "G", "H", "I"];
        let config = Config { allow_methods: &methods, minimal_answers: true, ..PAGE };
        let tag = low(key_hash(0, RecordKind::METHOD, b"").value());
        let mut free = 0;
        let image = forged(&config, |image| {
            for number in 0..14 {
                let at = index(u32_at(image, head::METHODS)) + number * 64;
                put_u32(image, at, u32::MAX); // All that can be known, and a reach of 255 cells of 14.
                if u32_at(image, at + 8) == 0 {
                    put_u32(image, at + 4, tag);
                    free += 1;
                }
            }
        });
        assert_eq!(free, 5);
        let policy = PolicyRef::open(&image).unwrap();
        let allowed = |method| {
            let fields = [("Origin", PAGE.allow_origins[0]), ("Access-Control-Request-Method", method)];
            policy.decide(&Request::from_fields("OPTIONS", fields)).allowed()
        };
        assert_eq!(allowed(""), Some(false));
        assert_eq!(allowed("Z"), Some(false));
        for method in methods {
            assert_eq!(allowed(method), Some(true), "{method}");
        }
    }

    #[test]
    fn a_cell_of_a_pattern_is_looked_at() {
        let origins: Vec<_> =
            ('a'..='i').map(|letter| std::format!("https://{letter}-*-{letter}.example.com")).collect();
        let origins: Vec<&str> = origins.iter().map(std::string::String::as_str).collect();
        let config = Config { allow_origins: &origins, ..Config::CLOSED };
        let masks = u32_at(&compiled(&config), head::MASKS + 4);
        assert_eq!(masks, 18);
        for kind in [RecordKind::BASE, RecordKind::PREFIX, RecordKind::IN_LABEL] {
            type Change = fn(&mut [u8], u32);
            let changes: [(&str, bool, Change); 4] = [
                ("nothing", true, |_, _| ()),
                ("the last mask", true, |cell, masks| put_u32(cell, 12, masks - 1)),
                ("a mask behind the last", false, |cell, masks| put_u32(cell, 12, masks)),
                ("a byte in the right text that cannot be shown", false, |cell, _| {
                    let shape = u32_at(cell, 8);
                    cell[16 + index((shape >> 4 & 0x3fff) + (shape >> 18)) - 1] = b'\n';
                }),
            ];
            for (what, is_sound, change) in changes {
                let is_sound = is_sound || kind == RecordKind::IN_LABEL && what == "a mask behind the last";
                let image = forged(&config, |image| {
                    let at = index(u32_at(image, head::ORIGINS));
                    let cells = image[at..].chunks_exact_mut(64);
                    let mut of_kind = cells.filter(|cell| u32_at(cell, 8) & 15 == kind.number());
                    change(of_kind.next().unwrap(), masks);
                });
                assert_eq!(PolicyRef::open(&image).is_ok(), is_sound, "{kind:?}: {what}");
            }
        }
    }

    /// The bug: where only whole origins are listed, 64-bit targets looked at none of these, and 32-bit ones at each.
    #[test]
    fn many_whole_origins_are_looked_up_alike_whatever_the_flags() {
        let origins: Vec<_> = (0..9).map(|number| std::format!("http://host-{number}.example")).collect();
        let origins: Vec<&str> = origins.iter().map(std::string::String::as_str).collect();
        let config = Config { allow_origins: &origins, ..Config::CLOSED };
        let allowed = |image: &[u8], origin: &str| {
            PolicyRef::open(image).unwrap().decide(&Request::from_fields("GET", [("Origin", origin)])).allowed()
        };
        let with_flags = |clear: u32, set: u32| {
            forged(&config, |image| {
                let flags = u32_at(image, head::FLAGS);
                put_u32(image, head::FLAGS, flags & !clear | set);
            })
        };
        assert_eq!(allowed(&with_flags(0, 0), origins[3]), Some(true));
        assert_eq!(allowed(&with_flags(Flags::WHOLE.0, 0), origins[3]), Some(false));
        // Without its port it is looked up among those for any, of which there is none.
        let any_port = with_flags(0, Flags::ANY_PORT.0);
        assert_eq!(allowed(&any_port, origins[3]), Some(true));
        assert_eq!(allowed(&any_port, &std::format!("{}:8080", origins[3])), Some(false));
        for set in [Flags::PATTERNS.0, Flags::IN_LABEL.0, Flags::PATTERNS.0 | Flags::IN_LABEL.0] {
            assert_eq!(allowed(&with_flags(0, set), origins[3]), Some(true), "{set:x}");
            assert_eq!(allowed(&with_flags(0, set), "http://host-99.example"), Some(false), "{set:x}");
        }
    }

    #[test]
    fn any_exposed_header_is_not_sent_with_credentials() {
        let image = forged(&Config { expose_headers: &["x-b"], ..PAGE }, |image| {
            let at = index(u32_at(image, head::EXPOSE_TEXT));
            image[at] = b'*';
        });
        assert_eq!(PolicyRef::open(&image), Err(ImageError::Structure));
    }

    #[test]
    fn what_is_wrong_with_an_image_is_told_apart() {
        let image = compiled(&PAGE);
        for end in 0..image.len() {
            let error = PolicyRef::open(&image[..end]).unwrap_err();
            let expected = match end {
                0..6 => ImageError::NotAnImage,
                6..8 => ImageError::Version,
                _ => ImageError::Length,
            };
            assert_eq!(error, expected, "{end}");
        }
        for (at, expected) in [(0, ImageError::NotAnImage), (6, ImageError::Version), (8, ImageError::Length)] {
            let mut altered = image.clone();
            altered[at] ^= 1;
            assert_eq!(PolicyRef::open(&altered), Err(expected));
        }
        for at in 12..image.len() {
            let mut altered = image.clone();
            altered[at] ^= 1;
            assert_eq!(PolicyRef::open(&altered), Err(ImageError::Checksum), "{at}");
        }
    }

    #[test]
    fn no_policy_is_left_where_compiling_failed() {
        let mut memory = compiled(&PAGE);
        memory.resize(memory.len() + 64, 0);
        let mistaken = Config { allow_origins: &["*"], ..PAGE };
        assert!(mistaken.compile_into(&mut memory).is_err());
        let length = compiled(&PAGE).len();
        assert_eq!(PolicyRef::open(&memory[..length]), Err(ImageError::NotAnImage));
    }

    /// Pairs of letters that once cancelled each other in the hash, whatever the seed: 4,096 origins that were one to it.
    #[test]
    fn origins_made_to_collide_do_not() {
        let origins: Vec<std::string::String> = (0u32..4_096)
            .map(|bits| {
                let pairs =
                    (0..12).map(|pair| if bits >> pair & 1 == 1 { "aaaaaaaqaaaqaaaq" } else { "aaaaaaa1aaa1aaa1" });
                let host: Vec<&str> = pairs.collect();
                std::format!(
                    "https://{}.{}.example",
                    host[..3].concat(),
                    host.chunks(3).skip(1).map(|label| label.concat()).collect::<Vec<_>>().join(".")
                )
            })
            .collect();
        let origins: Vec<&str> = origins.iter().map(std::string::String::as_str).collect();
        let image = compiled(&Config { allow_origins: &origins, ..Config::CLOSED });
        let policy = PolicyRef::open(&image).unwrap();
        assert!(policy.seed() < 4, "{}", policy.seed());
        for origin in origins {
            let request = Request::from_fields("GET", [("Origin", origin)]);
            assert_eq!(policy.decide(&request).allowed(), Some(true));
        }
    }
}
