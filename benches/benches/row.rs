//! Rows: things that are compared with each other, timed in turn within every sample.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use corsac_benches::results::{Results, Row};
use criterion::{Criterion, SamplingMode};

/// Samples of an ordinary row, of which the median is taken.
const SAMPLES: usize = 30;

/// One of the things that a row compares: runs so many times, and tells how long it took.
pub(crate) struct Contender<'a> {
    name: String,
    run: Box<dyn FnMut(u64) -> Duration + 'a>,
}

impl<'a> Contender<'a> {
    /// Times its runs itself, so that it can prepare what is not to be counted.
    pub(crate) fn new(name: impl Into<String>, run: impl FnMut(u64) -> Duration + 'a) -> Self {
        Self { name: name.into(), run: Box::new(run) }
    }

    /// Is timed as a whole.
    pub(crate) fn whole(name: impl Into<String>, mut once: impl FnMut() + 'a) -> Self {
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
    /// Nanoseconds of each sample.
    results: Results,
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
        Self { criterion, results: Results::default(), is_measuring }
    }

    /// Measures a row. Criterion reports its first contender; the report at the end has them all.
    ///
    /// Within each sample every contender runs equally often, one straight after the other and each in turn the first, so that
    /// whatever else the machine does falls on all of them alike.
    pub(crate) fn measure(&mut self, row: &str, contenders: Vec<Contender<'_>>) {
        self.measure_with(SAMPLES, row, contenders);
    }

    /// As [`Self::measure`], with as few samples as Criterion takes: for what takes seconds.
    pub(crate) fn measure_seldom(&mut self, row: &str, contenders: Vec<Contender<'_>>) {
        self.measure_with(10, row, contenders);
    }

    fn measure_with(&mut self, samples_wanted: usize, row: &str, contenders: Vec<Contender<'_>>) {
        let (names, runs): (Vec<_>, Vec<_>) = contenders.into_iter().map(|one| (one.name, one.run)).unzip();
        let runs = RefCell::new(runs);
        let samples = RefCell::new(vec![Vec::<f64>::new(); names.len()]);
        let (group, name) = row.split_once('/').expect("a row has a group and a name");
        let mut group = self.criterion.benchmark_group(group);
        group.sampling_mode(SamplingMode::Flat).sample_size(samples_wanted);
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
        // The first samples were for warming up.
        let last = |samples: Vec<f64>| samples.len().checked_sub(samples_wanted).map(|first| samples[first..].to_vec());
        let samples = names.into_iter().zip(samples.into_inner());
        let samples = samples.map(|(name, samples)| Some((name, last(samples)?))).collect::<Option<_>>();
        if let Some(samples) = samples.filter(|_| self.is_measuring) {
            self.results.rows.push(Row { name: row.to_owned(), samples });
        }
    }

    /// Adds to a row that was measured what takes no clock.
    pub(crate) fn note(&mut self, row: &str, what: &str, value: f64) {
        if let Some(row) = self.results.rows.iter_mut().find(|one| one.name == row) {
            row.samples.insert(what.to_owned(), vec![value]);
        }
    }

    /// All that was measured.
    pub(crate) fn finish(self) -> Results {
        self.criterion.final_summary();
        self.results
    }
}
