//! The designs that were weighed.

use super::{Column, Comparison};
use crate::results::Term;

/// One after another.
pub const SCAN: &str = "scan";
/// Binary search.
pub const SORTED: &str = "binary search";
/// `std::collections::HashMap`.
pub const HASH_MAP: &str = "HashMap";
/// Slot, record, text.
pub const SLOTS: &str = "slot, record, text";
/// Slot, and text with its record.
pub const SLOTS_THEN_TEXT: &str = "slot, text";
/// All in one cell.
pub const CELLS: &str = "cell";
/// A hash of each name.
pub const HASHED: &str = "hash";
/// Two sorted lists side by side.
pub const MERGED: &str = "merge";
/// A step for each byte.
pub const AUTOMATON: &str = "automaton";
/// Compared in place, from the name after the last one on.
pub const AT_A_GLANCE: &str = "at a glance";

/// How an origin is found in a list.
pub fn designs_of_lookups() -> Comparison {
    let beside =
        |name: &'static str| [Column::time(name, Term::of(name)), Column::ratio(Term::of(name), Term::of(CELLS))];
    let others = [SCAN, SORTED, HASH_MAP, SLOTS, SLOTS_THEN_TEXT].into_iter().flat_map(beside);
    Comparison {
        group: "find",
        title: "Designs of the origin look-up",
        text: "Each in its simplest form and without the rest of `decide`: 1,024 origins in turn. Taken: scan for up to eight records, \
               else cells, which have all that a look-up reads in one place; the ratios are to that. *slot, record, text* reads three \
               places in memory, *slot, text*, with each record before its text, two.",
        rows: "origins",
        columns: [Column::time(CELLS, Term::of(CELLS))].into_iter().chain(others).collect(),
    }
}

/// How the names that a preflight asks for are checked.
pub fn designs_of_checks() -> Comparison {
    let beside =
        |name: &'static str| [Column::time(name, Term::of(name)), Column::ratio(Term::of(name), Term::of(AT_A_GLANCE))];
    let others = [SCAN, HASHED, MERGED, AUTOMATON].into_iter().flat_map(beside);
    Comparison {
        group: "check",
        title: "Designs of the request-header check",
        text: "Each in its simplest form, without caps and without the rest of `decide`. Taken: at a glance for up to eight names, else \
               a hash of each; the ratios are to the first. The automaton takes 512 bytes a byte of the list; merging scans what is \
               not sorted.",
        rows: "names",
        columns: [Column::time(AT_A_GLANCE, Term::of(AT_A_GLANCE))].into_iter().chain(others).collect(),
    }
}
