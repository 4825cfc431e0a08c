//! The verdicts beside CORS on any request, against their twin.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| corsac_fuzz::verdict(data));
