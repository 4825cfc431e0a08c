//! The policies that pages have lately posted for a call, and what then arrived at the API.

use std::collections::VecDeque;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::field_arg::Field;

/// How many calls are kept; a page asks for what arrived right after its call.
const MOST_CASES: usize = 64;

/// How many requests are kept of one call: a preflight and the request, and some that should not be there.
const MOST_ARRIVALS: usize = 8;

/// One call for real.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// The policy's image.
    pub(crate) image: Vec<u8>,
    /// The fields of the application's own response.
    pub(crate) application: Vec<Field>,
}

/// A request as it arrived, and what it was answered.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Arrival {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) allowed: Option<bool>,
    pub(crate) status: u16,
}

/// The recent ones, the latest last.
#[derive(Debug, Default)]
pub(crate) struct Cases {
    kept: Mutex<VecDeque<Kept>>,
    names: RandomState,
}

#[derive(Debug)]
struct Kept {
    id: String,
    case: Case,
    arrivals: Vec<Arrival>,
}

impl Cases {
    /// Keeps one and gives the name that stands in the URL of its call: new, so that no preflight for it is remembered, and not to
    /// be guessed, so that no other page adds to what arrives.
    pub(crate) fn add(&self, case: Case) -> String {
        self.with(|kept| {
            let mut number = kept.len();
            let mut id = self.name(number);
            while kept.iter().any(|other| other.id == id) {
                number += MOST_CASES;
                id = self.name(number);
            }
            if kept.len() == MOST_CASES {
                kept.pop_front();
            }
            kept.push_back(Kept { id: id.clone(), case, arrivals: Vec::new() });
            id
        })
    }

    /// A keyed hash, whole, of a time that does not come back.
    fn name(&self, number: usize) -> String {
        let hash = self.names.hash_one((number, std::time::Instant::now()));
        format!("{hash:016x}")
    }

    pub(crate) fn case(&self, id: &str) -> Option<Case> {
        self.with(|kept| kept.iter().find(|kept| kept.id == id).map(|kept| kept.case.clone()))
    }

    /// Notes what arrived for a call.
    pub(crate) fn arrived(&self, id: &str, arrival: Arrival) {
        self.with(|kept| {
            let found = kept.iter_mut().find(|kept| kept.id == id);
            if let Some(kept) = found.filter(|kept| kept.arrivals.len() < MOST_ARRIVALS) {
                kept.arrivals.push(arrival);
            }
        });
    }

    /// What has arrived for a call.
    pub(crate) fn arrivals(&self, id: &str) -> Option<Vec<Arrival>> {
        self.with(|kept| kept.iter().find(|kept| kept.id == id).map(|kept| kept.arrivals.clone()))
    }

    fn with<T>(&self, look: impl FnOnce(&mut VecDeque<Kept>) -> T) -> T {
        // Nothing that is done under the lock leaves a half-made state behind.
        look(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_are_kept() {
        let cases = Cases::default();
        let add = || cases.add(Case { image: Vec::new(), application: Vec::new() });
        let first = add();
        let arrival = Arrival {
            method: "GET".to_owned(),
            target: "/".to_owned(),
            fields: Vec::new(),
            allowed: None,
            status: 200,
        };
        for _ in 0..2 * MOST_ARRIVALS {
            cases.arrived(&first, arrival.clone());
        }
        assert_eq!(cases.arrivals(&first).unwrap().len(), MOST_ARRIVALS);
        let ids: Vec<String> = (0..MOST_CASES).map(|_| add()).collect();
        assert!(cases.case(&first).is_none() && cases.arrivals(&first).is_none());
        assert!(ids.iter().all(|id| id.len() == 16 && cases.case(id).is_some()));
    }
}
