//! `Vary`: row 24 of the design, from both sides.

use crate::shared::fault::{Checked, Fault};
use crate::shared::options::Valid;
use crate::shared::source::Source;
use crate::shared::wire::{Answer, ResponseField, WireRequest};
use crate::shared::{generate, naive};

const ORIGIN: &str = "Origin";
const METHOD: &str = "Access-Control-Request-Method";
const HEADERS: &str = "Access-Control-Request-Headers";
const PRIVATE_NETWORK: &str = "Access-Control-Request-Private-Network";
const NAMES: [&str; 4] = [ORIGIN, METHOD, HEADERS, PRIVATE_NETWORK];

/// Two requests that a conforming browser can send, equal but for one field that the answer's `Vary` does not name, get
/// the same response. "Can send" is meant within the caps.
pub(crate) fn unnamed_fields_do_not_matter(source: &mut Source<'_>, valid: &Valid) -> Checked {
    let policy = valid.policy();
    let is_preflight = source.percent(75);
    let mut first = WireRequest::new(if is_preflight { b"OPTIONS" } else { b"GET" });
    for name in NAMES {
        first = put(first, name, value(source, valid, name, is_preflight));
    }
    let answer = first.decide(&policy);
    for name in NAMES.into_iter().filter(|name| !answer.varies_by(name)) {
        let mut second = first.clone();
        second.remove(name);
        second = put(second, name, value(source, valid, name, is_preflight));
        let other = second.decide(&policy);
        if response(&other) != response(&answer) {
            let what = format!("the response depends on {name}, which Vary does not name");
            let fault = Fault::new(what).with(&valid.options, &first, Some(&answer));
            return Err(fault.with(&valid.options, &second, Some(&other)));
        }
    }
    Ok(())
}

/// A value of the field as a browser sends it, or `None` where it sends none.
fn value(source: &mut Source<'_>, valid: &Valid, name: &str, is_preflight: bool) -> Option<Vec<u8>> {
    let options = &valid.options;
    match name {
        // Without an origin it is no CORS request, and no preflight either.
        ORIGIN if !is_preflight && source.one_in(4) => None,
        ORIGIN => Some(generate::page_origin(source, options).into_bytes()),
        _ if !is_preflight => None,
        METHOD => {
            let method = match source.choose(&options.allow_methods) {
                Some(listed) if source.percent(50) => listed.clone(),
                _ => generate::method(source),
            };
            let can_be_sent = method.len() <= 64 && !corsac_browser::is_forbidden_method(method.as_bytes());
            Some(
                if can_be_sent { corsac_browser::normalize_method(&method).into_owned() } else { "PUT".to_owned() }
                    .into(),
            )
        }
        HEADERS => {
            let length = source.below(4);
            let name = |source: &mut Source<'_>| match source.choose(&options.allow_headers) {
                Some(listed) if source.percent(80) => listed.to_ascii_lowercase(),
                _ => generate::header_name(source).to_ascii_lowercase(),
            };
            let mut names: Vec<String> = (0..length).map(|_| name(source)).collect();
            names.sort_unstable();
            names.dedup();
            if names.is_empty() { None } else { Some(names.join(",").into()) }
        }
        _ => source.one_in(2).then(|| b"true".to_vec()),
    }
}

fn put(request: WireRequest, name: &str, value: Option<Vec<u8>>) -> WireRequest {
    match value {
        Some(value) => request.with(name, &value),
        None => request,
    }
}

/// What a cache would store.
fn response(answer: &Answer) -> (Option<u16>, &[ResponseField]) {
    (answer.status, &answer.fields)
}

/// A field that `Vary` names is one that matters: two requests of a small pool differ in it alone and get different
/// responses. A policy that allows no origin at all has the `Vary` of a list, and is not looked at.
pub(crate) fn vary_is_justified(valid: &Valid) -> Checked {
    let Some(pool) = Pool::of(valid) else {
        return Ok(());
    };
    let policy = valid.policy();
    let answers: Vec<Answer> = (0..pool.len()).map(|n| pool.preflight(n).decide(&policy)).collect();
    let fault = |what: &str, name, n| {
        Err(Fault::new(format!("{what}: {name}")).with(&valid.options, &pool.preflight(n), Some(&answers[n])))
    };
    for (field, name) in NAMES.into_iter().enumerate() {
        let is_named = answers[0].varies_by(name);
        if let Some(n) = answers.iter().position(|answer| answer.varies_by(name) != is_named) {
            return fault("Vary differs between preflights of one policy", name, n);
        }
        let mut pairs = (0..pool.len()).map(|n| (n, pool.with_first(n, field)));
        let matters = pairs.any(|(n, other)| response(&answers[n]) != response(&answers[other]));
        if is_named && !matters {
            return fault("Vary names a field that never matters", name, 0);
        }
        if !is_named && matters {
            return fault("Vary lacks a field that matters", name, 0);
        }
    }
    Ok(())
}

/// Values of each field, in the order of `NAMES`, of which some make a difference wherever any can. A number stands for one
/// choice of all four.
struct Pool {
    values: [Vec<Option<Vec<u8>>>; 4],
}

impl Pool {
    fn of(valid: &Valid) -> Option<Self> {
        let options = &valid.options;
        let example = match options.allow_origins.first() {
            Some(entry) if entry == "*" => "https://app.corsac.example".to_owned(),
            Some(entry) => entry.strip_suffix(":*").unwrap_or(entry).replace('*', "a"),
            None if options.allow_null_origin => "null".to_owned(),
            None => return None,
        };
        let is_taken = |entry: &String, origin: &str| entry == "*" || naive::takes(entry, origin.as_bytes());
        // Where a pattern leaves no room for a label, there is no example.
        if !options.allow_origins.first().is_none_or(|entry| is_taken(entry, &example)) {
            return None;
        }
        let method = options.allow_methods.first().filter(|listed| *listed != "*");
        let method = corsac_browser::normalize_method(method.map_or("PUT", String::as_str)).into_owned();
        let header = options.allow_headers.first().filter(|listed| *listed != "*");
        let header = header.map_or("x-other".to_owned(), |listed| listed.to_ascii_lowercase());
        // Every entry has one scheme, so that some number is in none.
        let no_origin = unlisted("unlisted{}://app.example", |origin| {
            options.allow_origins.iter().any(|entry| naive::takes(entry, origin.as_bytes()))
        });
        let no_method = unlisted("X{}", |name| options.allow_methods.iter().any(|listed| listed == name));
        let no_header =
            unlisted("x{}", |name| options.allow_headers.iter().any(|listed| listed.eq_ignore_ascii_case(name)));
        let some = |values: &[&str]| values.iter().map(|value| Some((*value).into())).collect::<Vec<_>>();
        Some(Self {
            values: [
                some(&[&example, &no_origin]),
                some(&["GET", &method, &no_method]),
                [vec![None], some(&[&header, "authorization", &no_header])].concat(),
                [vec![None], some(&["true"])].concat(),
            ],
        })
    }

    fn len(&self) -> usize {
        self.values.iter().map(Vec::len).product()
    }

    /// How far apart numbers are that differ by one value of the field.
    fn step(&self, field: usize) -> usize {
        self.values[..field].iter().map(Vec::len).product()
    }

    fn preflight(&self, n: usize) -> WireRequest {
        let value = |field: usize| self.values[field][n / self.step(field) % self.values[field].len()].clone();
        let request = WireRequest::new(b"OPTIONS");
        NAMES.into_iter().enumerate().fold(request, |request, (field, name)| put(request, name, value(field)))
    }

    /// The choice that is `n` but for the first value of the field.
    fn with_first(&self, n: usize, field: usize) -> usize {
        n - (n / self.step(field) % self.values[field].len()) * self.step(field)
    }
}

/// The form with the first number in place of `{}` that makes it one that is not listed.
fn unlisted(form: &str, is_listed: impl Fn(&str) -> bool) -> String {
    let mut names = (100_u32..).map(|number| form.replace("{}", &number.to_string()));
    names.find(|name| !is_listed(name)).unwrap_or_default()
}
