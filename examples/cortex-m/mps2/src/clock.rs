//! The clock behind embassy-time: a tick every millisecond.

use core::cell::RefCell;
use core::task::Waker;

use critical_section::Mutex;
use embassy_time_driver::Driver;
use embassy_time_queue_utils::Queue;

embassy_time_driver::time_driver_impl!(
    static CLOCK: Clock = Clock(Mutex::new(RefCell::new(State { now: 0, alarm: u64::MAX, queue: Queue::new() })))
);

struct Clock(Mutex<RefCell<State>>);

struct State {
    now: u64,
    alarm: u64,
    queue: Queue,
}

impl Driver for Clock {
    fn now(&self) -> u64 {
        critical_section::with(|section| self.0.borrow_ref(section).now)
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        critical_section::with(|section| {
            let mut state = self.0.borrow_ref_mut(section);
            if state.queue.schedule_wake(at, waker) {
                let now = state.now;
                state.alarm = state.queue.next_expiration(now);
            }
        });
    }
}

/// A millisecond has passed.
pub(crate) fn tick() {
    critical_section::with(|section| {
        let mut state = CLOCK.0.borrow_ref_mut(section);
        state.now += 1;
        if state.now >= state.alarm {
            let now = state.now;
            state.alarm = state.queue.next_expiration(now);
        }
    });
}
