//! The clock and sleep of the board.
#![expect(unsafe_code, reason = "interrupts")]

use core::sync::atomic::{AtomicU32, Ordering};

use cortex_m::interrupt::InterruptNumber;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m::peripheral::{NVIC, Peripherals};
use cortex_m_rt::exception;

use crate::ethernet;

/// Hertz of the core's clock as it is after a reset.
const CLOCK: u32 = 12_500_000;

/// Milliseconds from one tick to the next.
const TICK: u32 = 10;

static TICKS: AtomicU32 = AtomicU32::new(0);

/// The line of the Ethernet controller.
#[derive(Clone, Copy)]
struct Line;

// SAFETY: the number is that of the data sheet and never changes.
unsafe impl InterruptNumber for Line {
    fn number(self) -> u16 {
        ethernet::INTERRUPT
    }
}

/// Starts the clock.
pub(crate) fn start() {
    if let Some(mut core) = Peripherals::take() {
        core.SYST.set_clock_source(SystClkSource::Core);
        core.SYST.set_reload(CLOCK / 1000 * TICK - 1);
        core.SYST.clear_current();
        core.SYST.enable_counter();
        core.SYST.enable_interrupt();
    }
}

/// Milliseconds since the start. They begin anew after 497 days, when connections of that moment may break.
pub(crate) fn milliseconds() -> i64 {
    i64::from(TICKS.load(Ordering::Relaxed)) * i64::from(TICK)
}

/// Sleeps until the clock ticks or a frame arrives, unless `ready`.
pub(crate) fn sleep_unless(ready: impl FnOnce() -> bool) {
    // SAFETY: its handler does nothing but mask it again.
    unsafe { NVIC::unmask(Line) };
    // With interrupts off none can come between the look and the sleep; one that is pending ends the sleep at once.
    cortex_m::interrupt::free(|_| {
        if !ready() {
            cortex_m::asm::wfi();
        }
    });
}

#[exception]
fn SysTick() {
    // Nothing else writes it.
    TICKS.store(TICKS.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
}

#[exception]
unsafe fn DefaultHandler(_: i16) {
    // The frame is read in the main loop; until then the line stays up and would interrupt again.
    NVIC::mask(Line);
}
