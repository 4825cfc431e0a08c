//! 100,000 patterns against one.

use std::hint::black_box;

use corsac::{Config, PolicyRef, Request};
use corsac_benches::sink::{Opaque, Sink};
use corsac_benches::{names, policies};

use crate::row::{Contender, Rows};
use crate::table::{Bar, Table, time, times};

const PATTERNS: usize = 100_000;

/// Different requests, taken in turn, so that neither branch predictor nor cache knows the next one.
const LOOKUPS: usize = 1_024;

const ONE: &str = "1 pattern";
const MANY: &str = "100,000 patterns";

/// The requests of a row are the same for both policies wherever that is possible.
struct Case {
    name: &'static str,
    allowed: bool,
    many: fn(usize) -> String,
    one: fn(usize) -> String,
    /// The origins to look up where there are many patterns; given the number of a pattern and of the look-up.
    many_origin: fn(usize, usize) -> String,
    /// The origins to look up where there is one pattern.
    one_origin: fn(usize, usize) -> String,
}

/// A number that no pattern is made of.
const OUTSIDE: usize = PATTERNS + 1;

const CASES: [Case; 5] = [
    // One pattern for whole origins takes one origin: as many copies of it as there are look-ups.
    Case {
        name: "exact-hit",
        allowed: true,
        many: names::exact,
        one: names::exact,
        many_origin: |pattern, _| names::exact(pattern),
        one_origin: |_, _| names::exact(0),
    },
    Case {
        name: "wildcard-hit",
        allowed: true,
        many: names::subdomains,
        one: names::subdomains,
        many_origin: names::below,
        one_origin: |_, lookup| names::below(0, lookup),
    },
    Case {
        name: "in-label-hit",
        allowed: true,
        many: names::in_label,
        one: names::in_label,
        many_origin: names::within,
        one_origin: |_, lookup| names::within(0, lookup),
    },
    Case {
        name: "exact-miss",
        allowed: false,
        many: names::exact,
        one: names::exact,
        many_origin: |_, lookup| names::exact(OUTSIDE + lookup),
        one_origin: |_, lookup| names::exact(OUTSIDE + lookup),
    },
    Case {
        name: "wildcard-miss",
        allowed: false,
        many: names::subdomains,
        one: names::subdomains,
        many_origin: |_, lookup| names::below(OUTSIDE + lookup, lookup),
        one_origin: |_, lookup| names::below(OUTSIDE + lookup, lookup),
    },
];

pub(crate) fn measure(rows: &mut Rows) {
    for case in &CASES {
        let many = closed((0..PATTERNS).map(case.many).collect());
        let one = closed(vec![(case.one)(0)]);
        // A stride that has no factor in common with the number of patterns: all over the table.
        let number = |lookup: usize| lookup * 61_813 % PATTERNS;
        let of =
            |origin: fn(usize, usize) -> String| (0..LOOKUPS).map(|lookup| origin(number(lookup), lookup)).collect();
        let (many_origins, one_origins): (Vec<String>, Vec<String>) = (of(case.many_origin), of(case.one_origin));
        for (policy, origins) in [(many, &many_origins), (one, &one_origins)] {
            for origin in origins {
                let request = Request::from_fields("GET", [("origin", origin)]);
                assert_eq!(policy.decide(&request).allowed(), Some(case.allowed), "{} {origin}", case.name);
            }
        }
        rows.measure(
            &format!("scale/{}", case.name),
            vec![lookups(MANY, many, many_origins), lookups(ONE, one, one_origins)],
        );
    }
}

pub(crate) fn report(rows: &Rows) -> Bar {
    let mut bar = Bar::new("100,000 patterns / 1", 2.0);
    let mut table = Table::new(["decide", "1 pattern", "100,000 patterns", "ratio", "bar"]);
    for case in &CASES {
        let row = format!("scale/{}", case.name);
        let (Some(many), Some(one)) = (rows.median(&row, MANY), rows.median(&row, ONE)) else { continue };
        let verdict = bar.count(&row, many / one);
        table.push([case.name.to_owned(), time(one), time(many), times(many / one), verdict]);
    }
    table.print(
        "100,000 PATTERNS AGAINST 1 (1,024 different origins in turn; one field picked, decide, take every field)",
    );
    bar
}

fn closed(origins: Vec<String>) -> PolicyRef<'static> {
    let origins: Vec<&str> = origins.iter().map(String::as_str).collect();
    policies::compile(&Config { allow_origins: &origins, ..Config::CLOSED })
}

fn lookups(name: &'static str, policy: PolicyRef<'static>, origins: Vec<String>) -> Contender<'static> {
    let mut next = 0;
    Contender::whole(name, move || {
        let origin = black_box(origins[next].as_str());
        next = (next + 1) % LOOKUPS;
        let mut request = Request::new("GET");
        request.push(b"origin", origin.as_bytes());
        Opaque.decision(&black_box(&policy).decide(black_box(&request)));
    })
}
