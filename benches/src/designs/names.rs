//! How the names that a preflight asks for are checked against a list, which is in lower case. Caps are left out of all of them.

use std::collections::HashMap;

use super::hash;

/// A way to check a list of names.
pub trait Check {
    /// Takes the names that are allowed.
    fn new(allowed: &[&str]) -> Self;
    /// Whether every name of the list is allowed; blanks around names and empty elements do not count.
    fn allows(&self, list: &[u8]) -> bool;
}

fn elements(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    list.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).filter(|name| !name.is_empty())
}

/// Each element is cut out and compared with one name after another, by length and then by text.
#[derive(Debug)]
pub struct Scan(Vec<Box<[u8]>>);

impl Scan {
    fn has(&self, name: &[u8]) -> bool {
        self.0.iter().any(|entry| entry.len() == name.len() && (**entry == *name || entry.eq_ignore_ascii_case(name)))
    }
}

impl Check for Scan {
    fn new(allowed: &[&str]) -> Self {
        Self(allowed.iter().map(|name| name.as_bytes().into()).collect())
    }

    fn allows(&self, list: &[u8]) -> bool {
        elements(list).all(|name| self.has(name))
    }
}

/// Each element is cut out, written in lower case and looked up by its hash: what the core does with more than eight names.
#[derive(Debug)]
pub struct Hashed(HashMap<u64, Box<[u8]>>);

impl Check for Hashed {
    fn new(allowed: &[&str]) -> Self {
        Self(allowed.iter().map(|name| (hash(name.as_bytes()), name.as_bytes().into())).collect())
    }

    fn allows(&self, list: &[u8]) -> bool {
        let mut lower = [0; 64];
        elements(list).all(|name| {
            let Some(lower) = lower.get_mut(..name.len()) else { return false };
            lower.copy_from_slice(name);
            lower.make_ascii_lowercase();
            self.0.get(&hash(lower)).is_some_and(|entry| **entry == *lower)
        })
    }
}

/// Compared where it stands in the list, up to the comma, with the name after the last one that was met; what is not seen so is cut out
/// and compared with all: what the core does with up to eight names.
#[derive(Debug)]
pub struct AtAGlance(Scan);

impl Check for AtAGlance {
    fn new(allowed: &[&str]) -> Self {
        Self(Scan::new(allowed))
    }

    fn allows(&self, list: &[u8]) -> bool {
        let names = &self.0.0;
        let mut number = 0;
        let mut leading = |list: &[u8]| {
            (0..names.len()).find_map(|_| {
                let name = &*names[number];
                number = if number + 1 < names.len() { number + 1 } else { 0 };
                let is_whole = list.get(name.len()).map_or(list.len() == name.len(), |byte| *byte == b',');
                (is_whole && list.starts_with(name)).then_some(name.len())
            })
        };
        let mut rest = Some(list);
        while let Some(list) = rest {
            let end = leading(list).or_else(|| {
                let end = list.iter().position(|byte| *byte == b',').unwrap_or(list.len());
                let name = list[..end].trim_ascii();
                (name.is_empty() || self.0.has(name)).then_some(end)
            });
            let Some(end) = end else { return false };
            rest = list.get(end + 1..);
        }
        true
    }
}

/// Both lists are sorted, as browsers send theirs, and are walked side by side; a list that is not sorted is scanned.
#[derive(Debug)]
pub struct Merged(Scan);

impl Check for Merged {
    fn new(allowed: &[&str]) -> Self {
        let mut allowed = allowed.to_vec();
        allowed.sort_unstable();
        Self(Scan::new(&allowed))
    }

    fn allows(&self, list: &[u8]) -> bool {
        let mut names = self.0.0.iter();
        elements(list).all(|name| names.any(|entry| **entry == *name)) || self.0.allows(list)
    }
}

/// An automaton of all names: one step a byte.
#[derive(Debug)]
pub struct Automaton {
    /// For each state the next one by the byte; 0 is none.
    steps: Vec<[u16; 256]>,
    is_name: Vec<bool>,
}

impl Check for Automaton {
    fn new(allowed: &[&str]) -> Self {
        let mut made = Self { steps: vec![[0; 256]; 2], is_name: vec![false; 2] };
        for name in allowed {
            let mut state = 1;
            for byte in name.bytes() {
                let next = made.steps[state][usize::from(byte)];
                state = if next == 0 {
                    made.steps.push([0; 256]);
                    made.is_name.push(false);
                    let new = made.steps.len() - 1;
                    made.steps[state][usize::from(byte)] = new as u16;
                    made.steps[state][usize::from(byte.to_ascii_uppercase())] = new as u16;
                    new
                } else {
                    usize::from(next)
                };
            }
            made.is_name[state] = true;
        }
        made
    }

    fn allows(&self, list: &[u8]) -> bool {
        elements(list).all(|name| {
            let state = name.iter().fold(1, |state, byte| usize::from(self.steps[state][usize::from(*byte)]));
            self.is_name[state]
        })
    }
}
