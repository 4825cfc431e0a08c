//! Policies: valid ones, and configurations of any kind.

use super::origins::{entry, pool_origin};
use super::words::{any_text, content_type, header_name, host_entry, method};
use crate::shared::options::{Options, Valid};
use crate::shared::source::Source;

/// A policy that compiles.
pub(crate) fn policy(source: &mut Source<'_>) -> Valid {
    let mut options = likely_options(source);
    if options.allow_origins != ["*"] && source.percent(10) {
        options.allow_origins.truncate(1);
        options.static_origin = true;
        options.allow_null_origin = false;
        options.allow_origins.iter_mut().for_each(|entry| *entry = entry.replace("*.", "").replace(":*", ""));
    }
    options.repair()
}

/// A policy that compiles, and most often lets every page read.
pub(crate) fn open_policy(source: &mut Source<'_>) -> Valid {
    let mut options = likely_options(source);
    match source.below(4) {
        0 => options.allow_null_origin = true,
        1 => options.allow_origins = vec!["*".to_owned()],
        2 => {
            options.allow_origins = vec!["*".to_owned()];
            options.allow_methods = vec!["*".to_owned()];
            options.allow_headers = vec!["*".to_owned()];
        }
        _ => {}
    }
    if options.allow_null_origin || options.allow_origins == ["*"] {
        options.allow_credentials = options.allow_origins != ["*"] && options.allow_credentials;
        options.allow_private_network = false;
    }
    options.allow_null_origin &= options.allow_origins != ["*"] && !options.allow_credentials;
    options.repair()
}

/// A policy with up to `most` entries in `allow_origins` and nothing else.
pub(crate) fn many_origins(source: &mut Source<'_>, most: usize) -> Valid {
    let length = if source.percent(70) { source.between(1, most.min(6)) } else { source.between(1, most) };
    let few_bases = source.percent(60);
    let mut allow_origins: Vec<String> =
        (0..length).map(|_| if few_bases { pool_origin(source) } else { entry(source) }).collect();
    allow_origins.sort_unstable();
    allow_origins.dedup();
    // Any order, the same for the same choices.
    let turn = source.below(allow_origins.len());
    allow_origins.rotate_left(turn);
    let options = Options {
        allow_origins,
        allow_null_origin: source.one_in(8),
        dangerously_allow_public_suffixes: true,
        dangerously_allow_any_port: true,
        ..Options::default()
    };
    options.repair()
}

/// Options of which most are valid.
fn likely_options(source: &mut Source<'_>) -> Options {
    let mut options = Options {
        allow_credentials: source.percent(40),
        max_age: *source
            .choose(&[None, None, Some(0), Some(1), Some(5), Some(600), Some(86_400), Some(86_401)])
            .unwrap_or(&None),
        allow_null_origin: source.percent(15),
        allow_private_network: source.percent(20),
        minimal_answers: source.percent(25),
        preflight_status: if source.percent(80) { 204 } else { u16::try_from(source.between(199, 301)).unwrap_or(200) },
        timing_allow_origin: source.percent(25),
        dangerously_allow_insecure_origins: source.percent(50),
        dangerously_allow_public_suffixes: source.percent(30),
        dangerously_allow_any_port: source.percent(50),
        ..Options::default()
    };
    if source.percent(15) {
        options.allow_origins = vec!["*".to_owned()];
        options.allow_credentials = false;
        options.allow_null_origin = false;
    } else {
        let length = if source.percent(8) { 0 } else { source.between(1, 8) };
        options.allow_origins = (0..length).map(|_| entry(source)).collect();
    }
    let entries = |source: &mut Source<'_>, star: usize, one: fn(&mut Source<'_>) -> String| -> Vec<String> {
        if source.percent(star) {
            return vec!["*".to_owned()];
        }
        let length = source.below(6);
        (0..length).map(|_| one(source)).collect()
    };
    options.allow_methods = entries(source, 20, method);
    options.allow_headers = entries(source, 25, header_name);
    if options.allow_headers == ["*"] && source.percent(50) {
        let at = source.below(2);
        options.allow_headers.insert(at, source.pick(&["authorization", "Authorization"]).to_owned());
    }
    options.expose_headers = entries(source, 20, header_name);
    options.allow_hosts = some(source, 50, host_entry);
    options.allow_content_types = some(source, 60, content_type);
    options
}

/// A list of up to three; none at all `none` times in a hundred.
fn some(source: &mut Source<'_>, none: usize, one: fn(&mut Source<'_>) -> String) -> Vec<String> {
    let length = if source.percent(none) { 0 } else { source.between(1, 3) };
    (0..length).map(|_| one(source)).collect()
}

/// Any options at all: valid ones with something changed, or text of any kind in every list.
pub(crate) fn any_options(source: &mut Source<'_>) -> Options {
    let mut options = likely_options(source);
    options.static_origin = source.one_in(8);
    let changes = source.between(0, 4);
    for _ in 0..changes {
        let text = match source.below(10) {
            0..=4 => changed(source, &options),
            5..=6 => source.pick(&MISTAKES).to_owned(),
            _ => any_text(source, 24),
        };
        let list = match source.below(8) {
            0 => &mut options.allow_methods,
            1 => &mut options.allow_headers,
            2 => &mut options.expose_headers,
            3 => &mut options.allow_hosts,
            4 => &mut options.allow_content_types,
            _ => &mut options.allow_origins,
        };
        let at = source.below(list.len() + 1);
        list.insert(at, text);
    }
    if source.one_in(16) {
        options.max_age = Some(u32::from_le_bytes([source.byte(), source.byte(), source.byte(), source.byte()]));
        options.preflight_status = u16::from_le_bytes([source.byte(), source.byte()]);
    }
    options
}

/// One of the entries with a mistake in it.
fn changed(source: &mut Source<'_>, options: &Options) -> String {
    let lists = [
        &options.allow_origins,
        &options.allow_origins,
        &options.allow_methods,
        &options.allow_headers,
        &options.allow_hosts,
        &options.allow_content_types,
    ];
    let list = lists[source.below(lists.len())];
    let Some(entry) = source.choose(list) else {
        return any_text(source, 8);
    };
    let mistake = super::origins::near(source, entry.clone().into_bytes());
    String::from_utf8_lossy(&mistake).into_owned()
}

/// What people write, and what is refused with a reason of its own.
const MISTAKES: [&str; 35] = [
    "null",
    "NULL",
    "file:///",
    "data:text/plain,",
    "https://[::ffff:1.2.3.4]",
    "https://[::FFFF:7f00:1]:443",
    "https://[2001:DB8::1]",
    "https://1.2.3",
    "https://0x7f.1:8080",
    "HTTPS://App.Example.COM:0443/",
    "example.com",
    "//example.com",
    "localhost:3000",
    "https://example.com/path",
    " https://example.com ",
    "https://a.example, https://b.example",
    "https://user:secret@example.com",
    "https://*",
    "https://*.*.example.com",
    "https://b\u{fc}cher.example",
    "https://xn--.example",
    "https://example.com.",
    "*://example.com",
    "https://-a.example",
    " x-a",
    "Patch",
    "access-control-max-age",
    "http://printer.local",
    "*.local",
    "printer.local:8*",
    "printer.local:0080",
    "printer.local:",
    "application/json; charset=utf-8",
    "application/*",
    "json",
];
