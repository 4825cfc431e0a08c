//! Hands the linker the memory map of the images.

use std::path::Path;

fn main() {
    let directory = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let script = Path::new(&directory).join("image.ld");
    println!("cargo::rustc-link-arg-bins=-T{}", script.display());
    println!("cargo::rerun-if-changed=image.ld");
}
