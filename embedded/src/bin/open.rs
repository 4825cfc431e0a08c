//! The image of `PolicyRef::open` alone: bytes from outside, checked.

#![no_std]
#![no_main]

use corsac::PolicyRef;
use corsac_embedded as _;

/// What the image exports; the linker script keeps it.
#[used]
#[expect(unsafe_code, reason = "places the table where the linker script keeps it")]
#[unsafe(link_section = ".entries")]
static OPEN: fn(&'static [u8]) -> Option<PolicyRef<'static>> = open;

fn open(image: &'static [u8]) -> Option<PolicyRef<'static>> {
    PolicyRef::open(image).ok()
}
