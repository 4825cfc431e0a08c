//! The account of a run: each step announced, timed and counted, and one closing line.

use core::fmt;
use core::ops::AddAssign;
use std::io::{IsTerminal as _, stdout};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How many checks came out how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Tally {
    /// One check that passed.
    pub(crate) const PASSED: Self = Self { passed: 1, failed: 0, skipped: 0 };
    /// One check that failed.
    pub(crate) const FAILED: Self = Self { passed: 0, failed: 1, skipped: 0 };
    /// One check that did not run.
    pub(crate) const SKIPPED: Self = Self { passed: 0, failed: 0, skipped: 1 };
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { passed, failed, skipped } = self;
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

/// Why a step ended without an answer of its own.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The check ran, or could not be started, and is not satisfied.
    Failed(String),
    /// The machine lacks what the text names.
    Needs(String),
}

impl Stop {
    pub(crate) fn failed(what: impl Into<String>) -> Self {
        Self::Failed(what.into())
    }

    pub(crate) fn needs(what: impl Into<String>) -> Self {
        Self::Needs(what.into())
    }
}

/// What a step gives: its counts, or why there are none.
pub(crate) type Outcome = Result<Tally, Stop>;

/// All steps of one run.
#[derive(Debug)]
pub(crate) struct Report {
    steps: Vec<Step>,
    mode: Mode,
    colour: bool,
}

#[derive(Debug)]
struct Step {
    name: String,
    outcome: Outcome,
    took: Duration,
}

/// What a skipped step means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// A person's machine need not have everything.
    Lenient,
    /// CI has to have everything.
    Strict,
}

impl Report {
    /// An empty report, as strict and as colourful as the environment asks.
    pub(crate) fn from_env() -> Self {
        let ci = std::env::var("CI").is_ok_and(|value| value == "true");
        let mode = if ci { Mode::Strict } else { Mode::Lenient };
        let colour = stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self { steps: Vec::new(), mode, colour }
    }

    /// Announces a step, runs it and keeps its outcome; the run goes on whatever comes out.
    pub(crate) fn step(&mut self, name: impl Into<String>, check: impl FnOnce() -> Outcome) {
        let name = name.into();
        println!("{}", self.paint(Colour::Bold, &format!("== {name}")));
        let start = Instant::now();
        let outcome = check();
        match &outcome {
            Ok(_) => {}
            Err(Stop::Failed(what)) => println!("{}: {what}", self.paint(Colour::Red, "failed")),
            Err(Stop::Needs(what)) => {
                println!("{}: needs {what}", self.paint(Colour::Yellow, "skipped"))
            }
        }
        self.steps.push(Step { name, outcome, took: start.elapsed() });
    }

    /// Prints the summary, with the closing line as its last, and says how the process ends.
    pub(crate) fn close(self) -> ExitCode {
        println!("\n{}", self.paint(Colour::Bold, "== summary"));
        for step in &self.steps {
            let (colour, verdict) = match &step.outcome {
                Ok(tally) if tally.failed > 0 => (Colour::Red, format!("FAILED ({tally})")),
                Ok(Tally::PASSED) => (Colour::Green, "ok".into()),
                Ok(tally) => (Colour::Green, format!("ok ({tally})")),
                Err(Stop::Failed(what)) => (Colour::Red, format!("FAILED: {what}")),
                Err(Stop::Needs(what)) => (Colour::Yellow, format!("skipped: needs {what}")),
            };
            let seconds = step.took.as_secs_f64();
            println!("{seconds:7.1} s  {:<42} {}", step.name, self.paint(colour, &verdict));
        }
        println!("{}", self.tally());
        if self.satisfied() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    /// The counts of all steps together.
    fn tally(&self) -> Tally {
        let mut total = Tally::default();
        for step in &self.steps {
            total += match step.outcome {
                Ok(tally) => tally,
                Err(Stop::Failed(_)) => Tally::FAILED,
                Err(Stop::Needs(_)) => Tally::SKIPPED,
            };
        }
        total
    }

    /// Whether the run as a whole passed. Tests marked `#[ignore]` are counted and do no harm; a skipped step does in
    /// CI. A run without a single passed check proves nothing and fails.
    fn satisfied(&self) -> bool {
        let skipped_step = self.steps.iter().any(|step| matches!(step.outcome, Err(Stop::Needs(_))));
        let total = self.tally();
        total.failed == 0
            && match self.mode {
                Mode::Strict => !skipped_step && total.passed > 0,
                Mode::Lenient => true,
            }
    }

    fn paint(&self, colour: Colour, text: &str) -> String {
        if !self.colour {
            return text.to_owned();
        }
        let code = match colour {
            Colour::Bold => 1,
            Colour::Red => 31,
            Colour::Green => 32,
            Colour::Yellow => 33,
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

#[derive(Clone, Copy)]
enum Colour {
    Bold,
    Red,
    Green,
    Yellow,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(mode: Mode, outcomes: Vec<Outcome>) -> Report {
        let mut report = Report { steps: Vec::new(), mode, colour: false };
        for outcome in outcomes {
            report.step("a step", || outcome);
        }
        report
    }

    #[test]
    fn the_closing_line_sums_tests_and_steps() {
        let tests = Tally { passed: 40, failed: 0, skipped: 2 };
        let report = report(Mode::Lenient, vec![Ok(Tally::PASSED), Ok(tests), Err(Stop::needs("a linker"))]);
        assert_eq!(report.tally().to_string(), "41 passed, 0 failed, 3 skipped");
    }

    #[test]
    fn a_failure_fails_in_every_mode() {
        for mode in [Mode::Lenient, Mode::Strict] {
            assert!(!report(mode, vec![Ok(Tally::PASSED), Err(Stop::failed("no"))]).satisfied());
            assert!(!report(mode, vec![Ok(Tally { passed: 9, failed: 1, skipped: 0 })]).satisfied());
        }
    }

    #[test]
    fn a_skipped_step_fails_in_ci_only() {
        let outcomes = || vec![Ok(Tally::PASSED), Err(Stop::needs("a linker"))];
        assert!(report(Mode::Lenient, outcomes()).satisfied());
        assert!(!report(Mode::Strict, outcomes()).satisfied());
    }

    #[test]
    fn an_ignored_test_does_not_fail_ci() {
        assert!(report(Mode::Strict, vec![Ok(Tally { passed: 9, failed: 0, skipped: 1 })]).satisfied());
    }
}
