//! Hands the linker the memory map of the board and the script of the start-up code.

use std::path::Path;

fn main() {
    let variable = |name| std::env::var(name).unwrap_or_default();
    let board = if variable("CARGO_CFG_TARGET_ARCH") == "arm" { "arm" } else { "riscv" };
    let folder = Path::new(&variable("CARGO_MANIFEST_DIR")).join("memory").join(board);
    println!("cargo::rustc-link-search={}", folder.display());
    // The script for ARM includes the map; the one for RISC-V wants it before.
    let map = (board == "riscv").then_some("-Tmemory.x");
    for argument in map.into_iter().chain(["-Tlink.x", "--nmagic"]) {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
    println!("cargo::rerun-if-changed=memory");
}
