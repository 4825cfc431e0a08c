//! The designs that were weighed, one beside the other, without the rest of `decide`.

use std::hint::black_box;

use corsac_benches::comparisons::{
    AT_A_GLANCE, AUTOMATON, CELLS, HASH_MAP, HASHED, MERGED, SCAN, SLOTS, SLOTS_THEN_TEXT, SORTED,
};
use corsac_benches::designs::names::{AtAGlance, Automaton, Check, Hashed, Merged, Scan as ScanNames};
use corsac_benches::designs::origins::{Cells, Lookup, Scan, Slots, SlotsThenText, Sorted, Standard};
use corsac_benches::names;
use corsac_benches::policies::HEADERS;
use corsac_benches::requests::THREE_NAMES;

use crate::row::{Contender, Rows};

/// Different origins, taken in turn.
const LOOKUPS: usize = 1_024;

pub(crate) fn measure(rows: &mut Rows) {
    for count in [1, 8, 100, 10_000, 1_000_000] {
        let listed: Vec<String> = (0..count).map(names::exact).collect();
        let hits =
            (0..LOOKUPS).map(|lookup| lookup * 61_813 % count).map(|number| (names::exact(number), Some(number)));
        let misses = (0..LOOKUPS).map(|lookup| (names::exact(1_000_001 + lookup), None));
        for (kind, origins) in [("hit", hits.collect::<Vec<_>>()), ("miss", misses.collect())] {
            let mut contenders = Vec::new();
            if count <= 100 {
                contenders.push(lookups::<Scan>(SCAN, &listed, &origins));
            }
            contenders.extend([
                lookups::<Sorted>(SORTED, &listed, &origins),
                lookups::<Standard>(HASH_MAP, &listed, &origins),
                lookups::<Cells>(CELLS, &listed, &origins),
                lookups::<Slots>(SLOTS, &listed, &origins),
                lookups::<SlotsThenText>(SLOTS_THEN_TEXT, &listed, &origins),
            ]);
            rows.measure(&format!("find/{kind}, {count} origins"), contenders);
        }
    }
    let hundred: Vec<String> = (0..100).map(|number| format!("x-{}-{number}", HEADERS[number % 4])).collect();
    let mut hundred: Vec<&str> = hundred.iter().map(String::as_str).collect();
    hundred.sort_unstable();
    let of_hundred = [hundred[7], hundred[40], hundred[99]].join(",");
    for (row, allowed, list, passes) in [
        ("3 of 4, as a browser sorts them", HEADERS.as_slice(), THREE_NAMES, true),
        ("3 of 4, the other way round", &HEADERS, "x-request-id,content-type,authorization", true),
        ("3 of 4, with blanks and capitals", &HEADERS, "Authorization, Content-Type, X-Request-Id", true),
        ("2 of 4 and another", &HEADERS, "authorization,content-type,x-unknown", false),
        ("3 of 100", &hundred, &of_hundred, true),
    ] {
        let contenders = vec![
            checks::<ScanNames>(SCAN, allowed, list, passes),
            checks::<Hashed>(HASHED, allowed, list, passes),
            checks::<Merged>(MERGED, allowed, list, passes),
            checks::<Automaton>(AUTOMATON, allowed, list, passes),
            checks::<AtAGlance>(AT_A_GLANCE, allowed, list, passes),
        ];
        rows.measure(&format!("check/{row}"), contenders);
    }
}

fn lookups<L: Lookup + 'static>(
    name: &str,
    listed: &[String],
    origins: &[(String, Option<usize>)],
) -> Contender<'static> {
    let lookup = L::new(listed);
    for (origin, number) in origins {
        assert_eq!(lookup.find(origin.as_bytes()).map(|entry| entry as usize), *number, "{name} {origin}");
    }
    let origins: Vec<String> = origins.iter().map(|(origin, _)| origin.clone()).collect();
    let mut next = 0;
    Contender::whole(name, move || {
        let origin = black_box(origins[next].as_bytes());
        next = (next + 1) % LOOKUPS;
        black_box(black_box(&lookup).find(origin));
    })
}

fn checks<C: Check + 'static>(name: &str, allowed: &[&str], list: &str, passes: bool) -> Contender<'static> {
    let check = C::new(allowed);
    assert_eq!(check.allows(list.as_bytes()), passes, "{name} {list}");
    let list = list.to_owned();
    Contender::whole(name, move || {
        black_box(black_box(&check).allows(black_box(list.as_bytes())));
    })
}
