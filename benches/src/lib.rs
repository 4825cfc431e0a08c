//! What the benches and the instruction counts share: requests, policies, the hard-coded floor, and the sink that every
//! answer goes to.

pub mod floor;
pub mod names;
pub mod policies;
pub mod requests;
pub mod sink;
