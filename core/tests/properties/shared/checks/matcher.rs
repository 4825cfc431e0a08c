//! The origin matcher against its twin, and against the `url` crate.

use std::cell::Cell;

use corsac::{Apply, FieldName};

use crate::shared::fault::{Checked, Fault};
use crate::shared::naive;
use crate::shared::options::Valid;
use crate::shared::wire::{Answer, WireRequest};

/// The policy takes the origin just when one of its entries does, when looked at one by one; an origin that is taken is
/// answered with its own bytes; and the host's function is asked just about well-formed ones of the rest.
pub(crate) fn matcher_matches_the_twin(valid: &Valid, origin: &[u8]) -> Checked {
    let request = WireRequest::new(b"GET").with("Origin", origin);
    let wanted = naive::decide(&valid.options, &request, |_| false);
    let fault = |what: &str| Err(Fault::new(what).with(&valid.options, &request, Some(&wanted)));

    let policy = valid.policy();
    let prepared = request.request();
    let asked = Cell::new(false);
    let decision = policy.decide_with(&prepared, |about| {
        asked.set(true);
        assert_eq!(about, origin, "the host is asked about another origin");
        false
    });
    let got = Answer::of(&decision);
    if got != wanted {
        return fault(match (wanted.is_refused(), got.is_refused()) {
            (true, false) => "an origin that no entry takes is let in",
            (false, true) => "a listed origin is kept out",
            _ => "the origin gets another answer or another reason",
        });
    }
    let any_origin = valid.options.allow_origins == ["*"];
    let is_asked = wanted.is_refused() && origin != b"null" && naive::is_serialized_origin(origin);
    if asked.get() != (is_asked && !valid.options.static_origin && !any_origin) {
        return fault(if is_asked {
            "the host's function is not asked about a well-formed origin"
        } else {
            "the host's function is asked about an origin that no browser serializes"
        });
    }
    if !wanted.is_refused() && !any_origin && !valid.options.static_origin {
        let echo = [(FieldName::AllowOrigin, origin.to_vec(), Apply::Replace)];
        if got.fields.first() != echo.first() {
            return fault("the answer does not repeat the origin");
        }
        let names_its_entry = match decision.matched_entry() {
            Some(entry) => valid.options.allow_origins.get(entry).is_some_and(|text| naive::takes(text, origin)),
            None => origin == b"null",
        };
        if !names_its_entry {
            return fault("matched_entry is an entry that does not take the origin");
        }
        // What is not scanned is looked up by hash already.
        let is_scanned = valid.options.allow_origins.len() <= 8;
        for more in MANY.iter().filter(|_| is_scanned) {
            if among_many(valid, more).policy().decide(&prepared).matched_entry() != decision.matched_entry() {
                return fault("matched_entry is another entry in a list that is looked up by hash");
            }
        }
    }
    Ok(())
}

/// Entries of each kind of which there can be many, with a letter for their `?`.
const MANY: [&str; 4] =
    ["https://?.many.example", "https://*.?.many.example", "https://?-*.many.example", "http://?-many.localhost:*"];

/// The policy with so many more entries behind its own, letters for their `?`, that it is not scanned.
fn among_many(valid: &Valid, more: &str) -> Valid {
    let mut options = valid.options.clone();
    options.allow_origins.extend(('a'..='i').map(|letter| more.replace('?', &letter.to_string())));
    let image = options.compile().expect("a valid policy with more entries");
    Valid { options, image }
}

/// What counts as a well-formed origin is what a URL parser gives back unchanged, for the schemes that it knows and as far as
/// the two mean the same: corsac knows no Punycode in requests, takes no byte beyond the host bytes, and has caps.
pub(crate) fn url_crate_agrees(origin: &[u8]) -> Checked {
    let Ok(text) = str::from_utf8(origin) else {
        return Ok(());
    };
    let is_known = ["http://", "https://", "ws://", "wss://", "ftp://"].iter().any(|scheme| text.starts_with(scheme));
    let host_bytes = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.:/[]".contains(c);
    if !is_known || text.contains("xn--") || text.len() > 250 {
        return Ok(());
    }
    let parsed = url::Url::parse(text).is_ok_and(|url| url.origin().ascii_serialization() == text);
    let wanted = parsed
        && text.chars().all(host_bytes)
        && !text.ends_with('.')
        && !text.contains(".:")
        && !text.contains("..")
        && !text.contains("://.")
        && !text.ends_with(":0");
    let got = naive::is_serialized_origin(origin);
    if got == wanted {
        return Ok(());
    }
    let request = WireRequest::new(b"GET").with("Origin", origin);
    let what = format!("a URL parser and the twin differ about {text:?}: {wanted} and {got}");
    Err(Fault::new(what).with(&crate::shared::options::Options::default(), &request, None))
}
