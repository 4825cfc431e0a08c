//! Runs the conformance vectors, the same ones that every language runs.

mod format;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use corsac::{Config, Decision, FieldName, PolicyError, PolicyErrorKind, PolicyRef, Refusal, Request};
use format::{Case, Expected, ExpectedError, RequestFields, Vector, cases, exceptions};

/// What the vectors promise in number: fewer means that a file was lost.
const AT_LEAST_REQUESTS: usize = 400;
const AT_LEAST_ERRORS: usize = 120;

#[test]
fn every_vector_is_answered_as_it_says() {
    let exceptions: HashMap<String, String> =
        exceptions().into_iter().map(|exception| (exception.id, exception.reason)).collect();
    let cases = cases();
    let mut faults = Vec::new();
    for Case { file, vector } in &cases {
        match (run(vector), exceptions.get(&vector.id)) {
            (Ok(()), None) | (Err(_), Some(_)) => {}
            (Ok(()), Some(reason)) => {
                faults.push(format!("{file}: {}: passes, but is excepted: {reason}", vector.id));
            }
            (Err(fault), None) => {
                faults.push(format!("{file}: {}\n  why: {}\n  {fault}", vector.id, vector.why));
            }
        }
    }
    for id in exceptions.keys() {
        if !cases.iter().any(|case| case.vector.id == *id) {
            faults.push(format!("exceptions.json: {id}: there is no such vector"));
        }
    }
    assert!(faults.is_empty(), "{} of {} vectors:\n{}", faults.len(), cases.len(), faults.join("\n"));
}

#[test]
fn the_set_is_whole() {
    let cases = cases();
    let ids: BTreeSet<_> = cases.iter().map(|case| &case.vector.id).collect();
    assert_eq!(ids.len(), cases.len(), "ids are unique");
    for Case { file, vector } in &cases {
        assert!(vector.spec.starts_with("https://"), "{file}: {}: spec is an address", vector.id);
        assert!(!vector.why.is_empty(), "{file}: {}: why is not empty", vector.id);
    }
    let errors = cases.iter().filter(|case| case.vector.expect_error.is_some()).count();
    assert!(
        cases.len() - errors >= AT_LEAST_REQUESTS && errors >= AT_LEAST_ERRORS,
        "{} and {errors}",
        cases.len() - errors
    );
}

/// Every reason has a vector that shows it, but for those that a list of fields cannot cause.
#[test]
fn every_reason_is_shown() {
    let cases = cases();
    let kinds: BTreeSet<_> =
        cases.iter().filter_map(|case| Some(case.vector.expect_error.as_ref()?.kind.as_str())).collect();
    for kind in PolicyErrorKind::ALL {
        let about_memory = kind.number() >= 700;
        assert!(about_memory || kinds.contains(kind.slug()), "no vector shows {}", kind.slug());
    }
    let refusals: BTreeSet<_> =
        cases.iter().filter_map(|case| case.vector.expect.as_ref()?.refusal.as_deref()).collect();
    for refusal in Refusal::ALL {
        let told_by_host = refusal.slug().ends_with("-truncated");
        assert!(told_by_host || refusals.contains(refusal.slug()), "no vector shows {}", refusal.slug());
    }
}

fn run(vector: &Vector) -> Result<(), String> {
    vector.policy.with_config(|config| match (&vector.request, &vector.expect, &vector.expect_error) {
        (Some(request), Some(expected), None) => run_request(config, request, expected),
        (None, None, Some(expected)) => run_error(config, expected),
        _ => Err("has neither request and expect, nor expect_error alone".into()),
    })
}

fn run_error(config: &Config<'_>, expected: &ExpectedError) -> Result<(), String> {
    let compiled = compile(config).err();
    let first = config.problems().next();
    if compiled != first {
        return Err(format!("compiling fails with {compiled:?}, but the first problem is {first:?}"));
    }
    let Some(error) = first else {
        return Err(format!("compiles, but should fail with {expected:?}"));
    };
    let got =
        ExpectedError { field: error.field().as_str().into(), entry: error.entry(), kind: error.kind().slug().into() };
    let within = error.entry().is_none_or(|entry| {
        let list = match got.field.as_str() {
            "allow_origins" => config.allow_origins,
            "allow_methods" => config.allow_methods,
            "allow_headers" => config.allow_headers,
            _ => config.expose_headers,
        };
        list.get(entry).is_some_and(|text| error.offset() <= text.len())
    });
    if !within {
        return Err(format!("{error:?} names no place in the entry"));
    }
    if got == *expected { Ok(()) } else { Err(format!("got {got:?}\n  wanted {expected:?}")) }
}

fn run_request(config: &Config<'_>, request: &RequestFields, expected: &Expected) -> Result<(), String> {
    let image = compile(config).map_err(|error| format!("does not compile: {}", config.describe(&error)))?;
    if let Some(problem) = config.problems().next() {
        return Err(format!("compiles, but has a problem: {problem}"));
    }
    let policy = PolicyRef::open(&image).map_err(|error| format!("its image does not open: {error}"))?;

    let method = request.method.bytes();
    let fields: Vec<_> = request.fields.iter().map(|(name, value)| (name.bytes(), value.bytes())).collect();
    let request = Request::from_fields(&method, fields.iter().map(|(name, value)| (name, value)));
    let decision = policy.decide(&request);
    let wanted = Answer::expected(expected);
    let got = Answer::of(&decision);
    if got == wanted { Ok(()) } else { Err(format!("got {got:?}\n  wanted {wanted:?}\n  {}", decision.explain())) }
}

fn compile(config: &Config<'_>) -> Result<Vec<u8>, PolicyError> {
    let mut image = vec![0xff; config.image_len()?];
    config.compile_into(&mut image)?;
    Ok(image)
}

/// An answer in a form that compares as the vectors' format says.
#[derive(PartialEq, Eq, Debug)]
struct Answer {
    kind: String,
    allowed: Option<bool>,
    refusal: Option<String>,
    status: Option<u16>,
    /// By name, the lines in any order; a line of a list is the set of its members, any other line is one member as it is.
    fields: BTreeMap<String, Vec<BTreeSet<String>>>,
}

impl Answer {
    fn of(decision: &Decision<'_, '_>) -> Self {
        let fields = decision.fields().map(|field| {
            let value: String = field.value.iter().copied().map(char::from).collect();
            (field.name.as_str().to_owned(), value)
        });
        Self {
            kind: decision.kind().slug().into(),
            allowed: decision.allowed(),
            refusal: decision.refusal().map(|refusal| refusal.slug().into()),
            status: decision.status(),
            fields: by_name(fields),
        }
    }

    fn expected(expected: &Expected) -> Self {
        Self {
            kind: expected.kind.clone(),
            allowed: expected.allowed,
            refusal: expected.refusal.clone(),
            status: expected.status,
            fields: by_name(expected.fields.iter().map(|(name, value)| (name.clone(), value.text()))),
        }
    }
}

fn by_name(fields: impl Iterator<Item = (String, String)>) -> BTreeMap<String, Vec<BTreeSet<String>>> {
    const LISTS: [FieldName; 4] =
        [FieldName::AllowMethods, FieldName::AllowHeaders, FieldName::ExposeHeaders, FieldName::Vary];
    let mut by_name: BTreeMap<String, Vec<BTreeSet<String>>> = BTreeMap::new();
    for (name, value) in fields {
        let is_list = LISTS.iter().any(|list| list.as_str() == name);
        let members = if is_list {
            let members = value.split(',').map(|member| member.trim_matches([' ', '\t']).to_owned());
            members.filter(|member| !member.is_empty()).collect()
        } else {
            BTreeSet::from([value])
        };
        by_name.entry(name).or_default().push(members);
    }
    by_name.values_mut().for_each(|lines| lines.sort());
    by_name
}
