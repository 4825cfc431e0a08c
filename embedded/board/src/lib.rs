//! What the test images share: start-up, the stack's depth, and the functions that are measured.

#![no_std]

pub mod measured;
pub mod stack;

#[cfg(target_arch = "arm")]
pub use cortex_m_rt::entry;
#[cfg(target_arch = "riscv32")]
pub use riscv_rt::entry;
