//! Runs the conformance vectors, the same ones that every language runs.

mod verdicts;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use corsac::{Config, Decision, FieldName, PolicyError, PolicyErrorKind, PolicyRef, Refusal, Request, ResponseField};
use corsac_vectors::{Case, Expected, ExpectedError, RequestFields, Text, Vector, cases, exceptions};

/// What the vectors promise in number: fewer means that a file was lost.
const AT_LEAST_REQUESTS: usize = 400;
const AT_LEAST_VERDICTS: usize = 120;
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
    let requests = cases.iter().filter(|case| case.vector.request.is_some()).count();
    let verdicts = cases.len() - errors - requests;
    assert!(
        requests >= AT_LEAST_REQUESTS && verdicts >= AT_LEAST_VERDICTS && errors >= AT_LEAST_ERRORS,
        "{requests} requests, {verdicts} verdicts, {errors} errors"
    );
}

/// Every reason has a vector that shows it, but for those that a list of fields cannot cause.
#[test]
fn every_reason_is_shown() {
    let cases = cases();
    let kinds: BTreeSet<_> =
        cases.iter().filter_map(|case| Some(case.vector.expect_error.as_ref()?.kind.as_str())).collect();
    for kind in PolicyErrorKind::ALL {
        let about_memory = kind.number() / 100 == 7;
        assert!(about_memory || kinds.contains(kind.slug()), "no vector shows {}", kind.slug());
    }
    let refusals: BTreeSet<_> = cases.iter().filter_map(|case| case.vector.expected_refusal()).collect();
    for refusal in Refusal::ALL {
        let told_by_host = refusal.slug().ends_with("-truncated");
        assert!(told_by_host || refusals.contains(refusal.slug()), "no vector shows {}", refusal.slug());
    }
}

fn run(vector: &Vector) -> Result<(), String> {
    let questions = [&vector.guard, &vector.host, &vector.websocket, &vector.screen];
    let asked = usize::from(vector.request.is_some()) + questions.iter().filter(|asked| asked.is_some()).count();
    vector.policy.with_config(|config| match (&vector.expect_error, asked, vector.has_expectation()) {
        (Some(expected), 0, false) => run_error(config, expected),
        (None, 1, true) => {
            let image = valid_image(config)?;
            let policy = PolicyRef::open(&image).map_err(|error| format!("its image does not open: {error}"))?;
            match &vector.request {
                Some(request) => run_request(&policy, request, &vector.expected()?),
                None => verdicts::run(&policy, vector),
            }
        }
        _ => Err("has neither one question and expect, nor expect_error alone".into()),
    })
}

/// The image of a policy that compiles and has no problem.
fn valid_image(config: &Config<'_>) -> Result<Vec<u8>, String> {
    let image = compile(config).map_err(|error| format!("does not compile: {}", config.describe(&error)))?;
    match config.problems().next() {
        Some(problem) => Err(format!("compiles, but has a problem: {problem}")),
        None => Ok(image),
    }
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
            "allow_hosts" => config.allow_hosts,
            "allow_content_types" => config.allow_content_types,
            _ => config.expose_headers,
        };
        list.get(entry).is_some_and(|text| error.offset() <= text.len())
    });
    if !within {
        return Err(format!("{error:?} names no place in the entry"));
    }
    if got == *expected { Ok(()) } else { Err(format!("got {got:?}\n  wanted {expected:?}")) }
}

fn run_request(policy: &PolicyRef<'_>, request: &RequestFields, expected: &Expected) -> Result<(), String> {
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
    fields: Fields,
}

/// By name, the lines in any order; a line of a list is the set of its members, any other line is one member as it is.
type Fields = BTreeMap<String, Vec<BTreeSet<String>>>;

impl Answer {
    fn of(decision: &Decision<'_, '_>) -> Self {
        Self {
            kind: decision.kind().slug().into(),
            allowed: decision.allowed(),
            refusal: decision.refusal().map(|refusal| refusal.slug().into()),
            status: decision.status(),
            fields: sent(decision.fields()),
        }
    }

    fn expected(expected: &Expected) -> Self {
        Self {
            kind: expected.kind.clone(),
            allowed: expected.allowed,
            refusal: expected.refusal.clone(),
            status: expected.status,
            fields: wanted(&expected.fields),
        }
    }
}

fn sent<'r>(fields: impl Iterator<Item = ResponseField<'r>>) -> Fields {
    by_name(fields.map(|field| {
        let value: String = field.value.iter().copied().map(char::from).collect();
        (field.name.as_str().to_owned(), value)
    }))
}

fn wanted(fields: &[(String, Text)]) -> Fields {
    by_name(fields.iter().map(|(name, value)| (name.clone(), value.text())))
}

fn by_name(fields: impl Iterator<Item = (String, String)>) -> Fields {
    const LISTS: [FieldName; 4] =
        [FieldName::AllowMethods, FieldName::AllowHeaders, FieldName::ExposeHeaders, FieldName::Vary];
    let mut by_name = Fields::new();
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
