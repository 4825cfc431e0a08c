//! Any bytes as a policy image.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| corsac_fuzz::image(data));
