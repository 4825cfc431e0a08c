//! The benches in Rust.

use super::{Bar, Column, Comparison, designs_of_checks, designs_of_lookups};
use crate::results::Term;
use crate::table::grouped;

/// Numbers of patterns of the rows that show growth.
pub const PATTERNS: [usize; 7] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

/// Lengths of an origin in bytes, up to the cap.
pub const LENGTHS: [usize; 7] = [16, 32, 64, 128, 192, 256, 326];

/// Numbers of names that a preflight asks for, up to the cap.
pub const NAMES: [usize; 9] = [0, 1, 2, 4, 8, 16, 32, 64, 128];

// Contenders.

/// `decide` and every field of the answer, of fields already picked.
pub const DECIDE: &str = "decide";
/// The same once more, to see the noise.
pub const DECIDE_AGAIN: &str = "decide, again";
/// After a pass over a header map.
pub const DECIDE_MAP: &str = "decide, after a pass over a header map";
/// After looking each field up by name.
pub const DECIDE_LOOKED_UP: &str = "decide, fields looked up";
/// A service of tower that does nothing.
pub const TOWER_BARE: &str = "tower, no-op service";
/// The same in tower-http's layer.
pub const TOWER_CORS: &str = "tower, CorsLayer";
/// The same in ours.
pub const TOWER_CORSAC: &str = "tower, corsac-tower";
/// A service of actix that does nothing.
pub const ACTIX_BARE: &str = "actix, no-op service";
/// The same in actix-cors.
pub const ACTIX_CORS: &str = "actix, actix-cors";
/// By a policy that the compiler knows.
pub const DECIDE_CONST: &str = "decide, policy!";
/// The answer without a policy.
pub const FLOOR: &str = "hard-coded";
/// The same after looking each field up by name.
pub const FLOOR_LOOKED_UP: &str = "hard-coded, fields looked up";
/// From the list of fields on.
pub const DECIDE_LIST: &str = "decide, from the list of fields";
/// An ordinary refused preflight.
pub const ORDINARY: &str = "ordinary refused preflight";
/// The same, from the list of fields on.
pub const ORDINARY_LIST: &str = "ordinary refused preflight, from the list of fields";
/// `screen` and every field of the answer.
pub const SCREEN: &str = "screen";
/// The same, from the list of fields on.
pub const SCREEN_LIST: &str = "screen, from the list of fields";
/// C's call.
pub const C: &str = "corsac_decide";
/// C's call with the list of fields.
pub const C_LIST: &str = "corsac_decide_fields";
/// With 128 names in the policy, each asked for at most once.
pub const DECIDE_LONG_LIST: &str = "decide, 128 names listed";
/// Compiling a policy.
pub const COMPILE: &str = "compile";
/// Opening an image.
pub const OPEN: &str = "open";
/// The bytes of an image.
pub const IMAGE: &str = "image";

/// `decide` with so many patterns.
pub fn patterns(count: usize) -> String {
    format!("{} patterns", grouped(count as f64))
}

/// `decide` with an origin of so many bytes.
pub fn bytes(length: usize) -> String {
    format!("{length} bytes")
}

// Bars.

/// The core against middleware.
pub static DECIDE_BAR: Bar = Bar { what: "`decide` / what tower-http's `CorsLayer` adds", at_most: 0.1 };
/// The core against the least that could be done.
pub static FLOOR_BAR: Bar = Bar { what: "`decide` / the same answer, hard-coded", at_most: 3.0 };
/// The size of the policy.
pub static SCALE_BAR: Bar = Bar { what: "`decide` with 100,000 patterns / with 1", at_most: 2.0 };
/// The same with a million.
pub static MILLION_BAR: Bar = Bar { what: "`decide` with 1,000,000 exact or wildcard patterns / with 1", at_most: 2.0 };
/// Hostile text.
pub static HOSTILE_BAR: Bar = Bar { what: "64 KiB of hostile text / an ordinary refused preflight", at_most: 4.0 };
/// Layer against layer.
pub static LAYER_BAR: Bar = Bar { what: "what corsac-tower adds / what `CorsLayer` adds", at_most: 0.5 };
/// Every verdict against one.
pub static SCREEN_BAR: Bar = Bar { what: "`screen` / `decide`", at_most: 2.0 };
/// C against Rust.
pub static C_BAR: Bar = Bar { what: "`corsac_decide` / `decide`", at_most: 1.5 };

/// Every bar of the benches in Rust.
pub static RUST_BARS: [&Bar; 8] =
    [&DECIDE_BAR, &FLOOR_BAR, &SCALE_BAR, &MILLION_BAR, &HOSTILE_BAR, &LAYER_BAR, &SCREEN_BAR, &C_BAR];

/// What the layer of tower-http adds.
pub fn cors_layer_adds() -> Term {
    Term::of(TOWER_CORS).beyond(TOWER_BARE)
}

/// What the layer of corsac-tower adds.
pub fn corsac_tower_adds() -> Term {
    Term::of(TOWER_CORSAC).beyond(TOWER_BARE)
}

/// What actix-cors adds.
pub fn actix_cors_adds() -> Term {
    Term::of(ACTIX_CORS).beyond(ACTIX_BARE)
}

/// All tables of the benches in Rust.
pub fn rust() -> [Comparison; 13] {
    [
        peers(),
        layers(),
        floor(),
        scale(),
        hostile(),
        screen(),
        c(),
        length(),
        asked_names(),
        compile(),
        designs_of_lookups(),
        designs_of_checks(),
        noise(),
    ]
}

/// `decide` against middleware.
pub fn peers() -> Comparison {
    let versus = |contender| Column::ratio(Term::of(contender), cors_layer_adds());
    Comparison {
        group: "peers",
        title: "`decide` against middleware",
        text: "`decide`, every field of the answer included, against what tower-http's `CorsLayer` and `actix-cors` add to a service \
               that does nothing (with it less without it). `decide` finds its fields picked out; the columns behind add to it a \
               pass over an `http::HeaderMap` of 10 to 13 fields, or looking up its fields there by name. The peers find their \
               fields, and write the response's header map, within their own time.",
        rows: "request, origins",
        columns: vec![
            Column::time("decide", Term::of(DECIDE)),
            Column::time("CorsLayer adds", cors_layer_adds()),
            versus(DECIDE).with_bar(|_| Some(&DECIDE_BAR)),
            Column::time("with a pass", Term::of(DECIDE_MAP)),
            versus(DECIDE_MAP),
            Column::time("looked up", Term::of(DECIDE_LOOKED_UP)),
            versus(DECIDE_LOOKED_UP),
            Column::time("actix-cors adds", actix_cors_adds()),
            Column::ratio(Term::of(DECIDE), actix_cors_adds()),
        ],
    }
}

/// Our layer against tower-http's and actix-cors.
pub fn layers() -> Comparison {
    Comparison {
        group: "peers",
        title: "The tower layer against tower-http and actix-cors",
        text: "What corsac-tower, tower-http's `CorsLayer` and `actix-cors` add to a service that does nothing (with it less without \
               it). The first two are in the same service; actix has another one, so that its column is beside the others and not a \
               bar. In the rows whose page is refused `CorsLayer` does less: it answers every `OPTIONS` alike and leaves the refusal \
               to the browser.",
        rows: "request, origins",
        columns: vec![
            Column::time("corsac-tower adds", corsac_tower_adds()),
            Column::time("CorsLayer adds", cors_layer_adds()),
            Column::ratio(corsac_tower_adds(), cors_layer_adds()).with_bar(|_| Some(&LAYER_BAR)),
            Column::time("actix-cors adds", actix_cors_adds()),
            Column::ratio(corsac_tower_adds(), actix_cors_adds()),
        ],
    }
}

/// `decide` against the same answer, hard-coded.
pub fn floor() -> Comparison {
    Comparison {
        group: "floor",
        title: "`decide` against the floor",
        text: "One origin: `decide` against the same answer, hard-coded: one compare, constant fields. `policy!` is known to the \
               compiler, as the hard-coded answer is, and the bar is for it; an opaque policy came at run time; looked up: both find \
               their fields in an `http::HeaderMap` first. The floor checks a preflight's method and names as corsac does, but for \
               `preflight-unchecked`, where it answers every preflight of the page alike: that row is for information.",
        rows: "request",
        columns: vec![
            Column::time("policy!", Term::of(DECIDE_CONST)),
            Column::time("hard-coded", Term::of(FLOOR)),
            Column::ratio(Term::of(DECIDE_CONST), Term::of(FLOOR))
                .with_bar(|row| (row != "preflight-unchecked").then_some(&FLOOR_BAR)),
            Column::time("opaque", Term::of(DECIDE)),
            Column::ratio(Term::of(DECIDE), Term::of(FLOOR)),
            Column::time("looked up", Term::of(DECIDE_LOOKED_UP)),
            Column::time("hard-coded", Term::of(FLOOR_LOOKED_UP)),
            Column::ratio(Term::of(DECIDE_LOOKED_UP), Term::of(FLOOR_LOOKED_UP)),
        ],
    }
}

/// Growth with the number of patterns.
pub fn scale() -> Comparison {
    let to_one = |count| Column::ratio(Term::of(patterns(count)), Term::of(patterns(1)));
    let times = PATTERNS.map(|count| Column::time(grouped(count as f64), Term::of(patterns(count))));
    let ratios = [
        to_one(100_000).titled("100,000 / 1").with_bar(|_| Some(&SCALE_BAR)),
        to_one(1_000_000).titled("1,000,000 / 1").with_bar(|row| (row != "in-label-hit").then_some(&MILLION_BAR)),
    ];
    Comparison {
        group: "scale",
        title: "Growth with the number of patterns",
        text: "1,024 different origins in turn, with one pattern as with 1,000,000, so that neither branch predictor nor cache knows \
               the next one; `Origin` is picked, `decide` asked, every field taken. One pattern for a whole origin takes one origin \
               only: there it is 1,024 copies of it, which makes the row stricter. The bar of a million is not for in-label patterns.",
        rows: "origins",
        columns: times.into_iter().chain(ratios).collect(),
    }
}

/// Hostile requests.
pub fn hostile() -> Comparison {
    Comparison {
        group: "hostile",
        title: "Hostile requests",
        text: "64 KiB of hostile text, and the dearest requests that are still served, against an ordinary refused preflight: from \
               the list of fields on, and with fields already picked. The bar is for 64 KiB. With 80 and with 4,096 field lines it is \
               for `decide` alone: reading so many lines is the server's work before it is corsac's, and servers stop earlier. At the \
               caps a request is read to its end: those rows are for information.",
        rows: "request",
        columns: vec![
            Column::time("from the list", Term::of(DECIDE_LIST)),
            Column::time("ordinary", Term::of(ORDINARY_LIST)),
            Column::ratio(Term::of(DECIDE_LIST), Term::of(ORDINARY_LIST)).with_bar(|row| {
                let is_of_lines = ["64KiB-80-lines", "64KiB-4096-lines"].contains(&row);
                (row.starts_with("64KiB") && !is_of_lines).then_some(&HOSTILE_BAR)
            }),
            Column::time("decide", Term::of(DECIDE)),
            Column::time("ordinary", Term::of(ORDINARY)),
            Column::ratio(Term::of(DECIDE), Term::of(ORDINARY))
                .with_bar(|row| row.starts_with("64KiB").then_some(&HOSTILE_BAR)),
        ],
    }
}

/// Every verdict in one call.
pub fn screen() -> Comparison {
    Comparison {
        group: "screen",
        title: "Every verdict in one call",
        text: "`screen`, every verdict and every field of the answer, against `decide` on the same request; with fields already \
               picked, and from the list of fields on. The policy lists one name and one type, or six of each of which the last is \
               asked for.",
        rows: "request",
        columns: vec![
            Column::time("decide", Term::of(DECIDE)),
            Column::time("screen", Term::of(SCREEN)),
            Column::ratio(Term::of(SCREEN), Term::of(DECIDE)).with_bar(|_| Some(&SCREEN_BAR)),
            Column::time("decide, list", Term::of(DECIDE_LIST)),
            Column::time("screen, list", Term::of(SCREEN_LIST)),
            Column::ratio(Term::of(SCREEN_LIST), Term::of(DECIDE_LIST)),
        ],
    }
}

/// The calls of C.
pub fn c() -> Comparison {
    Comparison {
        group: "c",
        title: "C against Rust",
        text: "`corsac_decide` of the shared library, as `cargo xtask c` installs it, against `decide` from the same values; and \
               `corsac_decide_fields` against `decide` from the same list of fields.",
        rows: "request",
        columns: vec![
            Column::time("Rust", Term::of(DECIDE)),
            Column::time("C", Term::of(C)),
            Column::ratio(Term::of(C), Term::of(DECIDE)).with_bar(|_| Some(&C_BAR)),
            Column::time("Rust, list", Term::of(DECIDE_LIST)),
            Column::time("C, list", Term::of(C_LIST)),
            Column::ratio(Term::of(C_LIST), Term::of(DECIDE_LIST)).with_bar(|_| Some(&C_BAR)),
        ],
    }
}

/// Growth with the length of the origin.
pub fn length() -> Comparison {
    let times = LENGTHS.map(|length| Column::time(bytes(length), Term::of(bytes(length))));
    let (longest, shortest) = (bytes(LENGTHS[LENGTHS.len() - 1]), bytes(LENGTHS[0]));
    let ratio = Column::ratio(Term::of(&longest), Term::of(&shortest)).titled("last / first");
    Comparison {
        group: "length",
        title: "Growth with the length of the origin",
        text: "One pattern and one origin, of labels of seven bytes, from short to the cap of 326 bytes, which has a scheme of 64 \
               bytes and a port; the others are `https`. Fields already picked.",
        rows: "origin",
        columns: times.into_iter().chain([ratio]).collect(),
    }
}

/// Growth with the number of names that a preflight asks for.
pub fn asked_names() -> Comparison {
    Comparison {
        group: "names",
        title: "Growth with the number of request headers",
        text: "An allowed preflight that asks for so many header names, up to the cap of 128: the four names of the policy over and \
               over, for `decide` (opaque policy) and hard-coded; and so many of 128 listed names, each once. The hard-coded list of \
               128 would be a program that nobody writes. Fields already picked.",
        rows: "names",
        columns: vec![
            Column::time("4 listed", Term::of(DECIDE)),
            Column::time("hard-coded", Term::of(FLOOR)),
            Column::ratio(Term::of(DECIDE), Term::of(FLOOR)),
            Column::time("128 listed", Term::of(DECIDE_LONG_LIST)),
        ],
    }
}

/// Compiling and opening.
pub fn compile() -> Comparison {
    Comparison {
        group: "compile",
        title: "Compiling a policy, and its image",
        text: "Of ten patterns six are whole origins, three are for subdomains, one is in-label. Opening checks an image that comes \
               from outside; who compiles need not open. *A pattern* is the column before it by the number of patterns.",
        rows: "patterns",
        columns: vec![
            Column::count("image bytes", Term::of(IMAGE)),
            Column::count_each("a pattern", Term::of(IMAGE)),
            Column::time("compile", Term::of(COMPILE)),
            Column::time_each("a pattern", Term::of(COMPILE)),
            Column::time("open", Term::of(OPEN)),
            Column::time_each("a pattern", Term::of(OPEN)),
        ],
    }
}

/// What differs where nothing differs.
pub fn noise() -> Comparison {
    Comparison {
        group: "noise",
        title: "Noise",
        text: "The same thing, measured as two contenders of one row: with an idle machine and an endless run both would be equal.",
        rows: "request",
        columns: vec![
            Column::time("decide", Term::of(DECIDE)),
            Column::time("again", Term::of(DECIDE_AGAIN)),
            Column::ratio(Term::of(DECIDE_AGAIN), Term::of(DECIDE)),
        ],
    }
}
