//! Policies, origins, requests and calls, made so that they meet: few words, and much that is almost the same.

mod calls;
mod origins;
mod pages;
mod policies;
mod requests;
mod verdicts;
mod words;

pub(crate) use calls::{call, page_origin};
pub(crate) use origins::{entry, origin};
pub(crate) use pages::{listed_page, own_page, strange_page};
pub(crate) use policies::{any_options, many_origins, open_policy, policy};
pub(crate) use requests::{header_list, request, respelled};
pub(crate) use verdicts::{own_host, own_origin, respelled_verdict, unsafe_method, verdict_request};
pub(crate) use words::{any_bytes, header_name, method};
