//! Names at the beginning of a list, seen at a glance.

use crate::bytes::{index, to, u32_at};
use crate::table::Table;

/// Finds names of a small table at the beginning of a list, one after another.
///
/// The next name is looked for from the record after the last one on, as lists of browsers are sorted and those of policies often are.
/// A name takes at most as many comparisons as a small table has records, of which most end at one byte: one, where the policy lists them in the same order
/// and none is left out.
pub(crate) struct Leading<'p> {
    table: Table<'p>,
    record: u32,
}

impl<'p> Leading<'p> {
    #[inline]
    pub(crate) fn new(table: &Table<'p>) -> Self {
        Self { table: *table, record: 0 }
    }

    /// The length of the name that is followed by a comma or by nothing; `None` where none is, or the table is not small.
    #[inline]
    pub(crate) fn length(&mut self, list: &[u8]) -> Option<usize> {
        let records = self.table.span.records;
        // Where bytes count more than instructions, names are only looked up one by one.
        if cfg!(not(target_pointer_width = "64")) || !self.table.is_scanned() {
            return None;
        }
        for _ in 0..records {
            let record = self.table.record(self.record)?;
            self.record = if self.record.wrapping_add(1) < records { self.record.wrapping_add(1) } else { 0 };
            let length = index(u32_at(record, 8) >> 4); // no name has a right piece
            let is_whole = match list.get(length) {
                Some(byte) => *byte == b',',
                None => list.len() == length,
            };
            if is_whole && self.table.piece(u32_at(record, 0), length) == to(list, length) {
                return Some(length);
            }
        }
        None
    }
}
