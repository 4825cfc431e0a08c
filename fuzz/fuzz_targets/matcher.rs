//! Any origin against any list of entries, and a slow matcher.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| corsac_fuzz::matcher(data));
