//! 1 to 1,000,000 patterns.

use std::hint::black_box;

use corsac::{Config, PolicyRef, Request};
use corsac_benches::comparisons::{PATTERNS, patterns};
use corsac_benches::sink::{Opaque, Sink};
use corsac_benches::{names, policies};

use crate::row::{Contender, Rows};

/// Different requests, taken in turn, so that neither branch predictor nor cache knows the next one.
const LOOKUPS: usize = 1_024;

/// A number that no pattern is made of.
const OUTSIDE: usize = PATTERNS[PATTERNS.len() - 1] + 1;

/// A kind of pattern.
struct Kind {
    pattern: fn(usize) -> String,
    cases: &'static [Case],
}

/// What is looked up. The requests of a row are the same for all policies wherever that is possible.
struct Case {
    name: &'static str,
    allowed: bool,
    /// The origin to look up; given the number of a pattern and of the look-up.
    origin: fn(usize, usize) -> String,
}

const KINDS: [Kind; 3] = [
    Kind {
        pattern: names::exact,
        cases: &[
            // One pattern for whole origins takes one origin: as many copies of it as there are look-ups.
            Case { name: "exact-hit", allowed: true, origin: |pattern, _| names::exact(pattern) },
            Case { name: "exact-miss", allowed: false, origin: |_, lookup| names::exact(OUTSIDE + lookup) },
        ],
    },
    Kind {
        pattern: names::subdomains,
        cases: &[
            Case { name: "wildcard-hit", allowed: true, origin: names::below },
            Case { name: "wildcard-miss", allowed: false, origin: |_, lookup| names::below(OUTSIDE + lookup, lookup) },
        ],
    },
    Kind { pattern: names::in_label, cases: &[Case { name: "in-label-hit", allowed: true, origin: names::within }] },
];

pub(crate) fn measure(rows: &mut Rows) {
    for Kind { pattern, cases } in &KINDS {
        let policies = PATTERNS.map(|count| (count, closed(&(0..count).map(pattern).collect::<Vec<_>>())));
        for Case { name, allowed, origin } in *cases {
            let contenders = policies.map(|(count, policy)| {
                // A stride that has no factor in common with the number of patterns: all over the table.
                let origins: Vec<_> = (0..LOOKUPS).map(|lookup| origin(lookup * 61_813 % count, lookup)).collect();
                for origin in &origins {
                    let request = Request::from_fields("GET", [("origin", origin)]);
                    assert_eq!(policy.decide(&request).allowed(), Some(*allowed), "{name} {origin}");
                }
                lookups(patterns(count), policy, origins)
            });
            rows.measure(&format!("scale/{name}"), contenders.into());
        }
    }
}

fn closed(origins: &[String]) -> PolicyRef<'static> {
    let origins: Vec<&str> = origins.iter().map(String::as_str).collect();
    policies::compile(&Config { allow_origins: &origins, ..Config::CLOSED })
}

fn lookups(name: String, policy: PolicyRef<'static>, origins: Vec<String>) -> Contender<'static> {
    let mut next = 0;
    Contender::whole(name, move || {
        let origin = black_box(origins[next].as_str());
        next = (next + 1) % LOOKUPS;
        let mut request = Request::new("GET");
        request.push(b"origin", origin.as_bytes());
        Opaque.decision(&black_box(&policy).decide(black_box(&request)));
    })
}
