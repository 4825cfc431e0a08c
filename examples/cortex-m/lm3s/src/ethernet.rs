//! The Ethernet controller of the LM3S6965, polled; its interrupt only ends the core's sleep.
//!
//! Registers after the part's data sheet, "Ethernet Controller".
#![expect(unsafe_code, reason = "registers")]

use core::ptr::with_exposed_provenance_mut;

use smoltcp::phy::{self, Device, DeviceCapabilities, Medium};
use smoltcp::time::Instant;

/// The number of its interrupt.
pub(crate) const INTERRUPT: u16 = 42;

const BASE: usize = 0x4004_8000;
const RCTL: usize = 0x08;
const TCTL: usize = 0x0c;
const DATA: usize = 0x10;
const THR: usize = 0x1c;
const NP: usize = 0x34;
const TR: usize = 0x38;
const IACK: usize = 0x00;
const IM: usize = 0x04;

/// The longest frame, without its checksum: 14 bytes of header and 1,500 of content.
const MAX_FRAME: usize = 1514;

/// The controller.
#[derive(Debug)]
pub(crate) struct Ethernet {
    received: [u8; MAX_FRAME],
    sent: [u8; MAX_FRAME],
}

impl Ethernet {
    pub(crate) const fn new() -> Self {
        Self { received: [0; MAX_FRAME], sent: [0; MAX_FRAME] }
    }

    /// Starts it.
    pub(crate) fn start() {
        // Empty the receiver, pad and check what is sent, both ways at once, and tell about what arrives.
        write(RCTL, 0x10);
        write(TCTL, 0x01 | 0x02 | 0x04 | 0x10);
        write(THR, 0x3f);
        write(RCTL, 0x01 | 0x08);
        write(IM, 0x01);
    }

    /// Whether a frame waits.
    pub(crate) fn has_frame() -> bool {
        read(NP) != 0
    }

    /// Takes back that a frame has arrived, so that the next one is told.
    pub(crate) fn acknowledge() {
        write(IACK, 0x01);
    }

    /// Reads the next frame into memory and tells its length.
    fn read_frame(&mut self) -> Option<usize> {
        if !Self::has_frame() {
            return None;
        }
        // The first word is the length of all that is read, itself (two bytes) and the checksum (four) included, and two bytes of the
        // frame.
        let [low, high, first, second] = read(DATA).to_le_bytes();
        let whole = usize::from(u16::from_le_bytes([low, high]));
        let length = whole.saturating_sub(6);
        let mut put = |at: usize, byte| {
            if let Some(place) = self.received.get_mut(at) {
                *place = byte;
            }
        };
        put(0, first);
        put(1, second);
        for at in (4..whole).step_by(4) {
            for (offset, byte) in read(DATA).to_le_bytes().into_iter().enumerate() {
                put(at - 2 + offset, byte);
            }
        }
        Some(length.min(MAX_FRAME))
    }
}

impl Device for Ethernet {
    type RxToken<'a> = Received<'a>;
    type TxToken<'a> = Sending<'a>;

    fn receive(&mut self, _: Instant) -> Option<(Received<'_>, Sending<'_>)> {
        let length = self.read_frame()?;
        let Self { received, sent } = self;
        Some((Received(received.get(..length)?), Sending { sent }))
    }

    fn transmit(&mut self, _: Instant) -> Option<Sending<'_>> {
        Some(Sending { sent: &mut self.sent })
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ethernet;
        capabilities.max_transmission_unit = MAX_FRAME;
        capabilities.max_burst_size = Some(1);
        capabilities
    }
}

/// A frame that arrived.
pub(crate) struct Received<'a>(&'a [u8]);

impl phy::RxToken for Received<'_> {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, f: F) -> R {
        f(self.0)
    }
}

/// Room for a frame to send.
pub(crate) struct Sending<'a> {
    sent: &'a mut [u8; MAX_FRAME],
}

impl phy::TxToken for Sending<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, f: F) -> R {
        let frame = &mut self.sent[..length];
        let result = f(frame);
        send(frame);
        result
    }
}

fn send(frame: &[u8]) {
    // The length is that of the content, without the header.
    let content = u16::try_from(frame.len().saturating_sub(14)).unwrap_or(0).to_le_bytes();
    let mut bytes = content.into_iter().chain(frame.iter().copied()).peekable();
    while bytes.peek().is_some() {
        write(DATA, u32::from_le_bytes([(); 4].map(|()| bytes.next().unwrap_or(0))));
    }
    write(TR, 1);
    while read(TR) & 1 != 0 {}
}

fn read(register: usize) -> u32 {
    // SAFETY: a register of this controller, which nothing but this module uses.
    unsafe { with_exposed_provenance_mut::<u32>(BASE + register).read_volatile() }
}

fn write(register: usize, value: u32) {
    // SAFETY: as above; none of them makes the controller touch memory.
    unsafe { with_exposed_provenance_mut::<u32>(BASE + register).write_volatile(value) };
}
