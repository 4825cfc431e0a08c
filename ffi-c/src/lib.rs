//! libcorsac: the decision core for C programs.
//!
//! The manual is the header, `include/corsac.h`, which cbindgen makes of the doc comments here; they speak to people who write C.
//! `api.rs` holds every function that C can call, `foreign.rs` everything that is done with a pointer, and `marshal.rs` what lies between:
//! no other module has `unsafe`. All that is decided is decided by the core.
//!
//! The library has no `std`, so that it is the same on a server and on bare metal.

#![no_std]
#![deny(unsafe_code)]
#![allow(non_camel_case_types, reason = "types have the names that C knows them by")]

mod answer;
mod api;
mod foreign;
mod marshal;
mod numbers;
mod question;
mod types;
mod vary;
mod writer;

pub use api::*;
pub use numbers::*;
pub use types::*;

/// The header has the library's version.
const _: () = {
    let parts = [
        (CORSAC_VERSION_MAJOR, env!("CARGO_PKG_VERSION_MAJOR")),
        (CORSAC_VERSION_MINOR, env!("CARGO_PKG_VERSION_MINOR")),
        (CORSAC_VERSION_PATCH, env!("CARGO_PKG_VERSION_PATCH")),
    ];
    let mut rest = parts.as_slice();
    while let [(number, part), more @ ..] = rest {
        let Ok(part) = u32::from_str_radix(part, 10) else { panic!("a version is three numbers") };
        assert!(*number == part, "the version has changed: run `cargo xtask header`");
        rest = more;
    }
};

/// Nothing here panics: on bare metal the symbol below is defined nowhere, so that a library in which a panic could be reached would
/// not link. Elsewhere a panic ends the process.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    end::end()
}

#[allow(unsafe_code, reason = "two symbols of others")]
mod end {
    #[cfg(target_os = "none")]
    unsafe extern "C" {
        #[link_name = "corsac_panic_reached"]
        pub(crate) safe fn end() -> !;
    }

    #[cfg(not(target_os = "none"))]
    unsafe extern "C" {
        #[link_name = "abort"]
        pub(crate) safe fn end() -> !;
    }
}
