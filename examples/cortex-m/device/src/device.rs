//! The lamp, the sensor and the page.

use core::fmt::Write as _;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// A short text.
pub type Text = heapless::String<32>;

/// The device's own page.
pub const PAGE: &str = include_str!("page.html");

/// A lamp and a sensor. Tasks share it.
#[derive(Debug, Default)]
pub struct Device {
    lamp: AtomicBool,
    readings: AtomicU32,
}

impl Device {
    /// A device with the lamp off.
    pub const fn new() -> Self {
        Self { lamp: AtomicBool::new(false), readings: AtomicU32::new(0) }
    }

    /// The lamp as JSON.
    pub fn lamp(&self) -> Text {
        let mut text = Text::new();
        // Either text is shorter than 32 bytes.
        let _ = write!(text, "{{\"on\":{}}}", self.lamp.load(Ordering::Relaxed));
        text
    }

    /// Switches the lamp as a body says, `on` or `off`; whether it says one of them.
    pub fn switch(&self, body: &[u8]) -> bool {
        let on = match body {
            b"on" => true,
            b"off" => false,
            _ => return false,
        };
        self.lamp.store(on, Ordering::Relaxed);
        true
    }

    /// Switches the lamp to what it is not.
    pub fn toggle(&self) {
        self.lamp.fetch_xor(true, Ordering::Relaxed);
    }

    /// The sensor as JSON, and how often it was read. The emulated boards have none: its temperature goes up and down with the readings.
    pub fn sensor(&self) -> (Text, u32) {
        let readings = self.readings.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        let tenths = 200 + (readings % 32).min(32 - readings % 32);
        let mut text = Text::new();
        let _ = write!(text, "{{\"celsius\":{}.{}}}", tenths / 10, tenths % 10);
        (text, readings)
    }
}
