//! The decision on any request, against its twin.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| corsac_fuzz::request(data));
