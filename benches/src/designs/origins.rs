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

/// Slots, at most half of them taken, with a tag each; then the record; then the text: what the core does with more than eight.
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

/// Records sorted by their hash, about four to a bucket, and where each bucket begins: the smallest index.
#[derive(Debug)]
pub struct Buckets {
    /// The first record of each bucket, and the number of records.
    starts: Vec<u32>,
    records: Vec<(u32, Record)>,
    texts: Vec<u8>,
}

impl Lookup for Buckets {
    fn new(origins: &[String]) -> Self {
        let buckets = (origins.len() / 4).next_power_of_two();
        let mut texts = Vec::new();
        let mut records = Vec::new();
        for (entry, origin) in (0..).zip(origins) {
            let record = Record { at: texts.len() as u32, len: origin.len() as u32, entry };
            texts.extend_from_slice(origin.as_bytes());
            records.push((hash(origin.as_bytes()), record));
        }
        records.sort_by_key(|(hash, _)| bucket(*hash, buckets));
        let mut starts = vec![0; buckets + 1];
        for (hash, _) in &records {
            starts[bucket(*hash, buckets) + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let records = records.into_iter().map(|(hash, record)| (hash as u32, record)).collect();
        Self { starts, records, texts }
    }

    fn find(&self, origin: &[u8]) -> Option<u32> {
        let hash = hash(origin);
        let bucket = bucket(hash, self.starts.len() - 1);
        let records = &self.records[self.starts[bucket] as usize..self.starts[bucket + 1] as usize];
        let same =
            |(tag, record): &&(u32, Record)| *tag == hash as u32 && text(&self.texts, record.at, record.len) == origin;
        records.iter().find(same).map(|(_, record)| record.entry)
    }
}

/// `buckets` is a power of two.
fn bucket(hash: u64, buckets: usize) -> usize {
    (hash >> 32) as usize & (buckets - 1)
}
