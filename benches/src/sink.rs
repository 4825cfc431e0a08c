//! Where every answer goes: the same for corsac and for the hard-coded floor.

use std::hint::black_box;

use corsac::{Action, Apply, Decision, Screening};

/// Takes an answer.
pub trait Sink {
    /// Takes what a server does next.
    fn action(&mut self, action: Action);
    /// Takes one response field as a server would: its name, its value, and how it is put.
    fn field(&mut self, name: &'static str, value: &[u8], apply: Apply);

    /// Takes a whole decision: the action and every field.
    #[inline(always)]
    fn decision(&mut self, decision: &Decision<'_, '_>) {
        self.action(decision.action());
        for one in decision.fields() {
            self.field(one.name.as_str(), one.value, one.apply);
        }
    }

    /// Takes a whole screening: the action and every field.
    #[inline(always)]
    fn screening(&mut self, screening: &Screening<'_, '_>) {
        self.action(screening.action());
        for one in screening.fields() {
            self.field(one.name.as_str(), one.value, one.apply);
        }
    }
}

/// Hides an answer from the compiler, and does nothing else. What is timed goes here.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs, reason = "of these benches alone")]
pub struct Opaque;

impl Sink for Opaque {
    #[inline(always)]
    fn action(&mut self, action: Action) {
        black_box(action);
    }

    #[inline(always)]
    fn field(&mut self, name: &'static str, value: &[u8], apply: Apply) {
        black_box((name, value, apply));
    }
}

/// Keeps an answer, to compare it with another. Nothing that is timed goes here.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Kept {
    action: Option<Action>,
    fields: Vec<(&'static str, Vec<u8>, Apply)>,
}

impl Kept {
    /// The action, if there was one.
    pub fn action(&self) -> Option<Action> {
        self.action
    }

    /// Names and values, in the order in which they came.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.fields.iter().map(|(name, value, _)| (*name, value.as_slice()))
    }
}

impl Sink for Kept {
    fn action(&mut self, action: Action) {
        self.action = Some(action);
    }

    fn field(&mut self, name: &'static str, value: &[u8], apply: Apply) {
        self.fields.push((name, value.to_vec(), apply));
    }
}
