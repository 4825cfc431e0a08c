//! Names the shared library for the dynamic linker. The number in the name is that of the binary interface.

use std::env;
use std::fs;

fn main() {
    println!("cargo:rerun-if-changed=src/numbers.rs");
    println!("cargo:rerun-if-changed=build.rs");
    let target = env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    if target == "linux" {
        let numbers = fs::read_to_string("src/numbers.rs").unwrap_or_default();
        let abi = numbers.split_once("CORSAC_ABI: u32 = ").and_then(|(_, rest)| rest.split(';').next());
        let Some(abi) = abi else {
            println!("cargo:error=src/numbers.rs does not state CORSAC_ABI");
            return;
        };
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libcorsac.so.{abi}");
    }
}
