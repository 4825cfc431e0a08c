//! How deep the stack gets.

use core::arch::asm;
use core::ptr::with_exposed_provenance_mut;

/// Bytes that are looked at. What goes deeper is a panic and not a figure.
const DEPTH: usize = 16 * 1024;

/// What untouched stack holds.
const PAINT: u32 = 0xa5c3_5a3c;

/// Calls `work`, and tells how many bytes of stack it took below the frame that holds its result.
#[inline(never)]
pub fn depth_of<R>(work: impl FnOnce() -> R) -> (R, usize) {
    let top = pointer();
    for word in words(top) {
        write(word);
    }
    let result = work();
    let mut untouched = words(top).take_while(|word| is_untouched(*word)).count();
    untouched *= size_of::<u32>();
    assert!(untouched > 0, "the stack gets deeper than {DEPTH} bytes");
    (result, DEPTH - untouched)
}

/// The words below an address, the lowest first.
#[inline(always)]
fn words(top: usize) -> impl Iterator<Item = usize> {
    (top - DEPTH..top).step_by(size_of::<u32>())
}

#[inline(always)]
#[expect(unsafe_code, reason = "the stack pointer is a register")]
fn pointer() -> usize {
    let pointer: usize;
    // SAFETY: it reads a register and does nothing else.
    #[cfg(target_arch = "arm")]
    unsafe {
        asm!("mov {}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags));
    }
    // SAFETY: as above.
    #[cfg(target_arch = "riscv32")]
    unsafe {
        asm!("mv {}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags));
    }
    pointer
}

#[inline(always)]
#[expect(unsafe_code, reason = "stack that is not in use belongs to nobody")]
fn write(word: usize) {
    // SAFETY: the word lies below the stack pointer and, as the board's memory is a hundred times `DEPTH`, inside of it. No interrupt is
    // on, so that nothing uses it until the next call.
    unsafe { with_exposed_provenance_mut::<u32>(word).write_volatile(PAINT) };
}

#[inline(always)]
#[expect(unsafe_code, reason = "stack that is not in use belongs to nobody")]
fn is_untouched(word: usize) -> bool {
    // SAFETY: as above; any word may be read as a number.
    unsafe { with_exposed_provenance_mut::<u32>(word).read_volatile() == PAINT }
}
