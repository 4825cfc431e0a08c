//! The change that lets a refused call through, tried before it is proposed.

use corsac::{OptionName, Refusal};
use corsac_browser::{CorsCheckFailure, Failure, FetchCall};
use serde::Serialize;

use crate::field_arg::Field;
use crate::loaded::open;
use crate::options::{Options, is_switch};
use crate::shape::toml_list;
use crate::story::Story;

/// Most changes to one policy: as many headers as a preflight may ask for, and some.
const MOST_STEPS: usize = 140;

/// What to change, and what to mind.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Fix {
    /// Whether the call goes through afterwards; it was tried.
    pub(crate) works: bool,
    pub(crate) changes: Vec<Change>,
    pub(crate) advice: Vec<String>,
    /// The options with all changes made.
    #[serde(skip)]
    #[cfg_attr(not(feature = "playground"), allow(dead_code, reason = "only the playground makes the changes itself"))]
    pub(crate) after: Options,
}

/// An option of the policy as it should stand in the file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Change {
    #[serde(serialize_with = "name")]
    pub(crate) option: OptionName,
    pub(crate) toml: String,
}

fn name<S: serde::Serializer>(option: &OptionName, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(option.as_str())
}

impl Fix {
    /// Looks for the least change after which the browser lets the page through.
    pub(crate) fn of(options: &Options, call: &FetchCall, application: &[Field]) -> Self {
        let mut attempt = Attempt { options: options.clone(), call: call.clone(), advice: Vec::new(), guard: None };
        let works = attempt.run(application);
        let changes = if works { changes(options, &attempt.options) } else { Vec::new() };
        if works
            && attempt.options.allow_origins().contains(&call.page_origin)
            && !options.allow_origins().contains(&call.page_origin)
        {
            let origin = &call.page_origin;
            let trust = format!(
                "only if the pages of {origin} are trusted with what the policy allows; where the server asks the \
                 guard, an entry also trusts them to act"
            );
            attempt.advice.insert(0, trust);
        }
        if let Some((refusal, why)) = attempt.guard {
            let slug = refusal.slug();
            attempt
                .advice
                .push(format!("where the server asks the guard, the guard still refuses the call ({slug}): {why}"));
        }
        Self { works, changes, advice: attempt.advice, after: attempt.options }
    }
}

struct Attempt {
    options: Options,
    call: FetchCall,
    advice: Vec<String>,
    /// Why the guard would refuse what goes through.
    guard: Option<(Refusal, String)>,
}

impl Attempt {
    fn run(&mut self, application: &[Field]) -> bool {
        for _ in 0..MOST_STEPS {
            let image = match self.options.compile() {
                Ok(image) => image,
                Err(error) => {
                    let lists = self.options.lists();
                    let message = lists.config().describe(&error).as_str().to_owned();
                    self.advice.push(format!("the policy cannot allow it: {message}"));
                    return false;
                }
            };
            let Ok(policy) = open(&image) else {
                return false;
            };
            let story = Story::of(&policy, &self.call, application);
            let Err(failure) = &story.outcome.result else {
                let guard = story.guard(&policy, &self.call);
                self.guard = guard.and_then(|guard| Some((guard.judged.refusal?, guard.judged.explain)));
                return true;
            };
            if !self.step(&story, failure) {
                return false;
            }
        }
        false
    }

    /// Takes one obstacle away; `false` where that is not for the policy to do.
    fn step(&mut self, story: &Story, failure: &Failure) -> bool {
        let last = story.last_decision();
        let subject = last.and_then(|decided| decided.subject.as_deref()).unwrap_or_default();
        match last.and_then(|decided| decided.refusal) {
            Some(Refusal::OriginNotAllowed) => self.allow_origin(),
            Some(Refusal::NullOriginNotAllowed) => self.allow_null(),
            Some(Refusal::MethodNotAllowed) => self.allow_method(),
            Some(Refusal::HeaderNotAllowed) => {
                let name = String::from_utf8_lossy(subject).to_ascii_lowercase();
                self.options.push(OptionName::AllowHeaders, name);
                true
            }
            Some(refusal) => self.give_up(refusal.sentence().to_owned()),
            None => self.answer_browser(failure),
        }
    }

    fn allow_origin(&mut self) -> bool {
        let origin = self.call.page_origin.clone();
        if self.options.is_on(OptionName::StaticOrigin) {
            self.options.switch(OptionName::StaticOrigin, false);
            self.advice.push("static_origin is for one origin only, so it goes".to_owned());
        }
        self.options.push(OptionName::AllowOrigins, origin);
        true
    }

    fn allow_null(&mut self) -> bool {
        let advice =
            "better: serve the page from an origin of its own; any page can make itself `null` in a sandboxed frame";
        self.advice.push(advice.to_owned());
        self.options.switch(OptionName::AllowNullOrigin, true);
        true
    }

    fn allow_method(&mut self) -> bool {
        let method = corsac_browser::normalize_method(&self.call.method).into_owned();
        let known = self.options.list(OptionName::AllowMethods).iter().map(String::as_str).chain(["PATCH"]);
        let in_other_case = known.into_iter().find(|entry| entry.eq_ignore_ascii_case(&method) && *entry != method);
        match in_other_case.map(str::to_owned) {
            Some(entry) => {
                self.advice.push(format!("in the page write method: \"{entry}\", as methods are case-sensitive"));
                self.call.method = entry;
            }
            None => self.options.push(OptionName::AllowMethods, method),
        }
        true
    }

    /// corsac allows the page and the browser does not: that is about credentials.
    fn answer_browser(&mut self, failure: &Failure) -> bool {
        let (Failure::PreflightCorsCheck(check) | Failure::CorsCheck(check)) = failure else {
            return self.give_up(format!("the call itself has to change: {failure}"));
        };
        let origin = self.call.page_origin.clone();
        match check {
            CorsCheckFailure::AnyOriginWithCredentials => {
                self.advice.push("`*` never goes with credentials, so the origins have to be listed".to_owned());
                self.options.set_list(OptionName::AllowOrigins, vec![origin]);
            }
            CorsCheckFailure::NoCredentials { .. } => {}
            _ => return self.give_up(check.to_string()),
        }
        self.options.switch(OptionName::AllowCredentials, true);
        self.advice.push("allow_credentials is not needed if the page leaves out credentials: \"include\"".to_owned());
        true
    }

    fn give_up(&mut self, advice: String) -> bool {
        self.advice.push(advice);
        false
    }
}

/// The options that differ, as they should stand in the file.
fn changes(before: &Options, after: &Options) -> Vec<Change> {
    let mut changes = Vec::new();
    for option in OptionName::ALL.iter().copied() {
        let value = if before.list(option) != after.list(option) {
            toml_list(after.list(option))
        } else if is_switch(option) && before.is_on(option) != after.is_on(option) {
            after.is_on(option).to_string()
        } else {
            continue;
        };
        changes.push(Change { option, toml: format!("{option} = {value}") });
    }
    changes
}
