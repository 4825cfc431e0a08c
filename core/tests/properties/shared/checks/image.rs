//! Images from outside.

use corsac::{FieldName, PolicyRef};

use crate::shared::fault::{Checked, Fault, ensure};
use crate::shared::wire::{Answer, WireRequest};

/// Deciding on any bytes that `open` accepts ends without a panic, sends no control byte, and never `*` with credentials.
/// Tells whether they were accepted.
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
    Ok(true)
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

/// Requests that reach every table, made of fixed values and of the words that stand in the image.
fn requests(image: &[u8]) -> Vec<WireRequest> {
    let is_word = |word: &&[u8]| (2..400).contains(&word.len());
    let words = image.split(|byte| !matches!(byte, b'!'..=b'+' | b'-'..=b'~')).filter(is_word).take(12);
    let mut requests = Vec::new();
    for word in [&b"https://app.example.com"[..], b"null", b"https://a.b.c.example.com:8443"].into_iter().chain(words) {
        let instance =
            word.iter().flat_map(|&byte| if byte == b'*' { &b"ab"[..] } else { std::slice::from_ref(&byte) }.to_vec());
        let instance: Vec<u8> = instance.collect();
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

/// The image with its mark, its length and its checksum put right, so that a test gets behind them.
pub(crate) fn with_checksum(mut image: Vec<u8>) -> Vec<u8> {
    if image.len() >= 120 {
        image[..8].copy_from_slice(b"corsac\x01\0");
        let length = u32::try_from(image.len()).unwrap_or(u32::MAX);
        image[8..12].copy_from_slice(&length.to_le_bytes());
        let sum = corsac::__checksum(&image);
        image[12..16].copy_from_slice(&sum.to_le_bytes());
    }
    image
}
