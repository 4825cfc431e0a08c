//! Requests of any kind, most of them near what a policy allows.

use corsac::{FieldFault, RequestField};

use super::origins::origin;
use super::words::{any_bytes, flip_case, header_name, method};
use crate::shared::options::Options;
use crate::shared::source::Source;
use crate::shared::wire::WireRequest;

/// A request for the policy with these options: from what a browser sends to what nobody does.
pub(crate) fn request(source: &mut Source<'_>, options: &Options) -> WireRequest {
    let is_preflight = source.percent(70);
    let method = match source.below(20) {
        0 => any_bytes(source, 8),
        1 => b"options".to_vec(),
        _ if is_preflight => b"OPTIONS".to_vec(),
        _ => method(source).into_bytes(),
    };
    let mut request = WireRequest::new(&method);
    let origins = some(source, 4, 3);
    for _ in 0..origins {
        let value = origin(source, &options.allow_origins);
        push(source, &mut request, "Origin", value);
    }
    let methods = if is_preflight { some(source, 2, 3) } else { usize::from(source.one_in(8)) };
    for _ in 0..methods {
        let value = requested_method(source, options);
        push(source, &mut request, "Access-Control-Request-Method", value);
    }
    for line in header_list(source, options) {
        push(source, &mut request, "Access-Control-Request-Headers", line);
    }
    if source.one_in(4) {
        let value = source.pick(&["true", "true", "true", "True", "false", ""]).as_bytes().to_vec();
        push(source, &mut request, "Access-Control-Request-Private-Network", value);
    }
    let others = source.below(3);
    for _ in 0..others {
        let name = if source.one_in(4) { any_bytes(source, 12) } else { source.pick(&OTHER_NAMES).as_bytes().to_vec() };
        request.fields.push((name, any_bytes(source, 12)));
    }
    if source.one_in(12) {
        let fields = [RequestField::Origin, RequestField::Method, RequestField::Headers, RequestField::PrivateNetwork];
        let faults = [FieldFault::Repeated, FieldFault::Truncated];
        request.marks.push((fields[source.below(4)], faults[source.below(2)]));
    }
    request
}

const OTHER_NAMES: [&str; 8] = [
    "Accept",
    "Cookie",
    "Host",
    "Origins",
    "Origi",
    "Access-Control-Request-Methods",
    "Access-Control-Allow-Origin",
    "Vary",
];

/// One, but now and then none or two.
pub(super) fn some(source: &mut Source<'_>, none: usize, two: usize) -> usize {
    match source.below(100) {
        n if n >= 100 - none => 0,
        n if n >= 100 - none - two => 2,
        _ => 1,
    }
}

pub(super) fn push(source: &mut Source<'_>, request: &mut WireRequest, name: &str, value: Vec<u8>) {
    let name = if source.one_in(4) { flip_case(source, name) } else { name.to_owned() };
    let at = source.below(request.fields.len() + 1);
    request.fields.insert(at, (name.into_bytes(), value));
}

fn requested_method(source: &mut Source<'_>, options: &Options) -> Vec<u8> {
    match (source.below(10), source.choose(&options.allow_methods)) {
        (0, _) => any_bytes(source, 10),
        (1, _) => "M".repeat(source.between(62, 66)).into_bytes(),
        (2 | 3, Some(listed)) => flip_case(source, listed).into_bytes(),
        (4..=7, Some(listed)) => listed.clone().into_bytes(),
        _ => method(source).into_bytes(),
    }
}

/// The lines of a requested list: names that the policy lists and others, with all that may stand around and between them.
pub(crate) fn header_list(source: &mut Source<'_>, options: &Options) -> Vec<Vec<u8>> {
    match source.below(40) {
        0..=9 => Vec::new(),
        10 => edge_of_a_cap(source, options),
        _ => {
            let lines = if source.percent(80) { 1 } else { source.between(0, 4) };
            (0..lines).map(|_| header_line(source, options)).collect()
        }
    }
}

fn header_line(source: &mut Source<'_>, options: &Options) -> Vec<u8> {
    let is_tidy = source.percent(50);
    let mut line = Vec::new();
    let elements = source.between(0, 6);
    for i in 0..elements {
        if i > 0 {
            line.push(b',');
        }
        if is_tidy {
            line.extend(requested_name(source, options, 97));
            continue;
        }
        blanks(source, &mut line);
        match source.below(8) {
            0 => {}
            1 => line.extend(any_bytes(source, 6)),
            _ => line.extend(requested_name(source, options, 80)),
        }
        blanks(source, &mut line);
    }
    line
}

/// A name, `listed` times in a hundred one that the policy has.
fn requested_name(source: &mut Source<'_>, options: &Options, listed: usize) -> Vec<u8> {
    match source.choose(&options.allow_headers) {
        Some(name) if source.percent(listed) => flip_case(source, name).into_bytes(),
        _ => header_name(source).into_bytes(),
    }
}

fn blanks(source: &mut Source<'_>, line: &mut Vec<u8>) {
    let length = match source.below(12) {
        0..=7 => 0,
        8..=10 => 1,
        _ => source.between(1, 18),
    };
    line.extend((0..length).map(|_| if source.one_in(3) { b'\t' } else { b' ' }));
}

/// A list that is about as long, as often cut or as empty as a list may be.
fn edge_of_a_cap(source: &mut Source<'_>, options: &Options) -> Vec<Vec<u8>> {
    let name = requested_name(source, options, 90);
    match source.below(6) {
        0 => vec![name; source.between(15, 18)],
        1 => vec![vec![name; source.between(126, 130)].join(&b',')],
        2 => vec![vec![b','; source.between(30, 34)], name],
        3 => vec![Vec::new(); source.between(15, 17)],
        4 => {
            let mut line = name;
            line.resize(source.between(8_190, 8_194).max(line.len()), if source.one_in(2) { b',' } else { b'a' });
            vec![line]
        }
        _ => {
            let mut line = vec![b' '; source.between(7, 9)];
            line.extend(name);
            line.extend(vec![b'\t'; source.between(7, 9)]);
            vec![line]
        }
    }
}

/// The same request, respelled: fields in another order, names in another case, fields that do not matter added. The order
/// among fields of one name is kept.
pub(crate) fn respelled(source: &mut Source<'_>, request: &WireRequest) -> WireRequest {
    respelled_among(source, request, &OTHER_NAMES)
}

/// The same, where fields of `other_names` do not matter.
pub(super) fn respelled_among(source: &mut Source<'_>, request: &WireRequest, other_names: &[&str]) -> WireRequest {
    let mut respelled = WireRequest { fields: Vec::new(), ..request.clone() };
    for (name, value) in &request.fields {
        // Anywhere behind the last field of the same name.
        let same = |(listed, _): &(Vec<u8>, Vec<u8>)| listed.eq_ignore_ascii_case(name);
        let first = respelled.fields.iter().rposition(same).map_or(0, |last| last + 1);
        let at = first + source.below(respelled.fields.len() - first + 1);
        let name = name
            .iter()
            .map(|byte| if source.one_in(2) { byte.to_ascii_uppercase() } else { byte.to_ascii_lowercase() });
        respelled.fields.insert(at, (name.collect(), value.clone()));
    }
    let others = source.below(4);
    for _ in 0..others {
        let at = source.below(respelled.fields.len() + 1);
        let name = source.pick(other_names).as_bytes().to_vec();
        respelled.fields.insert(at, (name, any_bytes(source, 12)));
    }
    respelled
}
