//! Few patterns, each held against an origin.
//!
//! What a table of many patterns is looked up for label by label, and the twin of that in the tests: both take the same origins by the
//! same entries.

use crate::ascii::is_host_byte;
use crate::bytes::index;
use crate::record::{RECORD_LEN, Record, RecordKind};
use crate::table::Table;

impl Table<'_> {
    /// The entry of a pattern that has a `*` in its host and takes an origin whose host is not too long: the origin begins and ends as
    /// the pattern does, and has between them what the `*` stands for. The rest needs no look, as it is the pattern's. With `any_port`
    /// only patterns for any port are held against it, and the origin is without its own.
    ///
    /// Of several the one that the look-up finds first: the whole host, whole labels before parts of one, then the shortest end, or the
    /// shortest beginning.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    pub(crate) fn scan_for_pattern(&self, origin: &[u8], any_port: bool) -> Option<u32> {
        let mut best = None;
        for record in self.records().chunks_exact(RECORD_LEN) {
            let record = Record::read(record);
            let kind = if any_port { record.kind.of_any_port() } else { Some(record.kind) };
            let (star, rank) = match kind {
                Some(RecordKind::ORIGIN) if any_port => (Star::Absent, (0, 0)),
                Some(RecordKind::SUBDOMAINS) => (Star::Labels, (0, record.right_len)),
                Some(RecordKind::IN_LABEL) => (Star::InLabel, (record.left_len, record.right_len)),
                _ => continue,
            };
            let left = self.piece(record.left_at, index(record.left_len));
            let right = self.piece(record.right_at, index(record.right_len));
            let middle = origin.strip_suffix(right).and_then(|rest| rest.strip_prefix(left));
            let takes = middle.is_some_and(|middle| star.takes(middle));
            if takes && best.is_none_or(|(other, _)| rank < other) {
                best = Some((rank, record.extra));
            }
        }
        best.map(|(_, entry)| entry)
    }
}

/// The `*` between a pattern's pieces.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Star {
    /// There is none, and nothing stands between them.
    Absent,
    /// One or more bytes of a label.
    InLabel,
    /// One or more whole labels.
    Labels,
}

impl Star {
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    pub(crate) fn takes(self, text: &[u8]) -> bool {
        let mut label_is_empty = true;
        for byte in text {
            if is_host_byte(*byte) {
                label_is_empty = false;
            } else if self == Self::Labels && *byte == b'.' && !label_is_empty {
                label_is_empty = true;
            } else {
                return false;
            }
        }
        if self == Self::Absent { text.is_empty() } else { !label_is_empty }
    }
}
