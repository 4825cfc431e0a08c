//! Writes seeds for the fuzz targets: the conformance vectors, and random cases of the property tests.
//!
//! ```text
//! cargo run --no-default-features --example seeds
//! ```

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

/// Longest seed. The vectors beyond it are floods, which a fuzzer makes by itself.
const LONGEST: usize = 16_384;

const RANDOM_CASES: u64 = 400;

fn main() -> Result<(), Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut cases = Vec::new();
    for entry in fs::read_dir(here.join("../vectors"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let vectors: Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
            let vectors = vectors.as_array().into_iter().flatten();
            cases.extend(vectors.map(|vector| (text(&vector["id"]), case_of(vector))));
        }
    }
    cases.extend((0..RANDOM_CASES).map(|n| (format!("random-{n}"), corsac_fuzz::random_case(&random_bytes(n)))));
    cases.retain(|(_, case)| case.len() <= LONGEST);
    for target in ["request", "verdict", "config", "matcher", "browser", "image"] {
        let folder = here.join("seeds").join(target);
        fs::create_dir_all(&folder)?;
        for (id, case) in &cases {
            let seed = if target == "image" { corsac_fuzz::image_of(case) } else { case.clone() };
            fs::write(folder.join(id), seed)?;
        }
    }
    println!("{} seeds for each target", cases.len());
    Ok(())
}

/// A vector as a case.
fn case_of(vector: &Value) -> Vec<u8> {
    let mut policy = String::new();
    for (name, value) in vector["policy"].as_object().into_iter().flatten() {
        let word = match name.as_str() {
            "allow_origins" => "origin",
            "allow_methods" => "method",
            "allow_headers" => "header",
            "expose_headers" => "expose",
            "allow_hosts" => "host",
            "allow_content_types" => "content_type",
            "max_age" => "max_age",
            "preflight_status" => "status",
            _ => "on",
        };
        match value {
            Value::Array(entries) => entries.iter().for_each(|entry| {
                let _ = writeln!(policy, "{word} {}", text(entry));
            }),
            Value::Bool(true) => drop(writeln!(policy, "{word} {name}")),
            Value::Number(number) => drop(writeln!(policy, "{word} {number}")),
            _ => {}
        }
    }
    let mut case = policy.into_bytes();
    let asked = ["request", "guard", "host", "websocket", "screen"].map(|question| &vector[question]);
    for request in asked.into_iter().filter(|request| !request.is_null()) {
        // A handshake and a host alone say no method; those that are asked have one.
        let method = bytes(&request["method"]);
        case.push(b'\n');
        case.extend(if method.is_empty() { b"GET" } else { &method[..] });
        case.push(b'\n');
        let mut line = |name: &[u8], value: &[u8]| {
            case.extend([name, b": "].concat());
            case.extend(value.iter().map(|&byte| if byte == b'\n' { b' ' } else { byte }));
            case.push(b'\n');
        };
        for field in request["fields"].as_array().into_iter().flatten() {
            line(&bytes(&field[0]), &bytes(&field[1]));
        }
        for name in request["own_names"].as_array().into_iter().flatten() {
            line(b"Own-Name", text(name).as_bytes());
        }
        for (name, member) in [(&b"Scheme"[..], "scheme"), (b"Absent-Origin", "absent_origin")] {
            if let Some(value) = request[member].as_str() {
                line(name, value.as_bytes());
            }
        }
        line(b"Credentials", b"include");
    }
    case
}

/// The text of a vector's value: a string, one that is repeated, or several of these joined.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().map(text).collect(),
        Value::Object(_) => {
            let times = value["times"].as_u64().and_then(|times| usize::try_from(times).ok());
            text(&value["repeat"]).repeat(times.unwrap_or(0))
        }
        _ => String::new(),
    }
}

/// A character stands for the byte of its number.
fn bytes(value: &Value) -> Vec<u8> {
    text(value).chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
}

fn random_bytes(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0xd134_2543_de82_ef95) | 1;
    let mut bytes = Vec::new();
    while bytes.len() < 2048 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        bytes.extend_from_slice(&state.to_be_bytes()[..4]);
    }
    bytes
}
