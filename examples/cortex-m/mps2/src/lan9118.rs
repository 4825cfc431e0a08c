//! The Ethernet controller of the board, a LAN9118, as embassy-net drives one.
//!
//! Registers after the data sheet of the LAN9118.
#![expect(unsafe_code, reason = "registers")]

use core::ptr::with_exposed_provenance_mut;
use core::task::Context;

use corsac_device::MAC;
use embassy_net_driver::{self as driver, Capabilities, Driver, HardwareAddress, LinkState};
use embassy_sync::waitqueue::AtomicWaker;

use crate::board;

/// The number of its interrupt.
pub(crate) const INTERRUPT: u16 = 13;

/// The task that waits for a frame.
pub(crate) static WAKER: AtomicWaker = AtomicWaker::new();

const BASE: usize = 0x4020_0000;
const RX_DATA: usize = 0x00;
const TX_DATA: usize = 0x20;
const RX_STATUS: usize = 0x40;
const TX_STATUS: usize = 0x48;
const IRQ_CFG: usize = 0x54;
const INT_STS: usize = 0x58;
const INT_EN: usize = 0x5c;
const FIFO_INT: usize = 0x68;
const RX_CFG: usize = 0x6c;
const TX_CFG: usize = 0x70;
const HW_CFG: usize = 0x74;
const RX_FIFO_INF: usize = 0x7c;
const TX_FIFO_INF: usize = 0x80;
const MAC_CSR_CMD: usize = 0xa4;
const MAC_CSR_DATA: usize = 0xa8;

/// The interrupt of a frame that has arrived.
const ARRIVED: u32 = 1 << 3;

/// The longest frame, without its checksum: 14 bytes of header and 1,500 of content.
const MAX_FRAME: usize = 1514;

/// The controller, started.
#[derive(Debug)]
pub(crate) struct Lan9118 {
    received: [u8; MAX_FRAME],
    sent: [u8; MAX_FRAME],
}

impl Lan9118 {
    /// Resets and starts it.
    pub(crate) fn start() -> Self {
        write(HW_CFG, 1);
        while read(HW_CFG) & 1 != 0 {}
        // 5 KiB of its memory for what is sent, whole frames only.
        write(HW_CFG, 5 << 16 | 1 << 20);
        // The line is driven, active high, and told of every frame.
        write(IRQ_CFG, 0x111);
        write(FIFO_INT, 0x4800_0000);
        write(RX_CFG, 0);
        write(TX_CFG, 2 | 4);
        let [a, b, c, d, e, f] = MAC;
        write_mac(3, u32::from_le_bytes([a, b, c, d]));
        write_mac(2, u32::from_le_bytes([e, f, 0, 0]));
        // Receive, transmit, both at once.
        write_mac(1, read_mac(1) | 4 | 8 | 1 << 20);
        write(INT_EN, ARRIVED);
        Self { received: [0; MAX_FRAME], sent: [0; MAX_FRAME] }
    }

    /// Reads the next frame into memory and tells its length.
    fn read_frame(&mut self) -> Option<usize> {
        if !has_frame() {
            return None;
        }
        // The length has the checksum's four bytes in it.
        let whole = usize::try_from(read(RX_STATUS) >> 16 & 0x3fff).unwrap_or(0);
        for at in (0..whole).step_by(4) {
            for (offset, byte) in read(RX_DATA).to_le_bytes().into_iter().enumerate() {
                if let Some(place) = self.received.get_mut(at + offset) {
                    *place = byte;
                }
            }
        }
        Some(whole.saturating_sub(4).min(MAX_FRAME))
    }
}

impl Driver for Lan9118 {
    type RxToken<'a> = Received<'a>;
    type TxToken<'a> = Sending<'a>;

    fn receive(&mut self, context: &mut Context<'_>) -> Option<(Received<'_>, Sending<'_>)> {
        WAKER.register(context.waker());
        // A frame that arrives from here on sets it again.
        write(INT_STS, ARRIVED);
        let Some(length) = self.read_frame() else {
            board::listen();
            return None;
        };
        let Self { received, sent } = self;
        Some((Received(received.get_mut(..length)?), Sending { sent }))
    }

    fn transmit(&mut self, _: &mut Context<'_>) -> Option<Sending<'_>> {
        Some(Sending { sent: &mut self.sent })
    }

    fn link_state(&mut self, _: &mut Context<'_>) -> LinkState {
        LinkState::Up
    }

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::default();
        capabilities.max_transmission_unit = MAX_FRAME;
        capabilities.max_burst_size = Some(1);
        capabilities
    }

    fn hardware_address(&self) -> HardwareAddress {
        HardwareAddress::Ethernet(MAC)
    }
}

/// A frame that arrived.
pub(crate) struct Received<'a>(&'a mut [u8]);

impl driver::RxToken for Received<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, f: F) -> R {
        f(self.0)
    }
}

/// Room for a frame to send.
pub(crate) struct Sending<'a> {
    sent: &'a mut [u8; MAX_FRAME],
}

impl driver::TxToken for Sending<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, f: F) -> R {
        let frame = &mut self.sent[..length];
        let result = f(frame);
        send(frame);
        result
    }
}

fn has_frame() -> bool {
    read(RX_FIFO_INF) >> 16 & 0xff != 0
}

fn send(frame: &[u8]) {
    // What became of earlier frames is TCP's to find out.
    while read(TX_FIFO_INF) >> 16 & 0xff != 0 {
        read(TX_STATUS);
    }
    let length = u32::try_from(frame.len()).unwrap_or(0);
    // Without room, as when the cable is out, the frame is lost, which TCP makes good. To wait would be to hang.
    if read(TX_FIFO_INF) & 0xffff < length + 12 {
        return;
    }
    // One segment, the first and the last of its frame.
    write(TX_DATA, 1 << 13 | 1 << 12 | length);
    write(TX_DATA, length << 16 | length);
    for word in frame.chunks(4) {
        let mut bytes = [0; 4];
        bytes[..word.len()].copy_from_slice(word);
        write(TX_DATA, u32::from_le_bytes(bytes));
    }
}

fn read_mac(index: u32) -> u32 {
    command_mac(1 << 30 | index);
    read(MAC_CSR_DATA)
}

fn write_mac(index: u32, value: u32) {
    write(MAC_CSR_DATA, value);
    command_mac(index);
}

fn command_mac(command: u32) {
    write(MAC_CSR_CMD, 1 << 31 | command);
    while read(MAC_CSR_CMD) & 1 << 31 != 0 {}
}

fn read(register: usize) -> u32 {
    // SAFETY: a register of this controller, which nothing but this module uses.
    unsafe { with_exposed_provenance_mut::<u32>(BASE + register).read_volatile() }
}

fn write(register: usize, value: u32) {
    // SAFETY: as above; the controller does not touch memory.
    unsafe { with_exposed_provenance_mut::<u32>(BASE + register).write_volatile(value) };
}
