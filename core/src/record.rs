//! One record of a table: what an entry is looked up by, and what is known of it.
//!
//! ```text
//! record  = left_at:u32 right_at:u32 shape:u32 extra:u32                among few
//! cell    = known:u32 tag:u32 shape:u32 extra:u32 texts:48              among many
//! shape   = kind:4 left_len:14 right_len:14; zero in a cell that is not taken
//! texts   = left right       if both have room
//!         | left_at:u32 right_at:u32
//! ```
//!
//! A record names up to two pieces of text in the image: the key's beginning and its end, with whatever a `*` stands for
//! between them. `extra` is the number of the entry, or of a mask.

use crate::bytes::{copy_within, from, index, narrow, next, put_u32, to, u32_at};
use crate::header_name::MAX_REQUEST_HEADERS_LEN;
use crate::media_type::MAX_CONTENT_TYPE_LEN;
use crate::origin::MAX_ORIGIN_LEN;

pub(crate) const RECORD_LEN: usize = 16;
pub(crate) const CELL_LEN: usize = 64;
/// What a cell has before its texts.
pub(crate) const CELL_HEAD_LEN: usize = 16;
/// The longest texts that a cell has itself.
pub(crate) const CELL_TEXT_LEN: usize = CELL_LEN - CELL_HEAD_LEN;

/// What a record's key is, never zero. Also the domain that separates their hashes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct RecordKind(u32);

impl RecordKind {
    /// A method.
    pub(crate) const METHOD: Self = Self(7);
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
    pub(crate) const fn is_any_port(self) -> bool {
        self.0 & Self::ANY_PORT != 0
    }

    /// The kind in the shape of a record.
    #[inline]
    pub(crate) const fn of_shape(shape: u32) -> Self {
        Self(shape & 15)
    }

    pub(crate) const fn eq(self, other: Self) -> bool {
        self.0 == other.0
    }

    pub(crate) const fn has_mask(self) -> bool {
        matches!(Self(self.0 & !Self::ANY_PORT), Self::BASE | Self::PREFIX)
    }
}

/// A record's kind and the lengths of its pieces in one number.
#[inline]
pub(crate) const fn shape(kind: RecordKind, left_len: u32, right_len: u32) -> u32 {
    kind.0 | left_len << 4 | right_len << 18
}

#[inline]
const fn left_len(shape: u32) -> u32 {
    (shape >> 4) & 0x3fff
}

#[inline]
const fn right_len(shape: u32) -> u32 {
    shape >> 18
}

/// Whether a cell has the texts itself.
#[inline]
const fn has_room(shape: u32) -> bool {
    index(left_len(shape).wrapping_add(right_len(shape))) <= CELL_TEXT_LEN
}

/// Where the texts of a record of this shape lie, whose cell is at `at`.
#[inline]
pub(crate) const fn texts_of_cell(cell: &[u8], at: usize, shape: u32) -> (u32, u32) {
    if has_room(shape) {
        let left_at = narrow(at.wrapping_add(CELL_HEAD_LEN));
        (left_at, left_at.wrapping_add(left_len(shape)))
    } else {
        (u32_at(cell, CELL_HEAD_LEN), u32_at(cell, CELL_HEAD_LEN + 4))
    }
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
            kind: RecordKind::of_shape(shape),
            left_len: left_len(shape),
            right_len: right_len(shape),
            extra: u32_at(bytes, 12),
        }
    }

    pub(crate) const fn write(&self, out: &mut [u8], at: usize) {
        put_u32(out, at, self.left_at);
        put_u32(out, at.wrapping_add(4), self.right_at);
        put_u32(out, at.wrapping_add(8), self.shape());
        put_u32(out, at.wrapping_add(12), self.extra);
    }

    /// The record in a cell at `at`, if one is there. Its shape and what follows lie where those of a record do.
    pub(crate) const fn of_cell(image: &[u8], at: usize) -> Option<Self> {
        let mut record = Self::read(from(image, at));
        record.find_texts(image, at);
        if record.shape() == 0 { None } else { Some(record) }
    }

    /// Puts the places of a cell's texts right. Tells whether they lie in the cell, which is at `at`.
    #[inline]
    pub(crate) const fn find_texts(&mut self, image: &[u8], at: usize) -> bool {
        let shape = self.shape();
        (self.left_at, self.right_at) = texts_of_cell(from(image, at), at, shape);
        has_room(shape)
    }

    pub(crate) const fn write_cell(&self, out: &mut [u8], at: usize, tag: u32) {
        put_u32(out, at.wrapping_add(4), tag);
        put_u32(out, at.wrapping_add(8), self.shape());
        put_u32(out, at.wrapping_add(12), self.extra);
        let texts = at.wrapping_add(CELL_HEAD_LEN);
        if has_room(self.shape()) {
            copy_within(out, index(self.left_at), index(self.left_len), texts);
            copy_within(out, index(self.right_at), index(self.right_len), texts.wrapping_add(index(self.left_len)));
        } else {
            put_u32(out, texts, self.left_at);
            put_u32(out, texts.wrapping_add(4), self.right_at);
        }
    }

    pub(crate) const fn shape(&self) -> u32 {
        shape(self.kind, self.left_len, self.right_len)
    }

    pub(crate) const fn has_same_key(&self, other: &Self, image: &[u8]) -> bool {
        let ignore_case = self.kind.ignores_case();
        self.kind.eq(other.kind)
            && same_piece(image, (self.left_at, self.left_len), (other.left_at, other.left_len), ignore_case)
            && same_piece(image, (self.right_at, self.right_len), (other.right_at, other.right_len), ignore_case)
    }
}

#[inline]
pub(crate) const fn piece(image: &[u8], at: u32, len: u32) -> &[u8] {
    to(from(image, index(at)), index(len))
}

const fn same_piece(image: &[u8], a: (u32, u32), b: (u32, u32), ignore_case: bool) -> bool {
    let (a, b) = (piece(image, a.0, a.1), piece(image, b.0, b.1));
    if ignore_case { crate::bytes::eq_ignore_case(a, b) } else { crate::bytes::eq(a, b) }
}

const _: () = assert!(next(MAX_PIECE_LEN) == 1 << 14);

// Nothing longer is looked up, so that a shape says what it is of.
const _: () = assert!(
    MAX_ORIGIN_LEN <= MAX_PIECE_LEN
        && MAX_REQUEST_HEADERS_LEN <= MAX_PIECE_LEN
        && MAX_CONTENT_TYPE_LEN <= MAX_PIECE_LEN
);
