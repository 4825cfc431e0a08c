//! Instructions that `decide` and the hard-coded floor take, counted by valgrind: a number that does not depend on what else
//! the machine does.
//!
//! It runs itself under valgrind for each row, twice, and prints a table; with `--json FILE` it writes them down too. With
//! `CASE WHAT TIMES` it does what is counted and prints nothing; so a row can be looked into:
//!
//! ```text
//! valgrind --tool=callgrind --dump-instr=yes target/release/instructions actual-allowed decide 1000
//! ```

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::env;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, ExitCode};

use corsac::{PolicyRef, Request, ScreenRequest, policy};
use corsac_benches::comparisons::{self, COUNTED, COUNTED_OF_ONE, Detail};
use corsac_benches::floor::{self, Picked, Preflights};
use corsac_benches::policies;
use corsac_benches::requests::{self, OWN, PAGE, STRANGER, Sent, THREE_NAMES};
use corsac_benches::results::{Results, Row};
use corsac_benches::services::{self, Origins};
use corsac_benches::sink::{Opaque, Sink};
use corsac_tower::CorsLayer;
use tower::{Layer as _, Service, service_fn};

/// A row of the table.
struct Case {
    name: &'static str,
    origins: &'static [&'static str],
    sent: Sent,
}

fn cases() -> [Case; 13] {
    let one = |name, sent| Case { name, origins: &[PAGE], sent };
    let pattern = |name, sent| Case { name, origins: &[policies::PATTERN], sent };
    let in_label = |name, sent| Case { name, origins: &["https://a*.example.com"], sent };
    [
        one("no-origin", Sent::get(None)),
        one("actual-allowed", Sent::get(Some(PAGE))),
        one("actual-refused", Sent::get(Some(STRANGER))),
        one("preflight-three-headers", Sent::preflight(PAGE, "PUT", THREE_NAMES)),
        one("preflight-refused-origin", Sent::preflight(STRANGER, "PUT", THREE_NAMES)),
        one("preflight-refused-method", Sent::preflight(PAGE, "PURGE", THREE_NAMES)),
        pattern("pattern-hit", Sent::get(Some(PAGE))),
        pattern("pattern-miss", Sent::get(Some(STRANGER))),
        in_label("in-label-hit", Sent::get(Some(PAGE))),
        one("post-own", Sent::post(OWN)),
        one("post-allowed", Sent::post(PAGE)),
        one("post-refused", Sent::post(STRANGER)),
        one("post-own-plain-http", Sent::post(OWN).without_fetch_metadata()),
    ]
}

/// How much more often what is counted runs in the second run than in the first.
const MORE: u64 = 1_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => table(None),
        ["--json", file] => table(Some(Path::new(file))),
        [case, what, times] => {
            times.parse().map_err(|_| "TIMES is a number".to_owned()).and_then(|n| run(case, what, n))
        }
        _ => Err("usage: instructions [--json FILE | CASE WHAT TIMES]".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("instructions: {error}");
            ExitCode::FAILURE
        }
    }
}

fn table(file: Option<&Path>) -> Result<(), String> {
    let mut results = Results::default();
    for case in cases() {
        let mut samples = BTreeMap::new();
        for what in COUNTED {
            if !COUNTED_OF_ONE.contains(&what) || case.origins == [PAGE] {
                samples.insert(what.to_owned(), vec![count(case.name, what)? as f64]);
            }
        }
        results.rows.push(Row { name: format!("instructions/{}", case.name), samples });
    }
    println!("instructions on {}, each with the loop around it", env::consts::ARCH);
    for comparison in [comparisons::instructions(), comparisons::layer_instructions()] {
        println!("\n{}\n{}", comparison.title, comparison.table(&results, Detail::Median).to_text());
    }
    file.map_or(Ok(()), |file| results.write(file)).map_err(|error| error.to_string())
}

/// Instructions of one round: what a thousand more take, by a thousand.
fn count(case: &str, what: &str) -> Result<u64, String> {
    let (few, many) = (collected(case, what, MORE)?, collected(case, what, MORE * 2)?);
    Ok((many - few + MORE / 2) / MORE)
}

fn collected(case: &str, what: &str, times: u64) -> Result<u64, String> {
    let program = env::current_exe().map_err(|error| error.to_string())?;
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program);
    let output = valgrind.args([case, what, &times.to_string()]).output();
    let output = output.map_err(|error| format!("valgrind does not start: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let number = said.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok());
    number.filter(|_| output.status.success()).ok_or_else(|| format!("valgrind says no number:\n{said}"))
}

fn run(case: &str, what: &str, times: u64) -> Result<(), String> {
    let Some(case) = cases().into_iter().find(|one| one.name == case) else {
        return Err(format!("there is no case {case}"));
    };
    let policy = policies::compile(&policies::screened(case.origins));
    let (request, picked) = (case.sent.picked(), Picked::new(&case.sent));
    match what {
        "decide" => decide(policy, &request, times),
        "policy!" => decide_known(&request, times),
        "hard-coded" => hard_coded(&picked, times),
        "pick" => pick(&case.sent, times),
        "pick-map" => pick_map(&requests::to_http(&case.sent), times),
        "screen" => screen(policy, &case.sent.picked_whole(), times),
        "pick-whole" => pick_whole(&case.sent, times),
        "look-up" => look_up(&requests::to_http(&case.sent), times),
        "tower" => serve(service_fn(services::bare), &case.sent, times),
        "CorsLayer" => {
            let origins = if case.origins == [PAGE] { Origins::List(1) } else { Origins::Pattern };
            serve(services::cors_layer(origins, &case.sent).layer(service_fn(services::bare)), &case.sent, times);
        }
        "corsac-tower" => serve(CorsLayer::new(policy).layer(service_fn(services::bare)), &case.sent, times),
        _ => return Err(format!("there is no {what}; there are {COUNTED:?}")),
    }
    Ok(())
}

#[inline(never)]
fn decide(policy: PolicyRef<'_>, request: &Request<'_>, times: u64) {
    for _ in 0..times {
        Opaque.decision(&black_box(&policy).decide(black_box(request)));
    }
}

/// The policy of [`policies::screened`] for one origin, as visible to the compiler as the hard-coded answer is.
static KNOWN: PolicyRef<'static> = policy! {
    allow_origins: &[PAGE],
    allow_methods: &policies::METHODS,
    allow_headers: &policies::HEADERS,
    allow_credentials: true,
    max_age: Some(policies::MAX_AGE),
    allow_hosts: &["api.example.com"],
    allow_content_types: &["application/json"],
};

#[inline(never)]
fn decide_known(request: &Request<'_>, times: u64) {
    for _ in 0..times {
        Opaque.decision(&KNOWN.decide(black_box(request)));
    }
}

#[inline(never)]
fn serve<S>(mut service: S, sent: &Sent, times: u64)
where
    S: Service<http::Request<()>, Response = http::Response<()>, Error = Infallible>,
{
    let request = requests::to_http(sent);
    for _ in 0..times {
        black_box(services::call(&mut service, black_box(&request).clone()));
    }
}

#[inline(never)]
fn screen(policy: PolicyRef<'_>, request: &ScreenRequest<'_>, times: u64) {
    for _ in 0..times {
        Opaque.screening(&black_box(&policy).screen(black_box(request)));
    }
}

#[inline(never)]
fn pick_whole(sent: &Sent, times: u64) {
    for _ in 0..times {
        black_box(&black_box(sent).picked_whole());
    }
}

#[inline(never)]
fn hard_coded(request: &Picked<'_>, times: u64) {
    for _ in 0..times {
        floor::answer(black_box(request), Preflights::Checked, &mut Opaque);
    }
}

#[inline(never)]
fn pick(sent: &Sent, times: u64) {
    for _ in 0..times {
        black_box(&black_box(sent).picked());
    }
}

#[inline(never)]
fn pick_map(request: &http::Request<()>, times: u64) {
    for _ in 0..times {
        let request = black_box(request);
        black_box(&requests::from_header_map(request.method(), request.headers()));
    }
}

#[inline(never)]
fn look_up(request: &http::Request<()>, times: u64) {
    for _ in 0..times {
        let request = black_box(request);
        black_box(&requests::looked_up(request.method(), request.headers()));
    }
}
