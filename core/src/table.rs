//! A hash table inside a policy image: built once, then only read.
//!
//! Look-up takes time in the length of what is looked up, not in the number of entries: one hash, then at most
//! [`PROBE_LIMIT`] slots, each compared by a 32-bit tag before any text is read. The limit holds for every image that
//! [`compile`](crate::Config::compile_into) makes, because it tries other seeds until it does: entries that were made to
//! collide (a host where customers register origins, say) cost compile time, never time per request.
//!
//! Nor do two records in one another's reach have the same tag, so that a look-up compares the text of one record at most.
//!
//! A table of up to [`SCAN_LIMIT`] records is not worth a hash: its records are compared one after another.
//!
//! ```text
//! table   = slots records
//! slots   = 2^k slots; at least twice the records
//! slot    = tag:u32 record:u32              record number + 1; 0 when empty
//! record  = left_at:u32 right_at:u32 shape:u32 extra:u32
//! shape   = kind:4 left_len:14 right_len:14
//! ```
//!
//! A record names up to two pieces of text in the image: the key's beginning and its end, with whatever a `*` stands for
//! between them.

use crate::ascii::is_token;
use crate::bytes::{
    find_text, from, high, index, is_lower_case_of, low, narrow, next, part, put_u32, to, u32_at, wide,
};
use crate::hash::Hash;
use crate::method::is_forbidden;

/// Most slots that a look-up reads. At half load a run this long has a probability of about one in a million for a million
/// entries, and then the next seed is tried.
pub(crate) const PROBE_LIMIT: u32 = 128;

/// Most records that are compared one after another rather than looked up by their hash.
pub(crate) const SCAN_LIMIT: u32 = 8;

pub(crate) const SLOT_LEN: usize = 8;
pub(crate) const RECORD_LEN: usize = 16;

/// What a record's key is. Also the domain that separates their hashes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct RecordKind(u32);

impl RecordKind {
    /// A method.
    pub(crate) const METHOD: Self = Self(0);
    /// A name without case: a header's, a content type, a host with its port; for any port, the host alone.
    pub(crate) const NAME: Self = Self(1);
    /// A whole origin; for any port, its scheme and host.
    pub(crate) const ORIGIN: Self = Self(2);
    /// Any labels before this end of an origin.
    pub(crate) const SUBDOMAINS: Self = Self(3);
    /// There are in-label patterns over this base; `extra` is the number of a mask of their prefixes' lengths.
    pub(crate) const BASE: Self = Self(4);
    /// There are in-label patterns with this prefix over this base; `extra` is the number of a mask of their suffixes' lengths.
    pub(crate) const PREFIX: Self = Self(5);
    /// An in-label pattern.
    pub(crate) const IN_LABEL: Self = Self(6);

    const ANY_PORT: u32 = 8;

    /// What a hash begins with.
    #[inline]
    pub(crate) const fn number(self) -> u32 {
        self.0
    }

    /// The same kind of key without the port, which may be any.
    #[inline]
    pub(crate) const fn with_any_port(self, any: bool) -> Self {
        if any { Self(self.0 | Self::ANY_PORT) } else { self }
    }

    /// The kind of the same key with its port, where this is one for any port.
    pub(crate) const fn of_any_port(self) -> Option<Self> {
        if self.is_any_port() { Some(Self(self.0 & !Self::ANY_PORT)) } else { None }
    }

    pub(crate) const fn ignores_case(self) -> bool {
        self.0 & !Self::ANY_PORT == Self::NAME.0
    }

    /// Whether the key is without its port, which may be any.
    const fn is_any_port(self) -> bool {
        self.0 & Self::ANY_PORT != 0
    }

    const fn eq(self, other: Self) -> bool {
        self.0 == other.0
    }

    const fn has_mask(self) -> bool {
        matches!(Self(self.0 & !Self::ANY_PORT), Self::BASE | Self::PREFIX)
    }
}

/// What a record is looked up by.
struct Key<'k> {
    kind: RecordKind,
    shape: u32,
    left: &'k [u8],
    right: &'k [u8],
}

impl<'k> Key<'k> {
    #[inline]
    const fn new(kind: RecordKind, left: &'k [u8], right: &'k [u8]) -> Self {
        Self { kind, shape: shape(kind, narrow(left.len()), narrow(right.len())), left, right }
    }
}

/// A record's kind and the lengths of its pieces in one number.
#[inline]
const fn shape(kind: RecordKind, left_len: u32, right_len: u32) -> u32 {
    kind.0 | left_len << 4 | right_len << 18
}

/// One record, decoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Record {
    pub(crate) left_at: u32,
    pub(crate) right_at: u32,
    pub(crate) kind: RecordKind,
    pub(crate) left_len: u32,
    pub(crate) right_len: u32,
    pub(crate) extra: u32,
}

/// The longest piece of text that a record can name.
pub(crate) const MAX_PIECE_LEN: usize = (1 << 14) - 1;

impl Record {
    pub(crate) const fn read(bytes: &[u8]) -> Self {
        let shape = u32_at(bytes, 8);
        Self {
            left_at: u32_at(bytes, 0),
            right_at: u32_at(bytes, 4),
            kind: RecordKind(shape & 15),
            left_len: (shape >> 4) & 0x3fff,
            right_len: shape >> 18,
            extra: u32_at(bytes, 12),
        }
    }

    const fn write(&self, out: &mut [u8], at: usize) {
        put_u32(out, at, self.left_at);
        put_u32(out, at.wrapping_add(4), self.right_at);
        put_u32(out, at.wrapping_add(8), shape(self.kind, self.left_len, self.right_len));
        put_u32(out, at.wrapping_add(12), self.extra);
    }
}

/// Where a table lies in an image.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Span {
    pub(crate) at: u32,
    /// A power of two, or zero for an empty table.
    pub(crate) slots: u32,
    pub(crate) records: u32,
}

impl Span {
    /// The span of a table at `at` with room for `records`.
    pub(crate) const fn for_records(at: usize, records: usize) -> Self {
        let slots = if records == 0 { 0 } else { records.saturating_mul(2).next_power_of_two() };
        Self { at: narrow(at), slots: narrow(slots), records: narrow(records) }
    }

    pub(crate) const fn records_at(&self) -> usize {
        index(self.at).saturating_add(index(self.slots).saturating_mul(SLOT_LEN))
    }

    pub(crate) const fn end(&self) -> usize {
        self.records_at().saturating_add(index(self.records).saturating_mul(RECORD_LEN))
    }
}

/// A record of a table of names, whose key is all in one piece.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Name<'p> {
    pub(crate) text: &'p [u8],
    pub(crate) any_port: bool,
}

/// What the keys of a table are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Origins and patterns.
    Origins,
    /// Methods that are not forbidden.
    Methods,
    /// Names of request headers.
    Headers,
    /// Hosts, each with its port or for any, or content types.
    HostsOrContentTypes,
}

impl Holds {
    /// Whether a record's kind and its left piece are what such a table holds: what deciding takes unseen.
    const fn has(self, record: &Record, left: &[u8]) -> bool {
        match self {
            // In this the pattern takes no look, and a `*` alone is none.
            Self::Origins => find_text(left, b"://").is_some(),
            Self::Methods => record.kind.eq(RecordKind::METHOD) && is_token(left) && !is_forbidden(left),
            Self::Headers => record.kind.eq(RecordKind::NAME) && is_token(left),
            Self::HostsOrContentTypes => record.kind.ignores_case() && !left.is_empty(),
        }
    }
}

/// A table to read.
#[derive(Clone, Copy)]
pub(crate) struct Table<'p> {
    pub(crate) image: &'p [u8],
    pub(crate) span: Span,
}

impl<'p> Table<'p> {
    /// Whether the table is small enough to look at one record after another.
    #[inline]
    pub(crate) fn is_scanned(&self) -> bool {
        self.span.records <= SCAN_LIMIT
    }

    /// What the record with this key has in `extra`, by the hash of the key.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    pub(crate) fn look_up(&self, hash: Hash, kind: RecordKind, left: &[u8], right: &[u8]) -> Option<u32> {
        let hash = hash.value();
        let mask = self.span.slots.checked_sub(1)?;
        let mut slot = high(hash) & mask;
        for _ in 0..PROBE_LIMIT {
            let slot_at = index(self.span.at).wrapping_add(index(slot).wrapping_mul(SLOT_LEN));
            let bytes = self.image.get(slot_at..)?.first_chunk::<SLOT_LEN>()?;
            let number = u32_at(bytes, 4).checked_sub(1)?;
            if u32_at(bytes, 0) == low(hash) {
                return self.match_record(self.record(number)?, &Key::new(kind, left, right)); // No other record in reach has this tag.
            }
            slot = slot.wrapping_add(1) & mask;
        }
        None
    }

    /// Whether the first name is this one, byte for byte: what most look-ups in a table of names find.
    #[inline]
    pub(crate) fn begins_with(&self, kind: RecordKind, name: &[u8]) -> bool {
        let is_it = |record: &[u8; RECORD_LEN]| {
            u32_at(record, 8) == shape(kind, narrow(name.len()), 0) && self.piece(u32_at(record, 0), name.len()) == name
        };
        self.span.records > 0 && self.record(0).is_some_and(is_it)
    }

    /// All records, one after another.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) fn records(&self) -> &'p [u8] {
        self.image.get(self.span.records_at()..self.span.end()).unwrap_or_default()
    }

    /// What the record with this key, which is all in one piece, has in `extra`: looks at one record after another.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn scan(&self, kind: RecordKind, key: &[u8]) -> Option<u32> {
        let key = Key::new(kind, key, b"");
        for record in self.records().chunks_exact(RECORD_LEN) {
            let found = self.match_record(record.first_chunk()?, &key);
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// What a record has in `extra`, if it has this key.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn match_record(&self, record: &[u8; RECORD_LEN], key: &Key<'_>) -> Option<u32> {
        if u32_at(record, 8) != key.shape {
            return None;
        }
        let left = self.piece(u32_at(record, 0), key.left.len());
        let same_left = left == key.left || key.kind.ignores_case() && is_lower_case_of(left, key.left);
        let same = same_left && (key.right.is_empty() || self.piece(u32_at(record, 4), key.right.len()) == key.right);
        if same { Some(u32_at(record, 12)) } else { None }
    }

    /// The names in the order of their entries.
    pub(crate) fn names(self) -> impl Iterator<Item = Name<'p>> {
        (0..self.span.records).filter_map(move |number| {
            let record = Record::read(self.record(number)?);
            let text = self.piece(record.left_at, index(record.left_len));
            Some(Name { text, any_port: record.kind.is_any_port() })
        })
    }

    #[cfg_attr(target_pointer_width = "64", inline)]
    fn record(&self, number: u32) -> Option<&'p [u8; RECORD_LEN]> {
        let at = self.span.records_at().wrapping_add(index(number).wrapping_mul(RECORD_LEN));
        self.image.get(at..)?.first_chunk()
    }

    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) fn piece(&self, at: u32, len: usize) -> &'p [u8] {
        let start = index(at);
        self.image.get(start..start.wrapping_add(len)).unwrap_or_default()
    }

    #[inline(never)]
    const fn has_piece(&self, at: u32, len: u32, texts_at: usize) -> bool {
        len == 0 || index(at) >= texts_at && index(at).saturating_add(index(len)) <= self.image.len()
    }

    /// Whether all of the table lies in the image, the text of each record behind `texts_at`, and each record is one that such a table
    /// holds.
    #[inline(never)]
    pub(crate) const fn is_sound(&self, holds: Holds, masks: u32, texts_at: usize) -> bool {
        let span = self.span;
        if span.slots == 0 {
            return span.records == 0;
        }
        if !span.slots.is_power_of_two() || span.records > span.slots / 2 || span.end() > self.image.len() {
            return false;
        }
        let mut slot = index(span.at);
        while slot < span.records_at() {
            if u32_at(self.image, slot.wrapping_add(4)) > span.records {
                return false;
            }
            slot = slot.wrapping_add(SLOT_LEN);
        }
        let mut at = span.records_at();
        while at < span.end() {
            let record = Record::read(part(self.image, at, at.wrapping_add(RECORD_LEN)));
            if record.kind.has_mask() && record.extra >= masks {
                return false;
            }
            if !self.has_piece(record.left_at, record.left_len, texts_at)
                || !self.has_piece(record.right_at, record.right_len, texts_at)
            {
                return false;
            }
            if !holds.has(&record, piece(self.image, record.left_at, record.left_len)) {
                return false;
            }
            at = at.wrapping_add(RECORD_LEN);
        }
        true
    }
}

#[inline]
const fn piece(image: &[u8], at: u32, len: u32) -> &[u8] {
    to(from(image, index(at)), index(len))
}

/// What came of an insertion.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Inserted {
    New,
    /// The same key was there; its record.
    Found(Record),
    /// The probe limit was reached, or another key with the same tag was met: another seed is needed.
    Clustered,
}

/// Writes a table into an image whose slots are zero.
pub(crate) struct TableWriter {
    pub(crate) span: Span,
    pub(crate) used: u32,
}

impl TableWriter {
    pub(crate) const fn new(span: Span) -> Self {
        Self { span, used: 0 }
    }

    /// Inserts `record` under `hash` unless a record with the same key is there.
    pub(crate) const fn insert(&mut self, out: &mut [u8], hash: Hash, record: Record) -> Inserted {
        let hash = hash.value();
        let mask = self.span.slots.wrapping_sub(1);
        let mut slot = high(hash) & mask;
        let mut probes = 0;
        while probes < PROBE_LIMIT {
            let slot_at = index(self.span.at).wrapping_add(index(slot).wrapping_mul(SLOT_LEN));
            let number = u32_at(out, slot_at.wrapping_add(4));
            if number == 0 {
                record.write(out, self.record_at(self.used));
                self.used = self.used.wrapping_add(1);
                put_u32(out, slot_at, low(hash));
                put_u32(out, slot_at.wrapping_add(4), self.used);
                return Inserted::New;
            }
            if u32_at(out, slot_at) == low(hash) {
                let at = self.record_at(number.wrapping_sub(1));
                let other = Record::read(part(out, at, at.wrapping_add(RECORD_LEN)));
                return if same_key(out, &record, &other) { Inserted::Found(other) } else { Inserted::Clustered };
            }
            slot = slot.wrapping_add(1) & mask;
            probes = probes.wrapping_add(1);
        }
        Inserted::Clustered
    }

    const fn record_at(&self, number: u32) -> usize {
        self.span.records_at().wrapping_add(index(number).wrapping_mul(RECORD_LEN))
    }
}

const fn same_key(image: &[u8], a: &Record, b: &Record) -> bool {
    let ignore_case = a.kind.ignores_case();
    a.kind.eq(b.kind)
        && same_piece(image, (a.left_at, a.left_len), (b.left_at, b.left_len), ignore_case)
        && same_piece(image, (a.right_at, a.right_len), (b.right_at, b.right_len), ignore_case)
}

const fn same_piece(image: &[u8], a: (u32, u32), b: (u32, u32), ignore_case: bool) -> bool {
    let (a, b) = (piece(image, a.0, a.1), piece(image, b.0, b.1));
    if ignore_case { crate::bytes::eq_ignore_case(a, b) } else { crate::bytes::eq(a, b) }
}

/// A mask of lengths: bit `n` is set when length `n` occurs.
pub(crate) const fn mask_at(image: &[u8], masks_at: u32, number: u32) -> u64 {
    let at = index(masks_at).wrapping_add(index(number).wrapping_mul(8));
    wide(index(u32_at(image, at))) | wide(index(u32_at(image, at.wrapping_add(4)))) << 32
}

/// Sets the bit for `length`, which is below 64, in a mask.
pub(crate) const fn add_to_mask(image: &mut [u8], masks_at: u32, number: u32, length: usize) {
    let at = index(masks_at).wrapping_add(index(number).wrapping_mul(8));
    let (at, bit) = if length < 32 { (at, length) } else { (at.wrapping_add(4), length.wrapping_sub(32)) };
    let mask = u32_at(image, at) | 1u32.wrapping_shl(narrow(bit));
    put_u32(image, at, mask);
}

const _: () = assert!(next(MAX_PIECE_LEN) == 1 << 14);
