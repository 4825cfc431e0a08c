//! The functions whose stack and instructions are measured. They are never inlined, so that nothing of theirs hides in the caller.

use core::fmt::{self, Write};

use corsac::{Config, Decision, ImageError, PolicyError, PolicyRef, Request, ScreenRequest, Screening};

/// Bytes from outside become a policy.
#[inline(never)]
pub fn open(image: &[u8]) -> Result<PolicyRef<'_>, ImageError> {
    PolicyRef::open(image)
}

/// The decision.
#[inline(never)]
pub fn decide<'p: 'r, 'r>(policy: &PolicyRef<'p>, request: &'r Request<'r>) -> Decision<'p, 'r> {
    policy.decide(request)
}

/// All verdicts and the decision.
#[inline(never)]
pub fn screen<'p: 'r, 'r>(policy: &PolicyRef<'p>, request: &'r ScreenRequest<'r>) -> Screening<'p, 'r> {
    policy.screen(request)
}

/// A configuration becomes a policy.
#[inline(never)]
pub fn compile<'b>(config: &Config<'_>, memory: &'b mut [u8]) -> Result<PolicyRef<'b>, PolicyError> {
    config.compile_into(memory)
}

/// The sentence for a person.
#[inline(never)]
pub fn explain(decision: &Decision<'_, '_>) -> fmt::Result {
    write!(Nowhere, "{}", decision.explain())
}

/// From a list of fields to the response's: what a server does for each request. The number of bytes that would be sent.
#[inline(never)]
pub fn whole(policy: &PolicyRef<'_>, method: &[u8], fields: &[(&[u8], &[u8])]) -> usize {
    let request = Request::from_fields(method, fields.iter().copied());
    let decision = policy.decide(&request);
    let length = decision.fields().map(|field| field.name.as_str().len() + field.value.len()).sum::<usize>();
    length + usize::from(decision.status().is_some())
}

/// The floor: the answer for one origin as a program would have it that knows nothing else, one comparison and constant fields.
#[inline(never)]
pub fn floor(origin: Option<&[u8]>) -> &'static [(&'static str, &'static str)] {
    const FIELDS: &[(&str, &str)] = &[("Access-Control-Allow-Origin", "https://app.example.com"), ("Vary", "Origin")];
    match origin {
        Some(b"https://app.example.com") => FIELDS,
        _ => FIELDS.split_at(1).1,
    }
}

/// The floor of [`whole`]: it looks for one field.
#[inline(never)]
pub fn floor_of_whole(fields: &[(&[u8], &[u8])]) -> usize {
    let origin = fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(b"origin")).map(|(_, value)| *value);
    floor(origin).iter().map(|(name, value)| name.len() + value.len()).sum()
}

/// Takes every text.
struct Nowhere;

impl Write for Nowhere {
    fn write_str(&mut self, _: &str) -> fmt::Result {
        Ok(())
    }
}
