//! What was seen held against what is foretold.

use corsac_browser::FetchCall;

use crate::case::Case;
use crate::deviation::{DEVIATIONS, Deviation, rewritten};
use crate::predict::{Application, Core, Prediction, predict, written};
use crate::seen::{Asked, Read, Seen, Sent};
use crate::summary::{Disagreement, Summary};
use crate::tap::Recorded;

/// What was seen of one call, and the records behind it.
#[derive(Clone, Debug)]
pub(crate) struct Witnessed {
    pub(crate) seen: Seen,
    records: Vec<Recorded>,
}

impl Witnessed {
    pub(crate) fn new(call: &FetchCall, read: Option<Read>, records: Vec<Recorded>) -> Self {
        Self { seen: of_records(&records, read, &written(call)), records }
    }
}

/// What is seen of a call from outside.
fn of_records(records: &[Recorded], read: Option<Read>, written: &[String]) -> Seen {
    let preflight = records.iter().find(|record| record.is_preflight);
    let actual = records.iter().find(|record| !record.is_preflight);
    Seen {
        preflight: preflight.map(|record| Asked::of(&record.request)),
        actual: actual.map(|record| Sent::of(&record.method, &record.request, written)),
        read,
    }
}

/// Holds what was seen against what is foretold.
pub(crate) fn compare(id: usize, case: &Case, seen: &[Witnessed], summary: &mut Summary) {
    let applications: Vec<Application> = seen.iter().map(|witnessed| application(case, &witnessed.records)).collect();
    let foretold = predict(&case.policy, &case.calls, &applications);
    summary.count(case, &foretold, seen.iter().map(|witnessed| &witnessed.seen));
    let Some(difference) = difference(&case.calls, &foretold, seen) else {
        summary.agreed += 1;
        return;
    };
    if let Some(names) = excuse(case, &applications, seen) {
        summary.agreed += 1;
        names.into_iter().for_each(|name| *summary.excused.entry(name).or_default() += 1);
        return;
    }
    let seen = seen.iter().map(|witnessed| witnessed.seen.clone()).collect();
    summary.disagreements.push(Disagreement { id, case: case.clone(), difference, foretold, seen });
}

/// The deviations that explain all of what was seen, and no more of them than it takes.
fn excuse(case: &Case, applications: &[Application], seen: &[Witnessed]) -> Option<Vec<&'static str>> {
    let explains = |deviations: &[&Deviation]| {
        let as_if = rewritten(&case.calls, deviations);
        let foretold = predict(&case.policy, &as_if, applications);
        difference(&as_if, &foretold, seen).is_none()
    };
    let mut deviations: Vec<_> = DEVIATIONS.iter().filter(|deviation| deviation.concerns(&case.calls)).collect();
    if !explains(&deviations) {
        return None;
    }
    for deviation in deviations.clone() {
        let fewer: Vec<_> = deviations.iter().copied().filter(|other| other.name != deviation.name).collect();
        if explains(&fewer) {
            deviations = fewer;
        }
    }
    Some(deviations.iter().map(|deviation| deviation.name).collect())
}

/// The first difference in what happens with the calls.
fn difference(calls: &[FetchCall], foretold: &[Prediction], seen: &[Witnessed]) -> Option<String> {
    for (at, (prediction, Witnessed { seen, records })) in foretold.iter().zip(seen).enumerate() {
        // Of the fields those count that the page wrote, in the call as it is meant here.
        let seen = of_records(records, seen.read.clone(), &written(&calls[at]));
        let mut differences: Vec<String> =
            prediction.model.differences(&seen).iter().map(|what| (*what).to_owned()).collect();
        let allows = prediction.core == Core::Allowed;
        if allows != seen.read.is_some() {
            differences.push(format!("the core says {:?}", prediction.core));
        }
        let preflight_refused = prediction.decided.len() == 1 && prediction.model.preflight.is_some();
        if preflight_refused && prediction.core == Core::Refused && seen.actual.is_some() {
            differences.push("the request follows a refused preflight".to_owned());
        }
        for (is_preflight, what) in [(true, "two preflights"), (false, "two requests")] {
            if records.iter().filter(|record| record.is_preflight == is_preflight).count() > 1 {
                differences.push(what.to_owned());
            }
        }
        if !differences.is_empty() {
            return Some(format!("call {at}: {}", differences.join(", ")));
        }
    }
    None
}

/// The application behind a call: what was seen of it, or else what is known.
fn application(case: &Case, records: &[Recorded]) -> Application {
    let actual = records.iter().find(|record| !record.is_preflight);
    actual.map_or_else(|| Application::of(case), |record| Application::behind(record.status, &record.response))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use crate::predict::answer;
    use corsac_browser::Browser;

    fn case(method: &str, name: &str, value: &str) -> Case {
        let options = Options {
            allow_origins: vec!["http://a.example".to_owned()],
            allow_methods: vec!["PUT".to_owned()],
            allow_headers: vec!["x-a".to_owned()],
            ..Options::default()
        };
        let call = FetchCall::new("http://a.example", "http://b.example", "/case/0").method(method).header(name, value);
        Case { policy: options.repaired(), status: 200, calls: vec![call] }
    }

    /// What is seen where a browser does with `as_if` what the standard says.
    fn witnessed(case: &Case, as_if: &FetchCall) -> Witnessed {
        let mut records = Vec::new();
        let outcome = Browser::new().fetch(as_if, 0, &mut |request| {
            let (response, _) = answer(&case.policy, &request.method, &request.fields, &Application::of(case));
            records.push(Recorded {
                is_preflight: request.is_preflight,
                method: request.method.clone(),
                request: request.fields.clone(),
                status: response.status,
                response: response.fields.clone(),
            });
            response
        });
        let read = outcome.result.ok().map(|read| Read { status: read.status, fields: read.readable_fields });
        Witnessed::new(&case.calls[0], read, records)
    }

    fn summary(case: &Case, witnessed: Witnessed) -> Summary {
        let mut summary = Summary::default();
        compare(7, case, &[witnessed], &mut summary);
        summary
    }

    #[test]
    fn what_the_standard_says_agrees() {
        for case in [case("PUT", "X-A", "1"), case("DELETE", "X-A", "1"), case("GET", "accept", "*/*")] {
            let summary = summary(&case, witnessed(&case, &case.calls[0]));
            assert_eq!((summary.agreed, summary.failed()), (1, 0), "{summary}");
            assert!(summary.excused.is_empty());
        }
    }

    #[test]
    fn what_is_read_without_leave_is_a_disagreement() {
        let case = case("DELETE", "X-A", "1");
        let mut witnessed = witnessed(&case, &case.calls[0]);
        witnessed.seen.read = Some(Read::default());
        let summary = summary(&case, witnessed);
        let [disagreement] = &summary.disagreements[..] else { panic!("{summary}") };
        assert_eq!(disagreement.difference, "call 0: whether the page reads, the core says Refused");
        assert!(disagreement.to_string().contains("core     Refused: method-not-allowed"), "{disagreement}");
    }

    #[test]
    fn a_deviation_excuses_what_it_explains_and_no_more() {
        let case = case("GET", "DPR", "2");
        let without = FetchCall { headers: Vec::new(), ..case.calls[0].clone() };
        let excused = summary(&case, witnessed(&case, &without));
        assert_eq!(excused.excused.keys().collect::<Vec<_>>(), [&"client-hints-need-no-preflight"], "{excused}");
        // Sent without a preflight, and with another method than was asked for.
        let other = summary(&case, witnessed(&case, &without.method("POST")));
        assert_eq!((other.agreed, other.disagreements.len()), (0, 1), "{other}");
    }
}
