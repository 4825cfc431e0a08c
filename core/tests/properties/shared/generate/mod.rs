//! Policies, origins, requests and calls, made so that they meet: few words, and much that is almost the same.

mod calls;
mod origins;
mod policies;
mod requests;
mod words;

pub(crate) use calls::{call, page_origin};
pub(crate) use origins::{entry, origin};
pub(crate) use policies::{any_options, many_origins, policy};
pub(crate) use requests::{header_list, request, respelled};
pub(crate) use words::{any_bytes, header_name, method};
