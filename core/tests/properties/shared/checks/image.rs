//! Images from outside.

use corsac::{FieldName, PolicyRef};

use crate::shared::fault::{Checked, Fault, ensure};
use crate::shared::verdict_request::VerdictRequest;
use crate::shared::wire::{Answer, WireRequest};

/// Deciding on any bytes that `open` accepts ends without a panic, sends no control byte, and never `*` with credentials; nor do
/// the verdicts beside CORS panic, and each can be explained. Tells whether they were accepted.
pub(crate) fn image_is_safe(image: &[u8]) -> Result<bool, Fault> {
    let Ok(policy) = PolicyRef::open(image) else {
        return Ok(false);
    };
    for request in requests(image) {
        let prepared = request.request();
        let decision = policy.decide_with(&prepared, |_| true);
        check_answer(&Answer::of(&decision))
            .map_err(|fault| fault.with(&crate::shared::options::Options::default(), &request, None))?;
        let words = format!("{} {decision:?} {policy:?}", decision.explain());
        ensure!(!words.bytes().any(|byte| byte < b' '), "the explanation holds a control byte: {words:?}");
    }
    for request in verdict_requests(image) {
        check_verdicts(&policy, &request)
            .map_err(|fault| fault.with_verdict(&crate::shared::options::Options::default(), &request, None, None))?;
    }
    Ok(true)
}

fn check_verdicts(policy: &PolicyRef<'_>, request: &VerdictRequest) -> Checked {
    let (guard_request, own_names) = (request.guard_request(), request.own_names());
    let screen_request = request.screen_request(&own_names);
    for answer in [true, false] {
        let verdicts = [
            policy.guard_with(&guard_request, |_| answer),
            policy.check_websocket_with(&guard_request, |_| answer),
            policy.check_host_with(guard_request.host(), &own_names),
        ];
        for verdict in verdicts {
            ensure!(verdict.passes() == verdict.status().is_none(), "a verdict passes with a status");
            let words = format!("{} {verdict:?}", verdict.explain());
            ensure!(!words.bytes().any(|byte| byte < b' '), "the explanation holds a control byte: {words:?}");
        }
        let screening = policy.screen_with(&screen_request, |_| answer);
        let words = format!("{} {screening:?}", screening.explain());
        ensure!(!words.bytes().any(|byte| byte < b' '), "the explanation holds a control byte: {words:?}");
        for field in screening.fields() {
            let is_legal = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t');
            ensure!(field.value.iter().all(is_legal), "{} holds a control byte", field.name.as_str());
        }
    }
    Ok(())
}

fn check_answer(answer: &Answer) -> Checked {
    // Nine names, one of which may come once for each of 16 lines.
    ensure!(answer.fields.len() <= 24, "there is no end of fields");
    for (name, value, _) in &answer.fields {
        let is_legal = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t');
        ensure!(value.iter().all(is_legal), "{} holds a control byte: {}", name.as_str(), value.escape_ascii());
    }
    let any_origin = answer.values(FieldName::AllowOrigin).any(|value| value == b"*");
    let credentials = answer.values(FieldName::AllowCredentials).next().is_some();
    ensure!(!(any_origin && credentials), "`*` is sent with credentials");
    ensure!(
        answer.status.is_none_or(|status| status == 403 || (200..300).contains(&status)),
        "the status is no answer"
    );
    Ok(())
}

/// The words that stand in the image.
fn words(image: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_word = |word: &&[u8]| (2..400).contains(&word.len());
    image.split(|byte| !matches!(byte, b'!'..=b'+' | b'-'..=b'~')).filter(is_word).take(12)
}

/// The word where it is a pattern with something for its `*`.
fn instance(word: &[u8]) -> Vec<u8> {
    word.iter().flat_map(|&byte| if byte == b'*' { &b"ab"[..] } else { std::slice::from_ref(&byte) }.to_vec()).collect()
}

/// Requests to the verdicts, with each word as a host, as an origin, as a content type and as a name of the device's own.
fn verdict_requests(image: &[u8]) -> Vec<VerdictRequest> {
    let fixed: [&[u8]; 3] = [b"https://app.example.com", b"printer.local:8080", b"application/json; charset=utf-8"];
    let request = |(i, word): (usize, &[u8])| {
        let word = instance(word);
        let origin = if word.contains(&b'/') { word.clone() } else { [b"https://", &word[..]].concat() };
        let origin_host = origin.splitn(3, |&byte| byte == b'/').nth(2).unwrap_or(&word);
        let host = if i % 2 == 0 { &word } else { origin_host };
        let is_handshake = i % 3 == 1;
        let mut wire = WireRequest::new(if is_handshake { b"GET" } else { b"POST" })
            .with("Host", host)
            .with("Origin", &origin)
            .with("Content-Type", if i % 4 == 3 { b"text/plain" } else { &word });
        if is_handshake {
            wire = wire.with("Upgrade", b"websocket");
        }
        let mut request = VerdictRequest::new(wire);
        let text = String::from_utf8_lossy(&word).into_owned();
        request.own_names = vec!["localhost:*".to_owned(), text.clone(), text + ":*"];
        request
    };
    fixed.into_iter().chain(words(image)).enumerate().map(request).collect()
}

/// Requests that reach every table, made of fixed values and of the words that stand in the image.
fn requests(image: &[u8]) -> Vec<WireRequest> {
    let mut requests = Vec::new();
    for word in
        [&b"https://app.example.com"[..], b"null", b"https://a.b.c.example.com:8443"].into_iter().chain(words(image))
    {
        let instance = instance(word);
        requests.push(WireRequest::new(b"GET").with("Origin", &instance));
        requests.push(
            WireRequest::new(b"OPTIONS")
                .with("Origin", &instance)
                .with("Access-Control-Request-Method", if word.len() < 9 { word } else { b"PUT" })
                .with("Access-Control-Request-Headers", if word.contains(&b':') { b"x-a, authorization" } else { word })
                .with("Access-Control-Request-Headers", b"\t,x-b")
                .with("Access-Control-Request-Private-Network", b"true"),
        );
    }
    requests.push(WireRequest::new(b"GET"));
    requests
}

/// Bytes of an image before its tables.
pub(crate) const HEAD_LEN: usize = 208;

/// The image with its mark, its length and its checksum put right, so that a test gets behind them.
pub(crate) fn with_checksum(mut image: Vec<u8>) -> Vec<u8> {
    if image.len() >= HEAD_LEN {
        image[..8].copy_from_slice(b"corsac\x03\0");
        let length = u32::try_from(image.len()).unwrap_or(u32::MAX);
        image[8..12].copy_from_slice(&length.to_le_bytes());
        let sum = corsac::__checksum(&image);
        image[12..16].copy_from_slice(&sum.to_le_bytes());
    }
    image
}
