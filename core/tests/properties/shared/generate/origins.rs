//! Entries of `allow_origins`, origins that they take, and origins that they almost take.

use crate::shared::source::Source;

const SCHEMES: [&str; 10] = ["https", "https", "https", "http", "http", "ws", "wss", "ftp", "capacitor", "a+b.c-1"];
const LABELS: [&str; 16] = [
    "a",
    "b",
    "ab",
    "app",
    "api",
    "app-1",
    "www",
    "x",
    "evil",
    "example",
    "a_b",
    "0",
    "1a",
    "xn--bcher-kva",
    "abc",
    "aa",
];
const BASES: [&str; 14] = [
    "example.com",
    "a.example.com",
    "b.a.example.com",
    "ab.com",
    "b.com",
    "com",
    "co.uk",
    "shop.co.uk",
    "github.io",
    "me.github.io",
    "localhost",
    "a.localhost",
    "aa.aa.aa",
    "example.internal",
];
const ADDRESSES: [&str; 9] = [
    "127.0.0.1",
    "127.1.2.3",
    "10.0.0.1",
    "192.168.1.10",
    "[::1]",
    "[2001:db8::1]",
    "[fe80::1:0:0:1]",
    "[::]",
    "0.0.0.0",
];
const PORTS: [&str; 12] = ["", "", "", "", ":8080", ":3000", ":1", ":65535", ":80", ":443", ":8443", ":*"];
const AFFIXES: [&str; 10] = ["", "", "a", "ab", "aa", "app-", "pr-", "-x", "b", "-preview"];

/// An entry, most often a valid one.
pub(crate) fn entry(source: &mut Source<'_>) -> String {
    let host = match source.below(10) {
        0 | 1 => source.pick(&ADDRESSES).to_owned(),
        2..=4 => domain(source),
        5..=7 => format!("*.{}", base(source)),
        _ => in_label(source),
    };
    let port = if source.percent(20) { number_port(source) } else { source.pick(&PORTS).to_owned() };
    format!("{}://{host}{port}", source.pick(&SCHEMES))
}

/// An entry over one of few bases, so that many of them share it.
pub(crate) fn pool_origin(source: &mut Source<'_>) -> String {
    let scheme = if source.one_in(8) { "http" } else { "https" };
    let port = match source.below(8) {
        0 | 1 => number_port(source),
        2 => ":8443".to_owned(),
        _ => String::new(),
    };
    let base = source.pick(&["example.com", "a.example.com", "localhost"]);
    let host = match source.below(6) {
        0 => format!("{}.{base}", source.pick(&LABELS)),
        1 => format!("*.{base}"),
        2 => format!("*.{}.{base}", source.pick(&LABELS)),
        _ => {
            let longest = if source.one_in(6) { 40 } else { 12 };
            format!("{}*{}.{base}", affix(source, longest), affix(source, longest))
        }
    };
    let port = if base == "localhost" && source.one_in(3) { ":*".to_owned() } else { port };
    format!("{scheme}://{host}{port}")
}

fn in_label(source: &mut Source<'_>) -> String {
    format!("{}*{}.{}", source.pick(&AFFIXES), source.pick(&AFFIXES), base(source))
}

/// Text beside a `*`, of letters that repeat.
fn affix(source: &mut Source<'_>, longest: usize) -> String {
    let length = source.between(0, longest);
    (0..length).map(|_| source.pick(&["a", "a", "b", "-", "1"])).collect()
}

fn base(source: &mut Source<'_>) -> String {
    let base = source.pick(&BASES);
    if source.one_in(4) { format!("{}.{base}", source.pick(&LABELS)) } else { base.to_owned() }
}

fn domain(source: &mut Source<'_>) -> String {
    match source.below(8) {
        0 => source.pick(&BASES).to_owned(),
        1 => long_domain(source),
        _ => format!("{}.{}", labels(source), source.pick(&BASES)),
    }
}

/// A domain about as long as a domain can be.
fn long_domain(source: &mut Source<'_>) -> String {
    let length = source.between(250, 256);
    let mut host = String::new();
    while host.len() < length {
        let label = (length - host.len()).min(source.between(60, 63));
        host.push_str(&"abcdefghij".repeat(7)[..label]);
        host.push('.');
    }
    host.truncate(length);
    host
}

fn labels(source: &mut Source<'_>) -> String {
    let count = source.between(1, 3);
    (0..count).map(|_| source.pick(&LABELS)).collect::<Vec<_>>().join(".")
}

fn number_port(source: &mut Source<'_>) -> String {
    let longest = *source.choose(&[9, 99, 65_535]).unwrap_or(&9);
    format!(":{}", source.between(1, longest))
}

/// An origin that the entry takes, or nearly: every `*` stands for something.
pub(crate) fn example_of(source: &mut Source<'_>, entry: &str) -> String {
    let (text, port) = match entry.strip_suffix(":*") {
        Some(text) if source.percent(50) => (text, number_port(source)),
        Some(text) => (text, String::new()),
        None => (entry, String::new()),
    };
    let star = match source.below(8) {
        0 => labels(source),
        1 => affix(source, 40),
        2 => "abcdefghij-".repeat(20)[..source.between(1, 220)].to_owned(),
        3 => source.pick(&["", ".", "-", "_", "A", "\u{e9}", "a..b", "a.b", "%41", "*", " "]).to_owned(),
        _ => source.pick(&LABELS).to_owned(),
    };
    text.replace('*', &star) + &port
}

/// An origin near one of the entries: one that it takes, with up to three things changed.
pub(crate) fn origin(source: &mut Source<'_>, entries: &[String]) -> Vec<u8> {
    let mut origin = match (source.below(12), source.choose(entries)) {
        (0, _) | (_, None) => {
            let entry = entry(source);
            example_of(source, &entry)
        }
        (1, _) => return b"null".to_vec(),
        (2, Some(entry)) => entry.clone(),
        (_, Some(entry)) => example_of(source, entry),
    }
    .into_bytes();
    let changes = if source.percent(50) { 0 } else { source.between(1, 3) };
    for _ in 0..changes {
        origin = near(source, origin);
    }
    origin
}

/// The origin with one thing changed.
pub(crate) fn near(source: &mut Source<'_>, mut origin: Vec<u8>) -> Vec<u8> {
    const TELLING: &[u8] = b"abz019-_.:/*@[]%A \t\0\n\x7f\x80\xff,#?\\";
    let byte =
        |source: &mut Source<'_>| if source.one_in(3) { source.byte() } else { TELLING[source.below(TELLING.len())] };
    let text = String::from_utf8_lossy(&origin).into_owned();
    match source.below(16) {
        0..=2 if !origin.is_empty() => {
            let at = source.below(origin.len());
            origin[at] = byte(source);
        }
        3 if !origin.is_empty() => drop(origin.remove(source.below(origin.len()))),
        4 => origin.insert(source.below(origin.len() + 1), byte(source)),
        5 => origin = text.replacen("://", &format!("://{}.", source.pick(&LABELS)), 1).into_bytes(),
        6 => origin = text.replacen("://", &format!("://{}", source.pick(&LABELS)), 1).into_bytes(),
        7 => {
            if let (Some((scheme, _)), Some((_, host))) = (text.split_once("://"), text.split_once('.')) {
                origin = format!("{scheme}://{host}").into_bytes();
            }
        }
        8 | 9 => {
            let host = text.rfind(':').filter(|&at| at > 6).map_or(text.as_str(), |at| &text[..at]);
            let port = source.pick(&[
                "",
                ":",
                ":0",
                ":80",
                ":443",
                ":8080",
                ":65535",
                ":65536",
                ":080",
                ":+1",
                ":1",
                ":99999999999",
            ]);
            origin = format!("{host}{port}").into_bytes();
        }
        10 => {
            if let Some((_, rest)) = text.split_once("://") {
                origin = format!("{}://{rest}", source.pick(&SCHEMES)).into_bytes();
            }
        }
        11 => origin = super::words::flip_case(source, &text).into_bytes(),
        12 => origin.extend_from_slice(
            source.pick(&[".", "/", ".evil.example", "evil.example", "a", ":1", "\0", ", null"]).as_bytes(),
        ),
        13 => origin = text.replacen("://", "://user@", 1).into_bytes(),
        14 => {
            let length = source.between(320, 332);
            origin.resize(length, byte(source));
        }
        _ => origin = super::words::any_bytes(source, 40),
    }
    origin
}
