//! The loop that runs a property over many cases, each made from bytes of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;
use std::time::{Duration, Instant};

use crate::shared::fault::Checked;
use crate::shared::source::Source;

/// Bytes behind one case. What asks for more gets first choices.
const LONGEST: usize = 8192;

/// How long a failing case is made smaller.
const SHRINK_TIME: Duration = Duration::from_secs(10);

/// Runs `check` over `cases` cases, the same in every run.
///
/// `CORSAC_CASES` sets another number of cases, but where a single one is a long run already, and `CORSAC_SEED` other cases.
///
/// # Panics
///
/// At the first case that fails, with the smallest one like it that was found, as a vector to paste.
#[track_caller]
pub(crate) fn property(name: &str, cases: u64, check: fn(&mut Source<'_>) -> Checked) {
    let cases = if cases == 1 { 1 } else { number("CORSAC_CASES").unwrap_or(cases) };
    let seed = number("CORSAC_SEED").unwrap_or(0);
    for case in 0..cases {
        let bytes = Random::for_case(name, seed, case).bytes(LONGEST);
        if fails(check, &bytes).is_none() {
            continue;
        }
        let bytes = shrunk(check, bytes);
        let why = fails(check, &bytes).unwrap_or_default();
        panic!("{name}, case {case} (CORSAC_SEED={seed}, made smaller): {why}");
    }
    println!("{name}: {cases} cases, seed {seed}");
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.replace('_', "").parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}")))
}

/// Why the case fails, if it does; a panic is a failure.
fn fails(check: fn(&mut Source<'_>) -> Checked, bytes: &[u8]) -> Option<String> {
    keep_quiet();
    match catch_unwind(AssertUnwindSafe(|| check(&mut Source::new(bytes)))) {
        Ok(Ok(())) => None,
        Ok(Err(fault)) => Some(fault.to_string()),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
            Some(format!("it panicked: {text}\nfrom the bytes {bytes:?}"))
        }
    }
}

/// Panics of checks are caught and told at the end, once; every other panic is told as ever.
fn keep_quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let tell = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let is_ours = panic.payload().downcast_ref::<String>().is_some_and(|text| text.contains("CORSAC_SEED="));
            if is_ours {
                tell(panic);
            }
        }));
    });
}

/// A smaller input that still fails: pieces are cut out and set to zero, large ones first.
fn shrunk(check: fn(&mut Source<'_>) -> Checked, mut bytes: Vec<u8>) -> Vec<u8> {
    let end_of_time = Instant::now() + SHRINK_TIME;
    let mut size = bytes.len();
    while size > 0 {
        let mut at = 0;
        while at < bytes.len() && Instant::now() < end_of_time {
            let end = bytes.len().min(at + size);
            let mut cut = bytes.clone();
            cut.drain(at..end);
            let mut zeroed = bytes.clone();
            zeroed[at..end].fill(0);
            if fails(check, &cut).is_some() {
                bytes = cut;
            } else if zeroed != bytes && fails(check, &zeroed).is_some() {
                bytes = zeroed;
                at = end;
            } else {
                at = end;
            }
        }
        size /= 2;
    }
    bytes
}

/// SplitMix64: small, and good enough to make choices with.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn for_case(name: &str, seed: u64, case: u64) -> Self {
        let mut random = Self(seed);
        for byte in name.bytes() {
            random = Self(random.next() ^ u64::from(byte));
        }
        Self(random.next() ^ case.wrapping_mul(0xd134_2543_de82_ef95))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        for chunk in bytes.chunks_exact_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes());
        }
        bytes
    }
}
