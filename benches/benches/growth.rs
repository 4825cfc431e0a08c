//! What a longer origin costs, and what more names in a preflight cost.

use std::hint::black_box;

use corsac::{Config, PolicyRef, Request};
use corsac_benches::comparisons::{DECIDE, DECIDE_LONG_LIST, FLOOR, LENGTHS, NAMES, bytes};
use corsac_benches::floor::{self, Picked, Preflights};
use corsac_benches::policies::{self, HEADERS};
use corsac_benches::requests::{PAGE, Sent};
use corsac_benches::sink::{Kept, Opaque, Sink};

use crate::row::{Contender, Rows};

pub(crate) fn measure(rows: &mut Rows) {
    lengths(rows);
    asked_names(rows);
}

/// An origin of so many bytes, below a domain.
struct Origin {
    scheme: String,
    domain: &'static str,
    port: &'static str,
    length: usize,
}

impl Origin {
    /// The longest that `https` has room for, without a port: a host of 253 bytes.
    const LONGEST_HTTPS: usize = "https://".len() + 253;

    fn new(length: usize, domain: &'static str) -> Self {
        let (scheme, port) =
            if length > Self::LONGEST_HTTPS { ("s".repeat(64), ":65535") } else { ("https".to_owned(), "") };
        Self { scheme, domain, port, length }
    }

    /// With labels of seven bytes, all of that one.
    fn of(&self, byte: char) -> String {
        let Self { scheme, domain, port, length } = self;
        let left = length - scheme.len() - "://".len() - ".".len() - domain.len() - port.len();
        let host: String = (1..=left).map(|at| if at % 8 == 0 && at < left { '.' } else { byte }).collect();
        format!("{scheme}://{host}.{domain}{port}")
    }

    /// The pattern for all of its domain.
    fn pattern(&self) -> String {
        format!("{}://*.{}{}", self.scheme, self.domain, self.port)
    }
}

fn lengths(rows: &mut Rows) {
    type Case = (&'static str, bool, fn(&Origin) -> String, fn(usize) -> String);
    let cases: [Case; 4] = [
        ("exact-hit", true, |listed| listed.of('a'), |length| Origin::new(length, "b.dev").of('a')),
        ("exact-miss", false, |listed| listed.of('a'), |length| Origin::new(length, "b.dev").of('b')),
        ("wildcard-hit", true, Origin::pattern, |length| Origin::new(length, "b.dev").of('a')),
        ("wildcard-miss", false, Origin::pattern, |length| Origin::new(length, "c.dev").of('a')),
    ];
    for (name, allowed, pattern, origin) in cases {
        let contenders = LENGTHS.map(|length| {
            let policy = policies::api_for(&[pattern(&Origin::new(length, "b.dev"))]);
            let origin = origin(length);
            assert_eq!(origin.len(), length);
            let sent: &'static Sent = Box::leak(Box::new(Sent::get(Some(&origin))));
            let request = sent.picked();
            assert_eq!(policy.decide(&request).allowed(), Some(allowed), "{name} {origin}");
            Contender::whole(bytes(length), move || decided(black_box(&policy), black_box(&request)))
        });
        rows.measure(&format!("length/{name}"), contenders.into());
    }
}

fn asked_names(rows: &mut Rows) {
    let api = policies::api_for(&policies::origins(1));
    let all: Vec<String> = (0..128).map(|number| format!("x-{}-{number:03}", HEADERS[number % 4])).collect();
    let borrowed: Vec<&str> = all.iter().map(String::as_str).collect();
    let long = policies::compile(&Config { allow_headers: &borrowed, ..policies::api(&[PAGE]) });
    for count in NAMES {
        let repeated = asking(HEADERS.into_iter().cycle().take(count).collect());
        // All over the list of the policy, and sorted, as a browser writes them.
        let mut each: Vec<&str> = (0..count).map(|number| borrowed[number * 37 % 128]).collect();
        each.sort_unstable();
        let each = asking(each);
        let (request, picked, long_request) = (repeated.picked(), Picked::new(&repeated), each.picked());
        assert_eq!(api.decide(&request).allowed(), Some(true), "{count}");
        assert_eq!(long.decide(&long_request).allowed(), Some(true), "{count}");
        let (mut ours, mut floors) = (Kept::default(), Kept::default());
        ours.decision(&api.decide(&request));
        floor::answer(&picked, Preflights::Checked, &mut floors);
        assert_eq!(ours, floors, "{count}");
        rows.measure(
            &format!("names/{count}"),
            vec![
                Contender::whole(DECIDE, || decided(black_box(&api), black_box(&request))),
                Contender::whole(FLOOR, || hard_coded(black_box(&picked))),
                Contender::whole(DECIDE_LONG_LIST, || decided(black_box(&long), black_box(&long_request))),
            ],
        );
    }
}

/// A preflight that asks for these names; without the field where there are none.
fn asking(names: Vec<&str>) -> Sent {
    let mut sent = Sent::preflight(PAGE, "PUT", &names.join(","));
    sent.fields.retain(|(name, value)| *name != "access-control-request-headers" || !value.is_empty());
    sent
}

// Each is called, as a server calls one, and not melted into the loop that times it.

#[inline(never)]
fn decided(policy: &PolicyRef<'_>, request: &Request<'_>) {
    Opaque.decision(&policy.decide(request));
}

#[inline(never)]
fn hard_coded(picked: &Picked<'_>) {
    floor::answer(picked, Preflights::Checked, &mut Opaque);
}
