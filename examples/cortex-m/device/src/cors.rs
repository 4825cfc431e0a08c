//! CORS and the verdicts beside it for any HTTP/1.1 stack: a gate in front of the application, and the fields behind it.
//!
//! A stack needs to give three things: the request's fields in the order of arrival (repeated ones repeated, none left out), a place
//! before its routes, and a place where the head of every response is written. See `README.md` for what goes wrong where a stack
//! gives less.

use core::fmt::{self, Write};

use corsac::{Apply, FieldName, PolicyRef, ResponseField, ScreenRequest, Screening};

/// The policy and the names that the device has got while it runs.
#[derive(Clone, Copy, Debug)]
pub struct Gate<'a> {
    policy: PolicyRef<'a>,
    own_names: &'a [&'a str],
}

impl<'a> Gate<'a> {
    /// The gate of a policy. `own_names` are the hosts that the device goes by beside those of the policy's `allow_hosts`.
    pub const fn new(policy: PolicyRef<'a>, own_names: &'a [&'a str]) -> Self {
        Self { policy, own_names }
    }

    /// Picks out of a request what has to be asked about.
    ///
    /// Values are as they came but for the blanks around them, which every parser of HTTP takes away.
    pub fn receive<'r>(&self, method: &'r str, fields: impl Iterator<Item = (&'r [u8], &'r [u8])>) -> ScreenRequest<'r>
    where
        'a: 'r,
    {
        ScreenRequest::from_fields(method, fields).with_own_names(self.own_names)
    }

    /// Asks. A [status](Screening::status) is answered in the application's place, without content; else the application answers, and its
    /// response, whatever its status, gets the fields that [`write_fields`](Self::write_fields) writes.
    pub fn screen<'r>(&self, request: &'r ScreenRequest<'r>) -> Screening<'a, 'r>
    where
        'a: 'r,
    {
        self.policy.screen(request)
    }

    /// Writes the fields as lines of HTTP/1.1. `vary` is the value of the application's own field of that name; where it has one, this
    /// writes the members that lack as a further line, which is how HTTP/1.1 spells a longer list.
    pub fn write_fields(out: &mut impl Write, screening: &Screening<'_, '_>, vary: Option<&str>) -> Result<(), Unsent> {
        screening.fields().try_for_each(|field| write_field(out, &field, vary)).map_err(|fmt::Error| Unsent)
    }
}

/// The response had no room for a field. It must not be sent as it is: without `Vary`, a cache would hand it to other pages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unsent;

fn write_field(out: &mut impl Write, field: &ResponseField<'_>, vary: Option<&str>) -> fmt::Result {
    if field.apply != Apply::Merge {
        return write_line(out, field.name, &[field.value]);
    }
    let mut missing = corsac::missing_vary(vary.map(str::as_bytes), field.value);
    // A decision's `Vary` has four members at most.
    let members = [(); 4].map(|()| missing.next());
    let count = members.iter().flatten().count();
    let members = members.map(Option::unwrap_or_default);
    if count == 0 { Ok(()) } else { write_line(out, field.name, &members[..count]) }
}

fn write_line(out: &mut impl Write, name: FieldName, members: &[&[u8]]) -> fmt::Result {
    write!(out, "{name}: ")?;
    for (number, member) in members.iter().enumerate() {
        out.write_str(if number == 0 { "" } else { ", " })?;
        // Visible ASCII and blanks, each a char of one byte.
        member.iter().try_for_each(|byte| out.write_char(char::from(*byte)))?;
    }
    out.write_str("\r\n")
}

/// Whether an application's field is one that only the policy may set, and so has to be left out. `Vary` is not.
pub fn is_cors_field(name: &str) -> bool {
    FieldName::ALL.iter().any(|field| *field != FieldName::Vary && field.lower().eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OWN_NAMES, POLICY};
    use std::string::String;

    fn ask(method: &str, fields: &[(&str, &str)], vary: Option<&str>) -> (Option<u16>, String) {
        let gate = Gate::new(POLICY, &OWN_NAMES);
        let fields = fields.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
        let request = gate.receive(method, fields);
        let screening = gate.screen(&request);
        let mut out = String::new();
        Gate::write_fields(&mut out, &screening, vary).expect("a string takes all");
        (screening.status(), out)
    }

    #[test]
    fn a_page_in_the_policy_may_switch_the_lamp() {
        let fields =
            [("Host", "10.0.2.15"), ("Origin", "https://panel.example.com"), ("Access-Control-Request-Method", "PUT")];
        let (status, out) = ask("OPTIONS", &fields, None);
        assert_eq!(status, Some(204));
        assert!(out.contains("Access-Control-Allow-Origin: https://panel.example.com\r\n"), "{out}");
        assert!(out.contains("Access-Control-Allow-Methods: PUT\r\n"), "{out}");
    }

    #[test]
    fn others_are_refused() {
        let own = ("Host", "lamp.local");
        let evil = ("Origin", "https://evil.example");
        assert_eq!(ask("OPTIONS", &[own, evil, ("Access-Control-Request-Method", "PUT")], None).0, Some(403));
        assert_eq!(ask("POST", &[own, evil], None).0, Some(403), "a forged request");
        assert_eq!(ask("GET", &[("Host", "rebound.evil.example")], None).0, Some(421), "a rebound name");
        let (status, out) = ask("GET", &[own, evil], None);
        assert_eq!((status, out.as_str()), (None, "Vary: Origin\r\n"), "reading goes on, unread by the page");
        assert_eq!(ask("POST", &[own, ("Origin", "http://lamp.local")], None).0, None, "the device's own page");
    }

    #[test]
    fn the_applications_vary_is_kept() {
        let fields = [("Host", "lamp.local")];
        assert_eq!(ask("GET", &fields, Some("Accept")).1, "Vary: Origin\r\n");
        assert_eq!(ask("GET", &fields, Some("Accept, origin")).1, "");
        assert_eq!(ask("GET", &fields, Some("*")).1, "");
    }

    #[test]
    fn the_policys_fields_are_known() {
        assert!(is_cors_field("access-control-allow-origin") && is_cors_field("Timing-Allow-Origin"));
        assert!(!is_cors_field("Vary") && !is_cors_field("Allow"));
    }
}
