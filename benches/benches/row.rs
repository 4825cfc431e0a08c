//! Rows: things that are compared with each other, timed in turn within every sample.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::{Duration, Instant};

use criterion::{Criterion, SamplingMode};

/// Samples of a row, of which the median is taken.
const SAMPLES: usize = 30;

/// One of the things that a row compares: runs so many times, and tells how long it took.
pub(crate) struct Contender<'a> {
    name: &'static str,
    run: Box<dyn FnMut(u64) -> Duration + 'a>,
}

impl<'a> Contender<'a> {
    /// Times its runs itself, so that it can prepare what is not to be counted.
    pub(crate) fn new(name: &'static str, run: impl FnMut(u64) -> Duration + 'a) -> Self {
        Self { name, run: Box::new(run) }
    }

    /// Is timed as a whole.
    pub(crate) fn whole(name: &'static str, mut once: impl FnMut() + 'a) -> Self {
        Self::new(name, move |times| {
            let start = Instant::now();
            for _ in 0..times {
                once();
            }
            start.elapsed()
        })
    }
}

/// All rows of a run.
pub(crate) struct Rows {
    criterion: Criterion,
    /// Nanoseconds of each sample, by row and contender.
    samples: HashMap<(String, &'static str), Vec<f64>>,
    is_measuring: bool,
}

impl Rows {
    pub(crate) fn from_args() -> Self {
        let has = |wanted: &str| std::env::args().any(|argument| argument == wanted);
        let criterion = Criterion::default()
            .sample_size(SAMPLES)
            .warm_up_time(Duration::from_millis(200))
            .measurement_time(Duration::from_millis(1_000))
            .configure_from_args();
        let is_measuring = has("--bench") && !["--test", "--list", "--profile-time"].into_iter().any(has);
        Self { criterion, samples: HashMap::new(), is_measuring }
    }

    /// Measures a row. Criterion reports its first contender; the report at the end has them all.
    ///
    /// Within each sample every contender runs equally often, one straight after the other and each in turn the first, so that
    /// whatever else the machine does falls on all of them alike.
    pub(crate) fn measure(&mut self, row: &str, contenders: Vec<Contender<'_>>) {
        let (names, runs): (Vec<_>, Vec<_>) = contenders.into_iter().map(|one| (one.name, one.run)).unzip();
        let runs = RefCell::new(runs);
        let samples = RefCell::new(vec![Vec::new(); names.len()]);
        let (group, name) = row.split_once('/').expect("a row has a group and a name");
        let mut group = self.criterion.benchmark_group(group);
        group.sampling_mode(SamplingMode::Flat);
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|times| {
                let (mut runs, mut samples) = (runs.borrow_mut(), samples.borrow_mut());
                let (first, count) = (samples[0].len(), runs.len());
                let mut reported = Duration::ZERO;
                for turn in 0..count {
                    let number = (first + turn) % count;
                    let elapsed = runs[number](times);
                    samples[number].push(elapsed.as_nanos() as f64 / times as f64);
                    if number == 0 {
                        reported = elapsed;
                    }
                }
                reported
            });
        });
        group.finish();
        if self.is_measuring {
            let samples = names.into_iter().zip(samples.into_inner()).filter(|(_, samples)| !samples.is_empty());
            self.samples.extend(samples.map(|(name, samples)| ((row.to_owned(), name), samples)));
        }
    }

    /// The median of a contender in nanoseconds, if it was measured.
    pub(crate) fn median(&self, row: &str, contender: &'static str) -> Option<f64> {
        let samples = self.samples.get(&(row.to_owned(), contender))?;
        // The first ones were for warming up.
        let mut samples = samples.get(samples.len().checked_sub(SAMPLES)?..)?.to_vec();
        samples.sort_by(f64::total_cmp);
        let (low, high) = (samples.get((SAMPLES - 1) / 2)?, samples.get(SAMPLES / 2)?);
        Some((low + high) / 2.0)
    }

    pub(crate) fn is_measuring(&self) -> bool {
        self.is_measuring
    }

    pub(crate) fn finish(&self) {
        self.criterion.final_summary();
    }
}
