//! What both firmwares are: a lamp, a sensor, a page, a policy, and CORS for any HTTP/1.1 stack.
//!
//! Nothing here knows a board, a network or a server, so that its tests run on the host.

#![no_std]

#[cfg(test)]
extern crate std;

mod api;
mod cors;
mod device;
pub mod http;

pub use api::{Answer, Body, Request, answer};
pub use cors::{Gate, Unsent, is_cors_field};
pub use device::{Device, PAGE, Text};

use corsac::{PolicyRef, policy};

/// The policy, compiled while the firmware is and kept in flash: a wrong entry stops the build.
///
/// A page of the vendor's and the pages of a developer may read and switch the lamp. The device's own page needs no entry.
pub static POLICY: PolicyRef<'static> = policy! {
    allow_origins: &["https://panel.example.com", "https://*.preview.example.com", "http://localhost:*"],
    allow_methods: &["PUT"],
    allow_headers: &["content-type", "x-request-id"],
    expose_headers: &["x-readings"],
    max_age: Some(600),
    // Without this list any name that points at the device's address would be its own: DNS rebinding. The loopback names are for
    // an emulator's forwarded port; no page of another site can have them.
    allow_hosts: &["lamp.local", "127.0.0.1:*", "localhost:*"],
};

/// The address that both boards have in the emulator's network. A device that asks DHCP learns such a name while it runs, so the policy
/// does not have it.
pub const ADDRESS: [u8; 4] = [10, 0, 2, 15];

/// The address as the name that it is.
pub const OWN_NAMES: [&str; 1] = ["10.0.2.15"];

/// The emulator's gateway.
pub const GATEWAY: [u8; 4] = [10, 0, 2, 2];

/// The address of the Ethernet controller: locally administered, and the one that the emulator gives.
pub const MAC: [u8; 6] = [0x52, 0x54, 0x00, 0x12, 0x34, 0x56];
