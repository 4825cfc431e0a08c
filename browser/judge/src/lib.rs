//! Three answers to each call of `fetch`: the core's, the model's, and Chromium's. Where they are not one, something is wrong.
//!
//! A case is a policy, an application behind it, and what a page does; [`cases`] makes them of a seed. The [`Judge`] has a real
//! Chromium make the calls, from pages of several origins, to a server that answers as the core decides, or to one that an adapter
//! of the core stands in. A tap writes down what goes over the wire. Then, for each call,
//!
//! - the core: all that it decided is "allowed" exactly where the page reads;
//! - the model, `corsac-browser`, playing against the core's decisions: the same preflight byte for byte, the same request, the
//!   same response and the same readable fields;
//!
//! and what differs is a [`Disagreement`]. Where Chromium is known to leave the standard stands in [`DEVIATIONS`]: each excuses what
//! it explains and nothing else, and one that no longer happens is a failure. That a mistake would be found is shown by making it:
//! [`Plant`].

mod adapter;
mod backend;
mod case;
mod compare;
mod deviation;
mod error;
mod generate;
mod judge;
mod options;
mod page;
mod plant;
mod predict;
mod rewrite;
mod seen;
mod server;
mod summary;
mod tap;

pub use adapter::Adapter;
pub use case::{APPLICATION_FIELDS, Case};
pub use deviation::{DEVIATIONS, Deviation};
pub use error::Error;
pub use generate::{Reach, Setting, cases};
pub use judge::Judge;
pub use options::{Options, Policy};
pub use plant::Plant;
pub use predict::{Core, Prediction};
pub use seen::{Asked, Read, Seen, Sent};
pub use summary::{Disagreement, Shares, Summary};
