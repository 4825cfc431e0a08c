//! The vectors of the questions beside CORS.

use std::fmt::Display;

use corsac::{GuardRequest, PolicyRef, Refusal, ScreenRequest, Screening, Verdict};

use crate::{Fields, sent, wanted};
use corsac_vectors::{ExpectedScreening, ExpectedVerdict, Vector, VerdictFields};

pub(crate) fn run(policy: &PolicyRef<'_>, vector: &Vector) -> Result<(), String> {
    if let Some(asked) = &vector.screen {
        return run_screen(policy, asked, &vector.expected()?);
    }
    let expected: ExpectedVerdict = vector.expected()?;
    let asked = [&vector.guard, &vector.websocket, &vector.host].into_iter().flatten().next().ok_or("asks nothing")?;
    let (method, fields) = (asked.method(), asked.fields());
    let pairs = fields.iter().map(|(name, value)| (name, value));
    let request = GuardRequest::from_fields(&method, pairs);
    let request = request.with_absent_origin(asked.absent_origin()).with_scheme(asked.scheme());
    let own_names: Vec<&str> = asked.own_names.iter().map(String::as_str).collect();
    let verdict = if vector.guard.is_some() {
        policy.guard(&request)
    } else if vector.websocket.is_some() {
        policy.check_websocket(&request)
    } else {
        policy.check_host_with(request.host(), &own_names)
    };
    compare(&of_verdict(&verdict), &expected, &verdict.explain())
}

fn run_screen(policy: &PolicyRef<'_>, asked: &VerdictFields, expected: &ExpectedScreening) -> Result<(), String> {
    let (method, fields) = (asked.method(), asked.fields());
    let own_names: Vec<&str> = asked.own_names.iter().map(String::as_str).collect();
    let pairs = fields.iter().map(|(name, value)| (name, value));
    let request = ScreenRequest::from_fields(&method, pairs).with_own_names(&own_names);
    let request = request.with_absent_origin(asked.absent_origin()).with_scheme(asked.scheme());
    let screening = policy.screen(&request);
    let expected = Screened {
        stopped_by: expected.stopped_by.clone(),
        refusal: expected.refusal.clone(),
        status: expected.status,
        fields: wanted(&expected.fields),
    };
    compare(&Screened::of(&screening), &expected, &screening.explain())
}

fn of_verdict(verdict: &Verdict<'_, '_>) -> ExpectedVerdict {
    ExpectedVerdict { passes: verdict.passes(), refusal: slug(verdict.refusal()), status: verdict.status() }
}

#[derive(PartialEq, Eq, Debug)]
struct Screened {
    stopped_by: Option<String>,
    refusal: Option<String>,
    status: Option<u16>,
    fields: Fields,
}

impl Screened {
    fn of(screening: &Screening<'_, '_>) -> Self {
        Self {
            stopped_by: screening.stopped_by().map(|verdict| verdict.question().slug().into()),
            refusal: slug(screening.refusal()),
            status: screening.status(),
            fields: sent(screening.fields()),
        }
    }
}

fn slug(refusal: Option<Refusal>) -> Option<String> {
    refusal.map(|refusal| refusal.slug().into())
}

fn compare<T: PartialEq + std::fmt::Debug>(got: &T, wanted: &T, why: &dyn Display) -> Result<(), String> {
    if got == wanted { Ok(()) } else { Err(format!("got {got:?}\n  wanted {wanted:?}\n  {why}")) }
}
