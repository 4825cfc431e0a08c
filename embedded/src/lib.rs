//! What the images share: a panic handler that does not link.
//!
//! Every image in `src/bin` is the core and a table of entry points, no boot code and no host. Nobody calls the entry
//! points, so the compiler has to assume any argument, and nothing can be computed while building. `PolicyRef` and
//! `Request` come in through one entry point and go out through another, so that the checks of `open` are out of sight
//! where `decide` is compiled: a panic path that only they would rule out is still found.

#![no_std]

use core::panic::PanicInfo;

#[expect(unsafe_code, reason = "a symbol that nothing defines is the proof")]
mod undefined {
    unsafe extern "C" {
        /// Defined nowhere: an image in which a panic can be reached does not link, and the linker names this symbol.
        pub(crate) safe fn corsac_panic_reached() -> !;
    }
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    undefined::corsac_panic_reached()
}
