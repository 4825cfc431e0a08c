//! What was seen held against what is foretold.

use corsac_browser::FetchCall;

use crate::backend::{Answerer, Behind};
use crate::case::Case;
use crate::deviation::{DEVIATIONS, rewritten};
use crate::plant::Plant;
use crate::predict::{Application, Core, Decided, Prediction, predict, written};
use crate::seen::{Asked, Read, Seen, Sent};
use crate::server;
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

/// A case, who answers it, and the mistake that is made, if any.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Judged<'c> {
    pub(crate) case: &'c Case,
    pub(crate) behind: Behind,
    pub(crate) plant: Option<Plant>,
}

impl Judged<'_> {
    /// Holds what was seen against what is foretold.
    pub(crate) fn compare(self, id: usize, seen: &[Witnessed], summary: &mut Summary) {
        let calls = &self.case.calls;
        let applications: Vec<Application> = seen.iter().map(|seen| self.application(&seen.records)).collect();
        let foretold = self.foretold(calls, &applications);
        summary.count(self.case, &foretold, seen.iter().map(|witnessed| &witnessed.seen));
        let Some(difference) = self.difference(calls, &foretold, seen) else {
            summary.agreed += 1;
            return;
        };
        if let Some(names) = self.excuse(&applications, seen) {
            summary.agreed += 1;
            summary.excused_cases += 1;
            names.into_iter().for_each(|name| *summary.excused.entry(name).or_default() += 1);
            return;
        }
        let seen = seen.iter().map(|witnessed| witnessed.seen.clone()).collect();
        summary.disagreements.push(Disagreement { id, case: self.case.clone(), difference, foretold, seen });
    }

    fn foretold(self, calls: &[FetchCall], applications: &[Application]) -> Vec<Prediction> {
        predict(&self.case.policy, calls, applications, self.plant)
    }

    /// The fewest deviations that explain all of what was seen.
    fn excuse(self, applications: &[Application], seen: &[Witnessed]) -> Option<Vec<&'static str>> {
        let calls = &self.case.calls;
        let concerned: Vec<_> = DEVIATIONS.iter().filter(|deviation| deviation.concerns(calls)).collect();
        let mut subsets: Vec<u32> = (1..1 << concerned.len()).collect();
        subsets.sort_by_key(|subset| subset.count_ones());
        subsets.into_iter().find_map(|subset| {
            let some: Vec<_> =
                (0..).zip(&concerned).filter(|(at, _)| subset >> at & 1 == 1).map(|(_, one)| *one).collect();
            let as_if = rewritten(calls, &some);
            let is_explained = self.difference(&as_if, &self.foretold(&as_if, applications), seen).is_none();
            is_explained.then(|| some.iter().map(|deviation| deviation.name).collect())
        })
    }

    /// The first difference in what happens with the calls, or as if they were those.
    fn difference(self, as_if: &[FetchCall], foretold: &[Prediction], seen: &[Witnessed]) -> Option<String> {
        for (at, (prediction, Witnessed { seen, records })) in foretold.iter().zip(seen).enumerate() {
            let call = &self.case.calls[at];
            // Of the fields those count that the page wrote, in the call as it is meant here.
            let seen = of_records(records, seen.read.clone(), &written(&as_if[at]));
            let mut differences: Vec<String> =
                prediction.model.differences(&seen).iter().map(|what| (*what).to_owned()).collect();
            let allows = prediction.core == Core::Allowed;
            if allows != seen.read.is_some() {
                differences.push(format!("the core says {:?}", prediction.core));
            }
            for (is_preflight, what) in [(true, "two preflights"), (false, "two requests")] {
                if records.iter().filter(|record| record.is_preflight == is_preflight).count() > 1 {
                    differences.push(what.to_owned());
                }
            }
            let decided: Vec<Decided> =
                records.iter().map(|record| server::decided(self.case, record, self.plant)).collect();
            if !decided.iter().map(|decided| decided.refusal).eq(prediction.decided.iter().copied()) {
                differences.push("what the core decides on what was sent".to_owned());
            }
            for (record, decided) in records.iter().zip(&decided) {
                differences.extend(server::differences(self.case, self.behind, record, decided));
                differences.extend(server::carried(call, record));
                if let Some(read) = seen.read.as_ref().filter(|_| !record.is_preflight && allows) {
                    differences.extend(server::misread(self.case, call, record, read));
                }
            }
            if !differences.is_empty() {
                return Some(format!("call {at}: {}", differences.join(", ")));
            }
        }
        None
    }

    /// The application behind a call, with what its server adds.
    fn application(self, records: &[Recorded]) -> Application {
        let of_case = Application::of(self.case);
        match records.iter().find(|record| !record.is_preflight) {
            None => of_case,
            Some(record) => match server::answerer(self.case, self.behind, record) {
                Answerer::Application => of_case.served(&record.answered),
                Answerer::Server(_) | Answerer::Unknown => Application::behind(&record.answered),
            },
        }
    }
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
            let decided = Decided::of(&case.policy, &request.method, &request.fields, None);
            let response = answer(decided, &Application::of(case));
            records.push(Recorded {
                is_preflight: request.is_preflight,
                method: request.method.clone(),
                request: request.fields.clone(),
                answered: response.clone(),
            });
            response
        });
        let read = outcome.result.ok().map(|read| Read { status: read.status, fields: read.readable_fields });
        Witnessed::new(&case.calls[0], read, records)
    }

    fn summary(case: &Case, witnessed: Witnessed) -> Summary {
        let mut summary = Summary::default();
        Judged { case, behind: Behind::Case, plant: None }.compare(7, &[witnessed], &mut summary);
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
    fn an_answer_that_the_browser_takes_is_still_held_against_the_decision() {
        let case = case("PUT", "X-A", "1");
        for (plant, is_preflight, difference) in [
            (Plant::ServerError, false, "call 0: the server's status is 503 and not 200"),
            (Plant::LostField, false, "call 0: the application's etag is not what it was"),
            (Plant::MissingVary, true, "call 0: the server's Vary lacks"),
            (Plant::OtherStatus, true, "call 0: the server's status is 200 and not 204"),
        ] {
            let mut witnessed = witnessed(&case, &case.calls[0]);
            let record = witnessed.records.iter_mut().find(|record| record.is_preflight == is_preflight).unwrap();
            plant.spoil(&record.request, is_preflight, &mut record.answered);
            let summary = summary(&case, witnessed);
            let [disagreement] = &summary.disagreements[..] else { panic!("{plant:?}: {summary}") };
            assert!(disagreement.difference.starts_with(difference), "{plant:?}: {}", disagreement.difference);
        }
    }

    #[test]
    fn a_preflight_with_a_header_of_the_page_is_found() {
        let case = case("PUT", "X-A", "1");
        let mut witnessed = witnessed(&case, &case.calls[0]);
        witnessed.records[0].request.push(("x-a".to_owned(), b"1".to_vec()));
        let summary = summary(&case, witnessed);
        assert_eq!(summary.disagreements[0].difference, "call 0: the preflight carries x-a");
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
