//! Table tests of the model: one row for each thing that the standard decides, with an id and the reason why.

mod any_input;
mod cache;
mod cors_check;
mod lists;
mod methods;
mod origins;
mod page_requests;
mod preflight;
mod request_headers;
mod responses;
mod sentences;
mod support;
