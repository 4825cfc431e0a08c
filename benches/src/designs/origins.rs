//! How an origin is found among those of a list.

use std::collections::HashMap;

use super::hash;

/// A way to find an origin.
pub trait Lookup {
    /// Takes a list without duplicates.
    fn new(origins: &[String]) -> Self;
    /// The index of the entry that is this origin.
    fn find(&self, origin: &[u8]) -> Option<u32>;
}

/// One after another, by length and then by text: what the core does with up to eight.
#[derive(Debug)]
pub struct Scan(Vec<Box<[u8]>>);

impl Lookup for Scan {
    fn new(origins: &[String]) -> Self {
        Self(origins.iter().map(|origin| origin.as_bytes().into()).collect())
    }

    fn find(&self, origin: &[u8]) -> Option<u32> {
        self.0.iter().position(|entry| **entry == *origin).map(|number| number as u32)
    }
}

/// Sorted, and halved.
#[derive(Debug)]
pub struct Sorted(Vec<(Box<[u8]>, u32)>);

impl Lookup for Sorted {
    fn new(origins: &[String]) -> Self {
        let mut entries: Vec<_> =
            (0..).zip(origins).map(|(number, origin)| (origin.as_bytes().into(), number)).collect();
        entries.sort();
        Self(entries)
    }

    fn find(&self, origin: &[u8]) -> Option<u32> {
        let at = self.0.binary_search_by(|(entry, _)| (**entry).cmp(origin)).ok()?;
        Some(self.0[at].1)
    }
}

/// The standard library's, whose hash withstands attackers.
#[derive(Debug)]
pub struct Standard(HashMap<Box<[u8]>, u32>);

impl Lookup for Standard {
    fn new(origins: &[String]) -> Self {
        Self((0..).zip(origins).map(|(number, origin)| (origin.as_bytes().into(), number)).collect())
    }

    fn find(&self, origin: &[u8]) -> Option<u32> {
        self.0.get(origin).copied()
    }
}

/// The place of a text among all texts, and its entry.
#[derive(Clone, Copy, Debug, Default)]
struct Record {
    at: u32,
    len: u32,
    entry: u32,
}

fn text(texts: &[u8], at: u32, len: u32) -> &[u8] {
    &texts[at as usize..(at + len) as usize]
}

/// Slots, at most half of them taken, with a tag each; then the record; then the text: what the core did with more than eight.
#[derive(Debug)]
pub struct Slots {
    slots: Vec<(u32, u32)>,
    records: Vec<Record>,
    texts: Vec<u8>,
}

impl Lookup for Slots {
    fn new(origins: &[String]) -> Self {
        let mut made = Self {
            slots: vec![(0, 0); (origins.len() * 2).next_power_of_two()],
            records: Vec::new(),
            texts: Vec::new(),
        };
        for (entry, origin) in (0..).zip(origins) {
            made.records.push(Record { at: made.texts.len() as u32, len: origin.len() as u32, entry });
            made.texts.extend_from_slice(origin.as_bytes());
            put(&mut made.slots, hash(origin.as_bytes()), made.records.len() as u32);
        }
        made
    }

    fn find(&self, origin: &[u8]) -> Option<u32> {
        probe(&self.slots, hash(origin), |number| {
            let record = self.records[number as usize - 1];
            (record.len as usize == origin.len() && text(&self.texts, record.at, record.len) == origin)
                .then_some(record.entry)
        })
    }
}

/// The same with each record before its text: two places in memory are read instead of three.
#[derive(Debug)]
pub struct SlotsThenText {
    slots: Vec<(u32, u32)>,
    /// Length, entry and text, one after another, from the second byte on.
    texts: Vec<u8>,
}

impl Lookup for SlotsThenText {
    fn new(origins: &[String]) -> Self {
        let mut made = Self { slots: vec![(0, 0); (origins.len() * 2).next_power_of_two()], texts: vec![0] };
        for (entry, origin) in (0u32..).zip(origins) {
            put(&mut made.slots, hash(origin.as_bytes()), made.texts.len() as u32);
            made.texts.extend_from_slice(&(origin.len() as u32).to_le_bytes());
            made.texts.extend_from_slice(&entry.to_le_bytes());
            made.texts.extend_from_slice(origin.as_bytes());
        }
        made
    }

    fn find(&self, origin: &[u8]) -> Option<u32> {
        probe(&self.slots, hash(origin), |at| {
            let (len, rest) = self.texts[at as usize..].split_first_chunk::<4>()?;
            let (entry, rest) = rest.split_first_chunk::<4>()?;
            let same = u32::from_le_bytes(*len) as usize == origin.len() && rest.starts_with(origin);
            same.then_some(u32::from_le_bytes(*entry))
        })
    }
}

fn put(slots: &mut [(u32, u32)], hash: u64, number: u32) {
    let mask = slots.len() - 1;
    let mut slot = (hash >> 32) as usize & mask;
    while slots[slot].1 != 0 {
        slot = (slot + 1) & mask;
    }
    slots[slot] = (hash as u32, number);
}

#[inline]
fn probe(slots: &[(u32, u32)], hash: u64, same: impl Fn(u32) -> Option<u32>) -> Option<u32> {
    let mask = slots.len() - 1;
    let mut slot = (hash >> 32) as usize & mask;
    loop {
        let (tag, number) = slots[slot];
        if number == 0 {
            return None;
        }
        if tag == hash as u32
            && let Some(entry) = same(number)
        {
            return Some(entry);
        }
        slot = (slot + 1) & mask;
    }
}

/// Bytes of a cell, of which a head of 16 and the text, if it has room there.
const CELL: usize = 64;
const CELL_TEXT: usize = CELL - 16;

/// Cells, two thirds of them taken, each with its tag, its record and its text: one place in memory. Of those that belong to a cell it
/// knows how far they reach, and a bit for each of their tags: what the core does with more than eight.
#[derive(Debug)]
pub struct Cells {
    cells: Vec<[u8; CELL]>,
    /// Those that have no room in their cell.
    texts: Vec<u8>,
}

impl Lookup for Cells {
    fn new(origins: &[String]) -> Self {
        let mut made = Self { cells: vec![[0; CELL]; origins.len() + origins.len().div_ceil(2)], texts: Vec::new() };
        for (entry, origin) in (0u32..).zip(origins) {
            let hash = hash(origin.as_bytes());
            let home = made.home(hash);
            let (mut at, mut reach) = (home, 1);
            while word(&made.cells[at], 8) != 0 {
                (at, reach) = ((at + 1) % made.cells.len(), reach + 1);
            }
            let known = word(&made.cells[home], 0);
            assert!(reach < 256, "no cell in reach is free");
            let known = known & !255 | (known & 255).max(reach) | bit(hash);
            made.cells[home][..4].copy_from_slice(&known.to_le_bytes());
            let cell = &mut made.cells[at];
            for (part, value) in [hash as u32, origin.len() as u32, entry].into_iter().enumerate() {
                cell[4 + 4 * part..8 + 4 * part].copy_from_slice(&value.to_le_bytes());
            }
            if origin.len() <= CELL_TEXT {
                cell[16..16 + origin.len()].copy_from_slice(origin.as_bytes());
            } else {
                cell[16..20].copy_from_slice(&(made.texts.len() as u32).to_le_bytes());
                made.texts.extend_from_slice(origin.as_bytes());
            }
        }
        made
    }

    fn find(&self, origin: &[u8]) -> Option<u32> {
        let hash = hash(origin);
        let mut at = self.home(hash);
        let known = word(&self.cells[at], 0);
        if known & bit(hash) == 0 {
            return None;
        }
        for _ in 0..known & 255 {
            let cell = &self.cells[at];
            if word(cell, 4) == hash as u32 {
                let len = word(cell, 8);
                let text = if len as usize <= CELL_TEXT {
                    text(cell, 16, len)
                } else {
                    text(&self.texts, word(cell, 16), len)
                };
                return (text == origin).then_some(word(cell, 12));
            }
            at = if at + 1 == self.cells.len() { 0 } else { at + 1 };
        }
        None
    }
}

impl Cells {
    fn home(&self, hash: u64) -> usize {
        ((hash >> 32) as usize * self.cells.len()) >> 32
    }
}

fn word(cell: &[u8; CELL], at: usize) -> u32 {
    u32::from_le_bytes([cell[at], cell[at + 1], cell[at + 2], cell[at + 3]])
}

/// The bit of a tag, one of the 24 beside the eight of the reach.
fn bit(hash: u64) -> u32 {
    256 << ((((hash as u32) >> 24) * 24) >> 8)
}
