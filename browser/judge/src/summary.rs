//! What came of a run.

use core::fmt;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::case::Case;
use crate::predict::Prediction;
use crate::seen::Seen;

/// What came of a run.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Summary {
    /// The cases, and those in which the three answers are one, excused ones among them.
    pub cases: usize,
    /// See [`cases`](Self::cases).
    pub agreed: usize,
    /// The cases in which they are not.
    pub disagreements: Vec<Disagreement>,
    /// What went wrong otherwise: a server that did not answer, a deviation that did not happen.
    pub faults: Vec<String>,
    /// How many cases are excused.
    pub excused_cases: usize,
    /// How many cases each deviation excuses.
    pub excused: BTreeMap<&'static str, usize>,
    /// How often each deviation was shown.
    pub shown: BTreeMap<&'static str, usize>,
    /// The cases in which a planted mistake was made.
    pub spoiled: BTreeSet<usize>,
    /// How the calls fell.
    pub shares: Shares,
    /// How long the browser took.
    pub took: Duration,
}

/// How the calls fell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shares {
    /// All of them.
    pub calls: usize,
    /// The page read the response.
    pub read: usize,
    /// A preflight was sent.
    pub preflighted: usize,
    /// A remembered preflight stood in for one.
    pub remembered: usize,
    /// Nothing was sent.
    pub unsent: usize,
    /// Credentials were asked for.
    pub with_credentials: usize,
    /// The core's refusals, by slug.
    pub refusals: BTreeMap<&'static str, usize>,
}

/// A case in which the three answers are not one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Disagreement {
    /// Its number under the seed.
    pub id: usize,
    /// What was done.
    pub case: Case,
    /// In what the answers differ.
    pub difference: String,
    /// What core and model say of each call.
    pub foretold: Vec<Prediction>,
    /// What Chromium did.
    pub seen: Vec<Seen>,
}

/// Of a hundred cases, so many may be excused: 10 or 11 are.
const EXCUSED_AT_MOST: usize = 16;

/// The refusals that a run has to have many of.
const COMMON_REFUSALS: [&str; 4] =
    ["origin-not-allowed", "null-origin-not-allowed", "method-not-allowed", "header-not-allowed"];

impl Summary {
    pub(crate) fn count<'s>(&mut self, case: &Case, foretold: &[Prediction], seen: impl Iterator<Item = &'s Seen>) {
        self.cases += 1;
        let mut was_preflighted = false;
        for ((call, prediction), seen) in case.calls.iter().zip(foretold).zip(seen) {
            let shares = &mut self.shares;
            shares.calls += 1;
            shares.read += usize::from(seen.read.is_some());
            shares.preflighted += usize::from(seen.preflight.is_some());
            let needs = corsac_browser::Request::new(call).is_ok_and(|request| request.needs_preflight());
            shares.remembered +=
                usize::from(was_preflighted && needs && seen.preflight.is_none() && seen.actual.is_some());
            was_preflighted |= seen.preflight.is_some();
            shares.unsent += usize::from(seen.preflight.is_none() && seen.actual.is_none());
            shares.with_credentials += usize::from(call.credentials == corsac_browser::Credentials::Include);
            for refusal in prediction.decided.iter().flatten() {
                *shares.refusals.entry(refusal).or_default() += 1;
            }
        }
    }

    /// Makes a fault of what there is too little of for a run that proves something, and of too much that is excused.
    pub fn demand_enough(&mut self) {
        self.faults.extend(self.shares.lacks().into_iter().map(|lack| format!("too few: {lack}")));
        if self.excused_cases * 100 > self.cases * EXCUSED_AT_MOST {
            self.faults.push(format!("too many: {} of {} cases are excused", self.excused_cases, self.cases));
        }
    }

    /// How many failed.
    pub fn failed(&self) -> usize {
        self.disagreements.len() + self.faults.len()
    }

    /// The line that is counted.
    pub fn closing_line(&self) -> String {
        format!("judge: {} passed, {} failed", self.agreed, self.failed())
    }
}

impl Shares {
    /// What there is too little of for a run that proves something; nothing where it does.
    pub fn lacks(&self) -> Vec<String> {
        let mut lacks = Vec::new();
        let sent = self.calls - self.unsent;
        for (what, count) in [
            ("read", self.read),
            ("refused", sent.saturating_sub(self.read)),
            ("preflighted", self.preflighted),
            ("simple", sent.saturating_sub(self.preflighted)),
        ] {
            if count * 5 < self.calls {
                lacks.push(format!("{count} of {} calls {what}", self.calls));
            }
        }
        for slug in COMMON_REFUSALS {
            let count = self.refusals.get(slug).copied().unwrap_or_default();
            if count * 100 < self.calls {
                lacks.push(format!("{count} of {} calls refused for {slug}", self.calls));
            }
        }
        lacks
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 10;
        for disagreement in self.disagreements.iter().take(MOST) {
            writeln!(f, "{disagreement}")?;
        }
        if self.disagreements.len() > MOST {
            writeln!(f, "and {} more disagreements", self.disagreements.len() - MOST)?;
        }
        for fault in self.faults.iter().take(MOST) {
            writeln!(f, "fault: {fault}")?;
        }
        if self.shares.calls > 0 {
            writeln!(f, "{}", self.shares)?;
        }
        if !self.spoiled.is_empty() {
            writeln!(f, "the mistake was made in {} cases", self.spoiled.len())?;
        }
        for (name, count) in &self.excused {
            writeln!(f, "excused {count}: {name}")?;
        }
        for (name, count) in &self.shown {
            writeln!(f, "shown {count}: {name}")?;
        }
        let excused = self.excused_cases;
        writeln!(f, "{} cases in {:.1} s, {excused} of them excused", self.cases, self.took.as_secs_f64())
    }
}

impl fmt::Display for Shares {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |count: usize| count * 100 / self.calls.max(1);
        write!(
            f,
            "{} calls: {} % read, {} % preflighted, {} % with credentials; {} unsent, {} by a remembered preflight; refused",
            self.calls,
            percent(self.read),
            percent(self.preflighted),
            percent(self.with_credentials),
            self.unsent,
            self.remembered,
        )?;
        self.refusals.iter().try_for_each(|(slug, count)| write!(f, " {slug} {count}"))
    }
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "case {}: {}", self.id, self.difference)?;
        let options = serde_json::to_string(self.case.policy.options()).unwrap_or_default();
        writeln!(f, "  policy   {options}, application {}", self.case.status)?;
        for ((call, prediction), seen) in self.case.calls.iter().zip(&self.foretold).zip(&self.seen) {
            let headers: Vec<_> =
                call.headers.iter().map(|(name, value)| format!("{name:?}: \"{}\"", value.escape_ascii())).collect();
            let headers = headers.join(", ");
            let (method, page) = (&call.method, &call.page_origin);
            writeln!(f, "  call     {method:?} by {page}, credentials {:?}, headers {{{headers}}}", call.credentials)?;
            let decided: Vec<_> = prediction.decided.iter().map(|refusal| refusal.unwrap_or("allowed")).collect();
            writeln!(f, "  core     {:?}: {}", prediction.core, decided.join(", "))?;
            writeln!(
                f,
                "  model    {}{}",
                prediction.model,
                prediction.why.iter().map(|why| format!(": {why}")).collect::<String>()
            )?;
            writeln!(f, "  chromium {seen}")?;
        }
        Ok(())
    }
}
