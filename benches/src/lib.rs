//! What the benches, the instruction counts and the report share: requests, policies, the hard-coded floor, the sink that every
//! answer goes to, and what is compared with what.

pub mod comparisons;
pub mod designs;
pub mod floor;
pub mod names;
pub mod policies;
pub mod requests;
pub mod results;
pub mod services;
pub mod sink;
pub mod stats;
pub mod table;
