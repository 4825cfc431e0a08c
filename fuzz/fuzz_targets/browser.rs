//! Calls of `fetch` under any policy, against the model of a browser.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| corsac_fuzz::browser(data));
