//! Entries that repeat an earlier one, found without a heap.
//!
//! Comparing each entry with all before it would take minutes for a list of 100,000. Instead the list is looked at in blocks: a
//! block's entries are put into a small hash table, and every earlier entry is looked up in it once.

use crate::bytes::{low, low_byte};
use crate::config::Config;
use crate::error::OptionName;
use crate::record::RecordKind;
use crate::records::key_hash;

const BLOCK: usize = 128;

/// Which entries of one block of a list repeat an earlier entry of the list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    field: OptionName,
    number: usize,
    repeated: u128,
}

impl Block {
    /// The block that the entry is in: `known`, if it is that one, or else found out.
    pub(crate) fn of(known: Option<Self>, config: &Config<'_>, field: OptionName, entry: usize) -> Self {
        let number = entry / BLOCK;
        match known {
            Some(block) if block.field == field && block.number == number => block,
            _ => Self { field, number, repeated: repeated(config, field, number.saturating_mul(BLOCK)) },
        }
    }

    pub(crate) fn repeats(&self, entry: usize) -> bool {
        self.repeated.checked_shr(crate::bytes::narrow(entry % BLOCK)).is_some_and(|bits| bits & 1 == 1)
    }
}

/// No entry.
const NONE: u8 = u8::MAX;

/// The set of the block's entries, one bit each, that repeat an earlier entry of the list.
fn repeated(config: &Config<'_>, field: OptionName, start: usize) -> u128 {
    let end = config.list(field).len().min(start.saturating_add(BLOCK));
    // Chains of the block's entries: the first one by the lowest byte of the hash, then each one's next.
    let mut first = [NONE; 256];
    let mut next = [NONE; BLOCK];
    let mut hashes = [0; BLOCK];
    let mut found: u128 = 0;

    let slot = |hash: u32| usize::from(low_byte(hash));
    let mut look_up = |hash: u32, entry: usize, first: &[u8; 256], next: &[u8; BLOCK], hashes: &[u32; BLOCK]| {
        let mut at = first.get(slot(hash)).copied().unwrap_or(NONE);
        let mut hit = false;
        // No chain is longer than the block.
        for _ in 0..BLOCK {
            let i = usize::from(at);
            let (Some(&other), Some(&following)) = (hashes.get(i), next.get(i)) else {
                break;
            };
            if other == hash && config.is_repeated(field, entry, start.saturating_add(i)) {
                hit = true;
                if entry < start {
                    found |= 1u128.wrapping_shl(u32::from(at));
                }
            }
            at = following;
        }
        hit
    };

    let mut within: u128 = 0;
    for (i, entry) in (0u8..).zip(start..end) {
        let hash = hash(config, field, entry);
        if look_up(hash, entry, &first, &next, &hashes) {
            within |= 1u128.wrapping_shl(u32::from(i));
        }
        let index = usize::from(i);
        if let (Some(own_hash), Some(own_next), Some(head)) =
            (hashes.get_mut(index), next.get_mut(index), first.get_mut(slot(hash)))
        {
            (*own_hash, *own_next, *head) = (hash, *head, i);
        }
    }
    for entry in 0..start {
        look_up(hash(config, field, entry), entry, &first, &next, &hashes);
    }
    found | within
}

fn hash(config: &Config<'_>, field: OptionName, entry: usize) -> u32 {
    low(key_hash(0, RecordKind::NAME, config.entry(field, entry)).value())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;
    use std::vec::Vec;

    #[test]
    fn agrees_with_comparing_all_pairs() {
        let mut state: u32 = 1;
        for length in [0, 1, 2, 127, 128, 129, 400] {
            let texts: Vec<String> = (0..length)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    std::format!("x-{}", (state >> 16) % 300)
                })
                .collect();
            let names: Vec<&str> = texts.iter().map(String::as_str).collect();
            let config = Config { expose_headers: &names, ..Config::CLOSED };
            let mut block = None;
            for entry in 0..length {
                let known = Block::of(block, &config, OptionName::ExposeHeaders, entry);
                assert_eq!(known.repeats(entry), names[..entry].contains(&names[entry]), "{entry} of {length}");
                block = Some(known);
            }
        }
    }
}
