//! Names at the beginning of a list, seen at a glance.

use crate::bytes::{index, u32_at};
use crate::record::RECORD_LEN;
use crate::table::Table;

/// Finds names of a small table at the beginning of a list, one after another.
///
/// The next name is looked for from the record after the last one on, as lists of browsers are sorted and those of policies often are.
/// A name takes at most as many comparisons as a small table has records, of which most end at one byte: one, where the policy lists
/// them in the same order and none is left out.
pub(crate) struct Leading<'p> {
    table: Table<'p>,
    /// The records of the table; none where it is not small.
    records: &'p [u8],
    /// Those after the last name.
    after: &'p [u8],
}

impl<'p> Leading<'p> {
    #[inline]
    pub(crate) fn new(table: &Table<'p>) -> Self {
        // Where bytes count more than instructions, names are only looked up one by one.
        let is_used = cfg!(target_pointer_width = "64") && table.is_scanned();
        let records = if is_used { table.records() } else { &[] };
        Self { table: *table, records, after: records }
    }

    /// The length of the name that is followed by a comma or by nothing; `None` where none is, or the table is not small.
    #[inline]
    pub(crate) fn length(&mut self, list: &[u8]) -> Option<usize> {
        for _ in self.records.chunks_exact(RECORD_LEN) {
            let next = self.after.split_first_chunk::<RECORD_LEN>();
            let (record, after) = next.or_else(|| self.records.split_first_chunk())?;
            self.after = after;
            let length = index(u32_at(record, 8) >> 4); // no name has a right piece
            let is_whole = list.get(length).map_or(list.len() == length, |byte| *byte == b',');
            if is_whole && list.get(..length) == Some(self.table.piece(u32_at(record, 0), length)) {
                return Some(length);
            }
        }
        None
    }
}
