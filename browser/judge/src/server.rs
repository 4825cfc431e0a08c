//! What a server answered, held against what the core decides on the very request, and what a page read against what the policy says.

use std::collections::BTreeSet;

use corsac::FieldName;
use corsac_browser::{Credentials, FetchCall, Header, is_cors_safelisted_response_header_name};

use crate::backend::{Answerer, Behind};
use crate::case::{APPLICATION_FIELDS, Case};
use crate::plant::Plant;
use crate::predict::{Decided, is_decided, lines, written};
use crate::seen::Read;
use crate::tap::Recorded;

/// In what an answer is not what the core decides on that request, made by the application behind the server.
pub(crate) fn differences(case: &Case, behind: Behind, record: &Recorded, decided: &Decided) -> Vec<String> {
    let mut differences = Vec::new();
    let mut note = |differs: bool, what: &dyn Fn() -> String| differences.extend(differs.then(what));
    let answered = &record.answered;
    let answerer = answerer(case, behind, record);
    match decided.status {
        Some(status) => {
            note(answered.status != status, &|| format!("the server's status is {} and not {status}", answered.status));
            // A server may give any answer a type of its own.
            let mut own = APPLICATION_FIELDS.iter().filter(|(name, _)| !is_merged(name) && *name != "content-type");
            let has_fields =
                matches!(behind, Behind::Case | Behind::CaseFor(_)) && own.any(|(name, _)| has(&answered.fields, name));
            let has_body = lines(&answered.fields, "content-length").any(|length| length != b"0");
            let reached = has_fields || has_body;
            note(reached, &|| "the preflight reaches the application".to_owned());
        }
        None => {
            let status = match answerer {
                Answerer::Application => case.status,
                Answerer::Server(status) => status,
                Answerer::Unknown => answered.status,
            };
            note(answered.status != status, &|| format!("the server's status is {} and not {status}", answered.status));
        }
    }
    let is_applications = decided.status.is_none() && answerer == Answerer::Application;
    if is_applications {
        for (name, value) in APPLICATION_FIELDS.iter().filter(|(name, _)| !is_merged(name)) {
            let is_kept = lines(&answered.fields, name).eq([value.as_bytes()]);
            note(!is_kept, &|| format!("the application's {name} is not what it was"));
        }
    }
    for name in FieldName::ALL.iter().filter(|name| **name != FieldName::Vary) {
        let [decided, answered] = [&decided.fields, &answered.fields].map(|fields| joined(fields, name.as_str()));
        note(decided != answered, &|| format!("the server's {name} is {answered:?} and not {decided:?}"));
    }
    let members = |fields| members(fields, "vary").collect::<BTreeSet<_>>();
    let mut vary = members(&decided.fields);
    if is_applications {
        vary.extend(
            APPLICATION_FIELDS.iter().filter(|(name, _)| *name == "vary").map(|(_, value)| (*value).to_owned()),
        );
    }
    let lacks = vary.difference(&members(&answered.fields)).cloned().collect::<Vec<_>>();
    note(!lacks.is_empty(), &|| format!("the server's Vary lacks {}", lacks.join(", ")));
    differences
}

/// Headers on a preflight that belong to the request after it.
pub(crate) fn carried(call: &FetchCall, record: &Recorded) -> Vec<String> {
    // The browser writes these itself.
    const OWN: [&str; 4] = ["accept", "accept-language", "user-agent", "access-control-request-method"];
    if !record.is_preflight {
        return Vec::new();
    }
    let names = written(call).into_iter().chain(["cookie", "authorization"].map(str::to_owned));
    let names = names.map(|name| name.to_ascii_lowercase()).filter(|name| !OWN.contains(&name.as_str()));
    let carried = names.filter(|name| has(&record.request, name));
    carried.map(|name| format!("the preflight carries {name}")).collect()
}

/// In what a page read other names than the policy lets it read, said from the options alone.
pub(crate) fn misread(case: &Case, call: &FetchCall, record: &Recorded, read: &Read) -> Option<String> {
    let listed = &case.policy.options().expose_headers;
    let exposes_all = call.credentials != Credentials::Include && listed.iter().any(|name| name == "*");
    let is_readable = |name: &str| {
        let is_listed = listed.iter().any(|listed| listed.eq_ignore_ascii_case(name));
        name != "set-cookie"
            && (exposes_all || is_listed || is_cors_safelisted_response_header_name(name.as_bytes(), &[]))
    };
    let names = |fields: &[Header]| fields.iter().map(|(name, _)| name.to_ascii_lowercase()).collect::<BTreeSet<_>>();
    let mut readable = names(&record.answered.fields);
    readable.retain(|name| is_readable(name));
    let read = names(&read.fields);
    (readable != read).then(|| {
        let differs: Vec<_> = readable.symmetric_difference(&read).map(String::as_str).collect();
        format!("the policy says otherwise of reading {}", differs.join(", "))
    })
}

/// Who answers a recorded request that is no preflight.
pub(crate) fn answerer(case: &Case, behind: Behind, record: &Recorded) -> Answerer {
    behind.answerer(case.status, &record.method, &record.request)
}

/// The decision on a recorded request, with the core's own mistake.
pub(crate) fn decided(case: &Case, record: &Recorded, plant: Option<Plant>) -> Decided {
    Decided::of(&case.policy, &record.method, &record.request, plant)
}

/// Whether the server drops or merges that field of an application.
fn is_merged(name: &str) -> bool {
    name == "vary" || is_decided(name)
}

fn has(fields: &[Header], name: &str) -> bool {
    lines(fields, name).next().is_some()
}

/// The lines of a field as one; `None` where there is none.
fn joined(fields: &[Header], name: &str) -> Option<String> {
    let lines: Vec<_> = lines(fields, name).map(|line| line.escape_ascii().to_string()).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// The members of a list, in lower case.
fn members(fields: &[Header], name: &str) -> impl Iterator<Item = String> {
    let joined = joined(fields, name).unwrap_or_default().to_ascii_lowercase();
    let members: Vec<_> = joined.split(',').map(|member| member.trim().to_owned()).collect();
    members.into_iter().filter(|member| !member.is_empty())
}
