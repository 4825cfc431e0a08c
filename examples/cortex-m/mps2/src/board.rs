//! Interrupts and sleep of the board.
#![expect(unsafe_code, reason = "interrupts")]

use core::sync::atomic::{AtomicBool, Ordering};

use cortex_m::interrupt::InterruptNumber;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m::peripheral::{NVIC, Peripherals};
use cortex_m_rt::exception;
use embassy_executor::raw::Executor;

use crate::{clock, lan9118};

/// Hertz of the core's clock.
const CLOCK: u32 = 25_000_000;

/// Whether a task can go on.
static PENDING: AtomicBool = AtomicBool::new(true);

/// The line of the Ethernet controller.
#[derive(Clone, Copy)]
struct Line;

// SAFETY: the number is the board's and never changes.
unsafe impl InterruptNumber for Line {
    fn number(self) -> u16 {
        lan9118::INTERRUPT
    }
}

/// Starts the clock.
pub(crate) fn start() {
    if let Some(mut core) = Peripherals::take() {
        core.SYST.set_clock_source(SystClkSource::Core);
        core.SYST.set_reload(CLOCK / 1000 - 1);
        core.SYST.clear_current();
        core.SYST.enable_counter();
        core.SYST.enable_interrupt();
    }
}

/// Runs the tasks, and sleeps while none can go on.
///
/// The executor that comes with embassy waits for an event, which QEMU does not: it would keep a core of the host busy.
pub(crate) fn run(executor: &'static Executor) -> ! {
    loop {
        PENDING.store(false, Ordering::Relaxed);
        // SAFETY: this is the only place that polls it, and nothing calls it from within a task or an interrupt.
        unsafe { executor.poll() };
        // With interrupts off none can come between the look and the sleep; one that is pending ends the sleep at once.
        cortex_m::interrupt::free(|_| {
            if !PENDING.load(Ordering::Relaxed) {
                cortex_m::asm::wfi();
            }
        });
    }
}

/// Lets the Ethernet controller interrupt again.
pub(crate) fn listen() {
    // SAFETY: its handler wakes a task and masks it again.
    unsafe { NVIC::unmask(Line) };
}

/// What the executor calls when a task is woken, from an interrupt too.
#[unsafe(export_name = "__pender")]
fn pend(_: *mut ()) {
    PENDING.store(true, Ordering::Relaxed);
}

#[exception]
fn SysTick() {
    clock::tick();
}

#[exception]
unsafe fn DefaultHandler(_: i16) {
    // The frame is read by a task; until then the line stays up and would interrupt again.
    NVIC::mask(Line);
    lan9118::WAKER.wake();
}
