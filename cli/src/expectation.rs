//! One row of a test file, and how it is held against the policy.

use corsac::PolicyRef;
use corsac_browser::WireResponse;

use crate::ask::{Answer, Ask, Server};
use crate::decided::{Decided, Fields};
use crate::field_arg::Field;
use crate::page_call::PageCall;
use crate::story::{NO_CORS, Story};

/// The keys that say what is expected.
pub(crate) const EXPECTED: [&str; 8] =
    ["allowed", "passes", "refusal", "stopped_by", "preflight", "reads", "response", "preflight_response"];

/// What is expected of one call or request. What is absent is not looked at.
#[derive(Clone, Debug)]
pub(crate) struct Expectation {
    pub(crate) name: String,
    pub(crate) subject: Subject,
    pub(crate) allowed: Option<bool>,
    /// Whether the server lets it act.
    pub(crate) passes: Option<bool>,
    /// A refusal of corsac, or a check of the browser.
    pub(crate) refusal: Option<String>,
    /// The verdict that stops it, where all are asked.
    pub(crate) stopped_by: Option<&'static str>,
    pub(crate) preflight: Option<bool>,
    /// Response headers that the page reads where the application sends them.
    pub(crate) reads: Option<Vec<String>>,
    pub(crate) response: Vec<(String, Wanted)>,
    pub(crate) preflight_response: Vec<(String, Wanted)>,
    /// Where the row begins in the file.
    pub(crate) at: usize,
}

/// What a row is about.
#[derive(Clone, Debug)]
pub(crate) enum Subject {
    /// A call that a page makes.
    Page(Box<PageCall>),
    /// A request as the server sees it.
    Server { method: String, fields: Vec<Field>, ask: Ask, server: Server },
}

/// What a response field should be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Wanted {
    /// This value; lists in any order.
    Value(String),
    /// Any value.
    Present,
    /// Not sent.
    Absent,
}

/// What came of an expectation.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    /// What is other than expected: what it is about, and the sentence.
    pub(crate) differences: Vec<(&'static str, String)>,
    /// Why it came out so.
    pub(crate) because: String,
}

impl Expectation {
    /// The same with a name, if it had none.
    pub(crate) fn named(mut self) -> Self {
        if self.name.is_empty() {
            self.name = match &self.subject {
                Subject::Page(page) => format!("{} {} from {}", page.call.method, page.call.url, page.call.page_origin),
                Subject::Server { method, fields, ask, .. } => {
                    let told_by = if *ask == Ask::Host { "Host" } else { "Origin" };
                    let value = fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(told_by));
                    let value = value.map(|(_, value)| String::from_utf8_lossy(value).into_owned());
                    let value = value.map_or(format!("no {told_by}"), |value| format!("{told_by}: {value}"));
                    let asked = if *ask == Ask::Cors { String::new() } else { format!("{}: ", ask.as_str()) };
                    format!("{asked}{method} with {value}")
                }
            };
        }
        self
    }

    /// Holds it against the policy.
    pub(crate) fn verdict(&self, policy: &PolicyRef<'_>) -> Verdict {
        match &self.subject {
            Subject::Page(page) => self.page_verdict(page, policy),
            Subject::Server { method, fields, ask, server } => {
                match Answer::to(*ask, policy, method.as_bytes(), fields, server) {
                    Answer::Decided(decided) => self.decided_verdict(&decided),
                    answer => self.passing_verdict(&answer),
                }
            }
        }
    }

    fn page_verdict(&self, page: &PageCall, policy: &PolicyRef<'_>) -> Verdict {
        let reads = self.reads.as_deref().unwrap_or_default();
        let application: Vec<Field> = reads.iter().map(|name| (name.clone(), b"x".to_vec())).collect();
        let story = Story::of(policy, &page.call, &application);
        let outcome = &story.outcome;
        let mut differences = Differences(Vec::new());
        differences.answer("allowed", self.allowed, outcome.result.is_ok());
        let of_core = story.refusal().map(corsac::Refusal::slug);
        let failure = outcome.result.as_ref().err();
        let refusals: Vec<&str> = of_core.into_iter().chain(failure.map(corsac_browser::Failure::slug)).collect();
        differences.word("refusal", self.refusal.as_deref(), &refusals);
        differences.answer("preflight", self.preflight, outcome.preflight().is_some());
        differences.reads(reads, outcome.result.as_ref().ok().map(|readable| readable.readable_fields.as_slice()));
        differences.fields("response", &self.response, outcome.actual().map(|exchange| &exchange.response));
        let preflight = outcome.preflight().map(|exchange| &exchange.response);
        differences.fields("preflight_response", &self.preflight_response, preflight);
        let decided = story.last_decision().map(|decided| decided.why().0.to_owned());
        let because = match (failure, decided) {
            (Some(failure), Some(why)) if story.refusal().is_none() => format!("{failure}; corsac: {why}"),
            (_, Some(why)) => why,
            (Some(failure), None) => failure.to_string(),
            (None, None) => NO_CORS.to_owned(),
        };
        Verdict { differences: differences.0, because }
    }

    fn decided_verdict(&self, decided: &Decided) -> Verdict {
        let mut differences = Differences(Vec::new());
        match (self.allowed, decided.allowed) {
            (Some(expected), None) => {
                let sentence = format!("expected {expected}, but without Origin this is no CORS request");
                differences.0.push(("allowed", sentence));
            }
            (expected, Some(found)) => differences.answer("allowed", expected, found),
            (None, None) => {}
        }
        differences.refusal_of_core(self.refusal.as_deref(), decided.refusal);
        differences.answer("preflight", self.preflight, decided.kind == "preflight");
        differences.fields("response", &self.response, Some(&response(decided.status, &decided.fields)));
        Verdict { differences: differences.0, because: decided.why().0.to_owned() }
    }

    /// Holds it against a verdict beside CORS.
    fn passing_verdict(&self, answer: &Answer) -> Verdict {
        let mut differences = Differences(Vec::new());
        differences.answer("passes", self.passes, answer.is_yes());
        let because = match answer {
            Answer::Decided(decided) => &decided.explain,
            Answer::Judged(judged) => {
                differences.refusal_of_core(self.refusal.as_deref(), judged.refusal);
                &judged.explain
            }
            Answer::Screened(screened) => {
                differences.refusal_of_core(self.refusal.as_deref(), screened.refusal);
                let stopped_by = screened.stopped_by.map(corsac::Question::slug);
                differences.word("stopped_by", self.stopped_by, stopped_by.as_slice());
                let response = response(screened.status, &screened.fields);
                differences.fields("response", &self.response, Some(&response));
                &screened.explain
            }
        };
        Verdict { differences: differences.0, because: because.clone() }
    }
}

fn response(status: Option<u16>, fields: &Fields) -> WireResponse {
    WireResponse { status: status.unwrap_or(200), fields: fields.to_wire() }
}

struct Differences(Vec<(&'static str, String)>);

impl Differences {
    fn answer(&mut self, about: &'static str, expected: Option<bool>, found: bool) {
        if let Some(expected) = expected.filter(|expected| *expected != found) {
            self.0.push((about, format!("expected {expected}, got {found}")));
        }
    }

    fn word(&mut self, about: &'static str, expected: Option<&str>, found: &[&str]) {
        let Some(expected) = expected.filter(|expected| !found.contains(expected)) else {
            return;
        };
        let found = found.first().unwrap_or(&"none");
        self.0.push((about, format!("expected {expected}, got {found}")));
    }

    fn refusal_of_core(&mut self, expected: Option<&str>, found: Option<corsac::Refusal>) {
        self.word("refusal", expected, found.map(corsac::Refusal::slug).as_slice());
    }

    fn reads(&mut self, expected: &[String], readable: Option<&[Field]>) {
        for name in expected {
            let is_read = readable.is_some_and(|fields| fields.iter().any(|(seen, _)| seen.eq_ignore_ascii_case(name)));
            if !is_read {
                let why = if readable.is_some() { "it is not exposed" } else { "the page reads nothing" };
                self.0.push(("reads", format!("expected {name}, but {why}")));
            }
        }
    }

    fn fields(&mut self, about: &'static str, expected: &[(String, Wanted)], response: Option<&WireResponse>) {
        for (name, wanted) in expected {
            let Some(response) = response else {
                self.0.push((about, format!("expected {name}, but there is no such response")));
                continue;
            };
            let found = value(response, name);
            let is_met = match (wanted, &found) {
                (Wanted::Value(wanted), Some(found)) => same_value(name, wanted, found),
                (Wanted::Present, found) => found.is_some(),
                (Wanted::Absent, found) => found.is_none(),
                (Wanted::Value(_), None) => false,
            };
            if !is_met {
                let wanted = match wanted {
                    Wanted::Value(value) => format!("{value:?}"),
                    Wanted::Present => "any value".to_owned(),
                    Wanted::Absent => "none".to_owned(),
                };
                let found = found.map_or("none".to_owned(), |found| format!("{found:?}"));
                self.0.push((about, format!("{name}: expected {wanted}, got {found}")));
            }
        }
    }
}

/// All lines of a field.
fn value(response: &WireResponse, name: &str) -> Option<String> {
    let lines = response.fields.iter().filter(|(field, _)| field.eq_ignore_ascii_case(name));
    let lines: Vec<_> = lines.map(|(_, value)| String::from_utf8_lossy(value)).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// Whether a value is the wanted one. Lists are the same in any order; names in them in any case.
fn same_value(name: &str, wanted: &str, found: &str) -> bool {
    let is_methods = name.eq_ignore_ascii_case("access-control-allow-methods");
    let is_names = ["vary", "access-control-allow-headers", "access-control-expose-headers"]
        .iter()
        .any(|list| name.eq_ignore_ascii_case(list));
    if !is_methods && !is_names {
        return wanted == found;
    }
    let members = |value: &str| {
        let value = if is_names { value.to_ascii_lowercase() } else { value.to_owned() };
        let mut members: Vec<String> = value.split(',').map(|member| member.trim().to_owned()).collect();
        members.sort();
        members
    };
    members(wanted) == members(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_compared_as_sets() {
        assert!(same_value("Vary", "origin, Accept", "Accept,Origin"));
        assert!(same_value("access-control-allow-methods", "PUT, DELETE", "DELETE,PUT"));
        assert!(!same_value("access-control-allow-methods", "put", "PUT"));
        assert!(!same_value("vary", "Origin", "Origin, Accept"));
        assert!(!same_value("access-control-allow-origin", "https://A.example", "https://a.example"));
    }
}
