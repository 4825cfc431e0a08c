//! Instruction counts, Python and nginx.

use super::{Bar, BarOf, Column, Comparison};
use crate::results::Term;
use crate::table::grouped;

/// The middleware of ASGI, on requests that are no preflight.
pub static PYTHON_ACTUAL_BAR: Bar =
    Bar { what: "ASGI, actual and no CORS: what corsac adds / Starlette", at_most: 0.25 };
/// The same on preflights.
pub static PYTHON_PREFLIGHT_BAR: Bar = Bar { what: "ASGI, preflight: what corsac adds / Starlette", at_most: 0.125 };
/// The size of the policy. Flat, but for the noise.
pub static PYTHON_FLAT_BAR: Bar = Bar { what: "ASGI: what corsac adds with 10,000 origins / with 1", at_most: 1.1 };
/// The module against the recipe.
pub static NGINX_BAR: Bar = Bar { what: "nginx, GET: instructions that the module adds / the recipe", at_most: 0.25 };

/// Every bar that is not of the benches in Rust.
pub static SERVER_BARS: [&Bar; 4] = [&PYTHON_ACTUAL_BAR, &PYTHON_PREFLIGHT_BAR, &PYTHON_FLAT_BAR, &NGINX_BAR];

/// Numbers of origins in Python's rows.
pub const ORIGINS: [usize; 3] = [1, 100, 10_000];

/// What a class in Python adds.
pub fn class_adds(who: &str, origins: usize) -> Term {
    Term::of(format!("{who} {origins}")).beyond("bare")
}

/// An interface of Python: the group of its rows, the peer, and the heading.
pub const PYTHON: [(&str, &str); 3] =
    [("ASGI", "starlette"), ("Flask", "flask-cors"), ("Django", "django-cors-headers")];

/// The table of one interface.
pub fn python(group: &'static str, peer: &'static str) -> Comparison {
    let is_barred = group == "ASGI";
    let bar: BarOf = match is_barred {
        true => |row| Some(if row.starts_with("preflight") { &PYTHON_PREFLIGHT_BAR } else { &PYTHON_ACTUAL_BAR }),
        false => |_| None,
    };
    let flat: BarOf = if is_barred { |_| Some(&PYTHON_FLAT_BAR) } else { |_| None };
    let of = |who: &'static str| {
        ORIGINS.map(|origins| Column::time(format!("{who}, {}", grouped(origins as f64)), class_adds(who, origins)))
    };
    let mut columns = vec![Column::time("bare", Term::of("bare"))];
    columns.extend(of(peer));
    columns.extend(of("corsac"));
    columns.push(Column::ratio(class_adds("corsac", 100), class_adds(peer, 100)).titled("ratio at 100").with_bar(bar));
    columns.push(Column::ratio(Term::of("corsac 100"), Term::of(format!("{peer} 100"))).titled("whole at 100"));
    let growth = Column::ratio(class_adds("corsac", 10_000), class_adds("corsac", 1));
    columns.push(growth.titled("10,000 / 1").with_bar(flat));
    let text = match group {
        "ASGI" => {
            "CPU time that a class adds to an application that sends two messages: `corsac.asgi.CORSMiddleware` beside \
                   Starlette's `CORSMiddleware`."
        }
        "Flask" => {
            "The same for `corsac.wsgi.CORSMiddleware` beside flask-cors around a Flask application with one route."
        }
        _ => "The same for `corsac.django.CORSMiddleware` beside django-cors-headers around a view.",
    };
    Comparison { group, title: group, text, rows: "request", columns }
}

/// Setups of nginx.
pub const NGINX_OFF: &str = "loaded, off";
/// With the module.
pub const NGINX_ON: &str = "on, three origins";
/// With what is usually written.
pub const NGINX_RECIPE: &str = "recipe";
/// With what an expert would write.
pub const NGINX_BY_HAND: &str = "recipe, by hand";

/// What a setup of nginx adds.
pub fn nginx_adds(setup: &str) -> Term {
    Term::of(setup).beyond("no module")
}

/// The module of nginx.
pub fn nginx() -> Comparison {
    let ratio = |to| Column::ratio(nginx_adds(NGINX_ON), nginx_adds(to));
    Comparison {
        group: "nginx",
        title: "nginx against the recipe",
        text: "Instructions that one request for a small file takes in nginx without CORS, and what is added to them by the module, \
               off and with three origins, and by the usual recipe of `map`, `if` and `add_header`; *by hand* is the recipe with full \
               texts in place of a regular expression and with exactly the fields that the module sends. Without CORS, nginx answers a \
               preflight with 405, so that a preflight's answer can cost less than none.",
        rows: "request",
        columns: vec![
            Column::count("no module", Term::of("no module")),
            Column::count("off adds", nginx_adds(NGINX_OFF)),
            Column::count("module adds", nginx_adds(NGINX_ON)),
            Column::count("recipe adds", nginx_adds(NGINX_RECIPE)),
            ratio(NGINX_RECIPE).with_bar(|row| row.starts_with("GET").then_some(&NGINX_BAR)),
            Column::count("by hand adds", nginx_adds(NGINX_BY_HAND)),
            ratio(NGINX_BY_HAND),
        ],
    }
}

/// What is counted of each row of the instruction counts.
pub const COUNTED: [&str; 11] = [
    "policy!",
    "hard-coded",
    "decide",
    "pick",
    "pick-map",
    "look-up",
    "screen",
    "pick-whole",
    "tower",
    "CorsLayer",
    "corsac-tower",
];

/// Of these, what is counted for one listed origin alone: the floor is hard-coded for it, and so is a policy that the compiler knows.
pub const COUNTED_OF_ONE: [&str; 2] = ["policy!", "hard-coded"];

/// Instruction counts.
pub fn instructions() -> Comparison {
    let count = |what: &'static str| Column::count(what, Term::of(what));
    let to_floor = |what: &'static str| Column::ratio(Term::of(what), Term::of("hard-coded"));
    let others = ["pick", "pick-map", "look-up", "screen", "pick-whole"].map(count);
    Comparison {
        group: "instructions",
        title: "Instructions",
        text: "Instructions of one round, each with the loop around it. `decide`, with a `policy!` that the compiler knows and with a \
               policy that came at run time, and `screen`: fields already picked; `pick`, `pick-whole`: all fields of a list, for \
               `decide` and for `screen`; `pick-map`: of an `http::HeaderMap`; `look-up`: by name in the map. The policies list a host \
               and a content type too.",
        rows: "request",
        columns: [count("hard-coded"), count("policy!"), to_floor("policy!"), count("decide"), to_floor("decide")]
            .into_iter()
            .chain(others)
            .collect(),
    }
}

/// Instruction counts of the layers.
pub fn layer_instructions() -> Comparison {
    let (ours, theirs) = (Term::of("corsac-tower").beyond("tower"), Term::of("CorsLayer").beyond("tower"));
    Comparison {
        group: "instructions",
        title: "Instructions of the tower layers",
        text: "What each adds to a service that does nothing, cloning and dropping the request on both sides left out.",
        rows: "request",
        columns: vec![
            Column::count("no-op service", Term::of("tower")),
            Column::count("CorsLayer adds", theirs.clone()),
            Column::count("corsac-tower adds", ours.clone()),
            Column::ratio(ours, theirs),
        ],
    }
}
