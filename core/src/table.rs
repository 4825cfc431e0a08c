//! The lists of a policy inside its image: written once, then only read.
//!
//! Up to [`SCAN_LIMIT`] records are not worth a hash: they are compared one after another.
//!
//! More are looked up, in time that depends on the length of what is looked up and not on their number. A record has a cell with
//! all that a look-up reads, as far as there is room: what is dear among many is memory, and so one place is read, and not an
//! index, a record and a text. The hash of a key names its home; it lies there or in the next cell that was free. The home knows how
//! far those that belong to it reach, and has a bit for each of their tags, so that most misses end there; text is compared where a
//! tag is the same.
//!
//! None lies further than [`REACH_LIMIT`] cells away, in every image that [`compile`](crate::Config::compile_into) makes, because it
//! tries other seeds until that holds. So entries that were made to collide (a host where customers register origins, say) cost
//! compile time, and a look-up no more than to read so many cells and to compare the text of those with its tag.
//!
//! ```text
//! few     = record*          see the module `record`
//! many    = cell*            of which two thirds are taken at most
//! known   = reach:8 tags:24
//! ```

use crate::ascii::is_token;
use crate::bytes::{
    find_text, from, high, index, is_lower_case_of, is_printable, low, narrow, next, part, put_u32, u32_at, wide,
};
use crate::hash::Hash;
use crate::method::is_forbidden;
use crate::record::{CELL_LEN, RECORD_LEN, Record, RecordKind, piece, shape, texts_of_cell};

/// Most cells that a look-up compares. With two thirds of them taken, of a million entries about one in a hundred lists has a run that is
/// longer, and then the next seed is tried.
pub(crate) const REACH_LIMIT: u32 = 255;

/// Most records that are compared one after another rather than looked up by their hash.
pub(crate) const SCAN_LIMIT: usize = 8;

/// Where a table lies in an image.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Span {
    pub(crate) at: u32,
    /// The cells of many records; none for few, which are scanned.
    pub(crate) cells: u32,
    pub(crate) records: u32,
}

impl Span {
    /// The span of a table at `at` with room for `records`.
    pub(crate) const fn for_records(at: usize, records: usize) -> Self {
        let cells = if records > SCAN_LIMIT { records.saturating_add(records.div_ceil(2)) } else { 0 };
        Self { at: narrow(at), cells: narrow(cells), records: narrow(records) }
    }

    pub(crate) const fn end(&self) -> usize {
        let count = if self.is_scanned() { self.records } else { self.cells };
        index(self.at).saturating_add(index(count).saturating_mul(self.step()))
    }

    /// From one record or cell to the next.
    #[inline]
    const fn step(&self) -> usize {
        if self.is_scanned() { RECORD_LEN } else { CELL_LEN }
    }

    /// Whether one record is looked at after another.
    #[inline]
    pub(crate) const fn is_scanned(&self) -> bool {
        self.cells == 0
    }

    /// The cell in which a record with this hash is at home.
    #[inline]
    const fn home_at(&self, hash: u64) -> usize {
        let number = high(wide(index(high(hash))).wrapping_mul(wide(index(self.cells))));
        index(self.at).wrapping_add(index(number).wrapping_mul(CELL_LEN))
    }

    /// The cell after the one at `at`.
    #[inline]
    const fn after(&self, at: usize) -> usize {
        let after = at.wrapping_add(CELL_LEN);
        let end = index(self.at).wrapping_add(index(self.cells).wrapping_mul(CELL_LEN));
        if after == end { index(self.at) } else { after }
    }
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
    pub(crate) const fn is_scanned(&self) -> bool {
        self.span.is_scanned()
    }

    /// Whether the first name of few is this one, byte for byte: what most look-ups in a table of names find.
    #[inline]
    pub(crate) fn begins_with(&self, kind: RecordKind, name: &[u8]) -> bool {
        let is_it = |record: &[u8; RECORD_LEN]| {
            u32_at(record, 8) == shape(kind, narrow(name.len()), 0) && self.piece(u32_at(record, 0), name.len()) == name
        };
        self.is_scanned() && self.records().first_chunk().is_some_and(is_it)
    }

    /// A few records, one after another.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    pub(crate) fn records(&self) -> &'p [u8] {
        let len = index(self.span.records).wrapping_mul(RECORD_LEN);
        self.piece(self.span.at, len)
    }

    /// What the record with this key, which is all in one piece, has in `extra`: looks at one record after another.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn scan(&self, kind: RecordKind, key: &[u8]) -> Option<u32> {
        let shape = shape(kind, narrow(key.len()), 0);
        for record in self.records().chunks_exact(RECORD_LEN) {
            let found = self.match_record(record.first_chunk()?, shape, kind.ignores_case(), key);
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// What a record has in `extra`, if it has this key.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn match_record(&self, record: &[u8; RECORD_LEN], shape: u32, ignore_case: bool, key: &[u8]) -> Option<u32> {
        if u32_at(record, 8) != shape {
            return None;
        }
        let text = self.piece(u32_at(record, 0), key.len());
        let same = text == key || ignore_case && is_lower_case_of(text, key);
        if same { Some(u32_at(record, 12)) } else { None }
    }

    /// What the record of many with this key has in `extra`, by the hash of the key.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    pub(crate) fn look_up(&self, hash: Hash, kind: RecordKind, left: &[u8], right: &[u8]) -> Option<u32> {
        let hash = hash.value();
        let tag = low(hash);
        let shape = shape(kind, narrow(left.len()), narrow(right.len()));
        let mut at = self.span.home_at(hash);
        let mut cell = self.cell(at)?;
        let known = u32_at(cell, 0);
        if known & tag_bit(tag) == 0 {
            return None;
        }
        for _ in 0..known & REACH_LIMIT {
            if u32_at(cell, 4) == tag && u32_at(cell, 8) == shape {
                let (left_at, right_at) = texts_of_cell(cell, at, shape);
                let left_here = self.piece(left_at, left.len());
                let same_left = left_here == left || kind.ignores_case() && is_lower_case_of(left_here, left);
                if same_left && self.piece(right_at, right.len()) == right {
                    return Some(u32_at(cell, 12));
                }
            }
            at = self.span.after(at);
            cell = self.cell(at)?;
        }
        None
    }

    #[inline]
    fn cell(&self, at: usize) -> Option<&'p [u8; CELL_LEN]> {
        self.image.get(at..)?.first_chunk()
    }

    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    pub(crate) fn piece(&self, at: u32, len: usize) -> &'p [u8] {
        let start = index(at);
        self.image.get(start..start.wrapping_add(len)).unwrap_or_default()
    }

    /// Whether all of the table lies in the image, the text that its records name behind `texts_at`, and each record is one that such a
    /// table holds.
    #[inline(never)]
    pub(crate) const fn is_sound(&self, holds: Holds, masks: u32, texts_at: usize) -> bool {
        let (span, end) = (self.span, self.span.end());
        if span.is_scanned() && index(span.records) > SCAN_LIMIT || end > self.image.len() {
            return false;
        }
        let mut at = index(span.at);
        let mut records = 0;
        while at < end {
            let mut record = Record::read(from(self.image, at));
            let is_inside = !span.is_scanned() && record.find_texts(self.image, at);
            let start = if is_inside { at } else { texts_at };
            at = at.wrapping_add(span.step());
            if !span.is_scanned() && record.shape() == 0 {
                continue;
            }
            records = next(records);
            let left = self.piece_from(start, record.left_at, record.left_len);
            let right = self.piece_from(start, record.right_at, record.right_len);
            let (Some(left), Some(_)) = (left, right) else {
                return false;
            };
            if !holds.has(&record, left) || record.kind.has_mask() && record.extra >= masks {
                return false;
            }
        }
        records == index(span.records)
    }

    /// A piece of a record, if it is printable, and lies in the image and not before `start`.
    #[inline(never)]
    const fn piece_from(&self, start: usize, at: u32, len: u32) -> Option<&'p [u8]> {
        let text = piece(self.image, at, len);
        let is_sound = len == 0 || index(at) >= start && text.len() == index(len) && is_printable(text);
        if is_sound { Some(text) } else { None }
    }
}

/// The bit that a home has set for each tag that belongs to it.
#[inline]
const fn tag_bit(tag: u32) -> u32 {
    (REACH_LIMIT + 1).wrapping_shl((tag >> 24).wrapping_mul(24) >> 8)
}

/// What came of an insertion.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Inserted {
    New,
    /// The same key was there; its `extra`.
    Found(u32),
    /// No cell in reach was free: another seed is needed.
    Clustered,
}

/// Writes a table into an image that is zero there.
pub(crate) struct TableWriter {
    pub(crate) span: Span,
    pub(crate) used: u32,
}

impl TableWriter {
    pub(crate) const fn new(span: Span) -> Self {
        Self { span, used: 0 }
    }

    /// Inserts `record`, among many by `hash`, unless a record with the same key is there.
    pub(crate) const fn insert(&mut self, out: &mut [u8], hash: Hash, record: Record) -> Inserted {
        let inserted =
            if self.span.is_scanned() { self.append(out, &record) } else { self.put(out, hash.value(), &record) };
        if matches!(inserted, Inserted::New) {
            self.used = self.used.wrapping_add(1);
        }
        inserted
    }

    const fn append(&self, out: &mut [u8], record: &Record) -> Inserted {
        let mut at = index(self.span.at);
        let end = at.wrapping_add(index(self.used).wrapping_mul(RECORD_LEN));
        while at < end {
            let other = Record::read(part(out, at, at.wrapping_add(RECORD_LEN)));
            if record.has_same_key(&other, out) {
                return Inserted::Found(other.extra);
            }
            at = at.wrapping_add(RECORD_LEN);
        }
        record.write(out, end);
        Inserted::New
    }

    const fn put(&self, out: &mut [u8], hash: u64, record: &Record) -> Inserted {
        let (home_at, tag) = (self.span.home_at(hash), low(hash));
        let mut at = home_at;
        let mut reach: u32 = 1;
        while reach <= REACH_LIMIT {
            let Some(other) = Record::of_cell(out, at) else {
                record.write_cell(out, at, tag);
                let known = u32_at(out, home_at);
                let reach = if reach < known & REACH_LIMIT { known & REACH_LIMIT } else { reach };
                put_u32(out, home_at, known & !REACH_LIMIT | tag_bit(tag) | reach);
                return Inserted::New;
            };
            if u32_at(out, at.wrapping_add(4)) == tag && record.has_same_key(&other, out) {
                return Inserted::Found(other.extra);
            }
            at = self.span.after(at);
            reach = reach.wrapping_add(1);
        }
        Inserted::Clustered
    }
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
