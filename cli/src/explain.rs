//! `corsac explain`: the whole story of one call that a page makes.

use std::fmt::Write as _;

use corsac::OptionName;
use corsac_browser::{Credentials, Exchange, FetchCall, Readable, Step};

use crate::args;
use crate::decided::Decided;
use crate::explain_json;
use crate::field_arg::{self, Field};
use crate::fix::Fix;
use crate::loaded::Loaded;
use crate::options::is_list;
use crate::output::{ERROR, Exit, GOOD, GUTTER, Misuse, NOTE, Output, STRONG, visible};
use crate::page_call::PageCall;
use crate::story::{Basis, Guarded, NO_CORS, Story, bases, blamed_by_browser};

/// Runs the command.
pub(crate) fn run(args: &args::Explain, json: bool) -> Result<Output, Misuse> {
    let headers = field_arg::parse_all(&args.headers)?;
    let application = field_arg::parse_all(&args.response)?;
    let page = PageCall::new(&args.from, &args.request.join(" "), headers, args.credentials).map_err(Misuse::new)?;
    tell(&Loaded::read(&args.policy)?, &page, &application, json)
}

/// Tells the story of a page's call.
pub(crate) fn tell(loaded: &Loaded, page: &PageCall, application: &[Field], json: bool) -> Result<Output, Misuse> {
    let policy = loaded.policy()?;
    let story = Story::of(&policy, &page.call, application);
    let guard = story.guard(&policy, &page.call);
    let is_allowed = story.outcome.result.is_ok();
    let fix = (!is_allowed).then(|| Fix::of(&loaded.file.options, &page.call, application));
    let told = Told { loaded, page, story: &story, guard: guard.as_ref(), fix: fix.as_ref(), application };
    let exit = Exit::of(is_allowed);
    Ok(if json { Output::json(&explain_json::document(&told), exit) } else { Output::text(told.text(), exit) })
}

/// Everything that there is to tell.
pub(crate) struct Told<'t> {
    pub(crate) loaded: &'t Loaded,
    pub(crate) page: &'t PageCall,
    pub(crate) story: &'t Story,
    /// What the guard, which is no part of CORS, would say of the request itself.
    pub(crate) guard: Option<&'t Guarded>,
    pub(crate) fix: Option<&'t Fix>,
    application: &'t [Field],
}

/// The part of the story that a step belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Before,
    Preflight,
    Sending,
    Actual,
}

const fn part(step: &Step) -> Part {
    match step {
        Step::MethodNormalized { .. }
        | Step::HeaderDropped { .. }
        | Step::SameOrigin
        | Step::CrossOrigin
        | Step::MethodSafelisted { .. }
        | Step::MethodNotSafelisted { .. }
        | Step::HeaderUnsafe { .. }
        | Step::PreflightNotNeeded
        | Step::PreflightNeeded => Part::Before,
        Step::PreflightCorsCheckPassed(_) | Step::PreflightPassed { .. } => Part::Preflight,
        Step::ActualSent { .. } => Part::Sending,
        _ => Part::Actual,
    }
}

impl Told<'_> {
    /// For people.
    fn text(&self) -> String {
        let mut text = call_text(&self.page.call);
        for note in &self.page.notes {
            let _ = writeln!(text, "{NOTE}note{NOTE:#}: {}", visible(note));
        }
        let _ = writeln!(text, "\n{STRONG}Is a preflight needed?{STRONG:#}");
        self.push_steps(&mut text, Part::Before);
        for (exchange, decided) in self.story.outcome.exchanges.iter().zip(&self.story.decided) {
            let (title, part) = match exchange.request.is_preflight {
                true => ("The preflight", Part::Preflight),
                false => ("The request", Part::Actual),
            };
            let _ = writeln!(text, "\n{STRONG}{title}{STRONG:#}");
            if part == Part::Actual {
                self.push_steps(&mut text, Part::Sending);
            }
            self.push_exchange(&mut text, exchange, decided.as_ref());
            self.push_steps(&mut text, part);
        }
        match &self.story.outcome.result {
            Ok(readable) => self.push_readable(&mut text, readable),
            Err(failure) => self.push_failure(&mut text, failure),
        }
        text
    }

    fn push_steps(&self, text: &mut String, of: Part) {
        for step in self.story.outcome.steps.iter().filter(|step| part(step) == of) {
            let _ = writeln!(text, "  browser  {}", visible(&step.to_string()));
        }
        let failure = self.story.outcome.result.as_ref().err();
        let last = match self.story.outcome.exchanges.last() {
            None => Part::Before,
            Some(exchange) if exchange.request.is_preflight => Part::Preflight,
            Some(_) => Part::Actual,
        };
        if let Some(failure) = failure.filter(|_| last == of) {
            let (algorithm, why) = (failure.algorithm(), failure.to_string());
            let _ = writeln!(text, "  browser  {ERROR}{algorithm} fails{ERROR:#}: {}", visible(&why));
        }
    }

    fn push_exchange(&self, text: &mut String, exchange: &Exchange, decided: Option<&Decided>) {
        let request = &exchange.request;
        let _ = writeln!(text, "  {GUTTER}>{GUTTER:#} {} {}", visible(&request.method), self.page.target);
        push_fields(text, '>', &request.fields);
        let verdict = match decided.and_then(|decided| decided.allowed) {
            Some(true) => format!("{GOOD}allowed{GOOD:#}"),
            Some(false) => format!("{ERROR}refused{ERROR:#}"),
            None => "no CORS".to_owned(),
        };
        let why = decided.map_or(NO_CORS, |decided| decided.why().0);
        let _ = writeln!(text, "  corsac   {verdict}: {}", visible(why));
        for basis in decided.into_iter().flat_map(|decided| bases(decided, request, &self.loaded.file.options)) {
            let _ = writeln!(text, "           {}", self.basis_text(basis));
        }
        if let Some(guard) = self.guard.filter(|_| !request.is_preflight) {
            push_guard(text, guard);
        }
        let _ = writeln!(text, "  {GUTTER}<{GUTTER:#} {}", exchange.response.status);
        push_fields(text, '<', &exchange.response.fields);
    }

    /// The line of the policy file on which something rests.
    fn basis_text(&self, (option, entry): Basis) -> String {
        let source = &self.loaded.source;
        let shown = match entry.and_then(|entry| Some((entry, self.loaded.file.options.list(option).get(entry)?))) {
            Some((entry, text)) => format!("{option}[{entry}] {text:?}"),
            None => option.to_string(),
        };
        match self.loaded.file.place(option, entry) {
            Some(span) => format!("{}: {shown}", source.place(span.start)),
            None => format!("{}: has no {shown}", source.place_of_file()),
        }
    }

    fn push_readable(&self, text: &mut String, readable: &Readable) {
        let _ = writeln!(text, "\n{GOOD}The page reads the response{GOOD:#}: status {}", readable.status);
        let names: Vec<&str> = readable.readable_fields.iter().map(|(name, _)| name.as_str()).collect();
        let _ = writeln!(text, "  headers  {}", or_none(&names));
        let hidden = self.hidden(readable);
        if !hidden.is_empty() {
            let why = "not exposed to the page; see expose_headers";
            let _ = writeln!(text, "  hidden   {}   ({why})", hidden.join(", "));
        }
        let timing = if readable.timing_allowed { "may be read" } else { "is hidden; see timing_allow_origin" };
        let _ = writeln!(text, "  timing   {timing}");
    }

    /// The fields of the application that the page does not see.
    pub(crate) fn hidden(&self, readable: &Readable) -> Vec<String> {
        let is_seen = |name: &str| readable.readable_fields.iter().any(|(seen, _)| seen.eq_ignore_ascii_case(name));
        let hidden = self.application.iter().map(|(name, _)| name.to_ascii_lowercase());
        hidden.filter(|name| !is_seen(name)).collect()
    }

    fn push_failure(&self, text: &mut String, failure: &corsac_browser::Failure) {
        let _ = writeln!(text, "\n{ERROR}The page reads nothing{ERROR:#}: fetch() fails with a TypeError");
        let _ = writeln!(text, "  stopped  in {}: {}", failure.algorithm(), failure.anchor());
        let _ = writeln!(text, "  console  {}", visible(&failure.console(&self.page.call)));
        let mind = match (self.story.outcome.preflight(), self.story.outcome.actual()) {
            (_, Some(_)) => "the server has handled the request; only the response is withheld",
            (Some(_), None) => "the request itself was never sent",
            (None, None) => "nothing was sent",
        };
        let _ = writeln!(text, "  mind     {mind}");
        if let Some((option, _)) = self.decided_by() {
            self.push_policy_line(text, option);
        }
        if let Some(fix) = self.fix {
            self.push_fix(text, fix);
        }
    }

    /// What in the policy decided in the end.
    pub(crate) fn decided_by(&self) -> Option<Basis> {
        let failure = self.story.outcome.result.as_ref().err()?;
        match self.story.refusal() {
            Some(_) => {
                let (exchange, decided) = self.story.outcome.exchanges.iter().zip(&self.story.decided).next_back()?;
                bases(decided.as_ref()?, &exchange.request, &self.loaded.file.options).first().copied()
            }
            None => blamed_by_browser(failure).map(|option| (option, None)),
        }
    }

    fn push_policy_line(&self, text: &mut String, option: OptionName) {
        let source = &self.loaded.source;
        match self.loaded.file.place(option, None) {
            Some(span) => {
                let _ = writeln!(text, "  policy   decided by {option}:");
                for line in source.snippet(&span, ERROR, "").lines() {
                    let _ = writeln!(text, "           {line}");
                }
            }
            None => {
                let default = if is_list(option) { "empty" } else { "off" };
                let file = source.place_of_file();
                let _ = writeln!(
                    text,
                    "  policy   decided by {option}, which {file} does not have, and which is then {default}"
                );
            }
        }
    }

    fn push_fix(&self, text: &mut String, fix: &Fix) {
        let source = &self.loaded.source;
        let mut label = "fix";
        for change in &fix.changes {
            let how = match self.loaded.file.place(change.option, None) {
                Some(span) => format!("at {} write", source.place(span.start)),
                None => format!("add to {}", source.place_of_file()),
            };
            let _ = writeln!(text, "  {label:<8} {how}\n               {GOOD}{}{GOOD:#}", visible(&change.toml));
            label = "";
        }
        for advice in &fix.advice {
            let _ = writeln!(text, "  {label:<8} {}", visible(advice));
            label = "";
        }
        if fix.works {
            let _ = writeln!(text, "  {label:<8} with this the call goes through (tried)");
        }
    }
}

/// The guard's verdict, and what it looked at that is no part of the head above it.
fn push_guard(text: &mut String, guard: &Guarded) {
    let Guarded { judged, fields } = guard;
    let apart = "a verdict apart, where the server asks it";
    let _ = writeln!(text, "  guard    ({apart}) {}: {}", judged.outcome(), visible(&judged.explain));
    let sent = |name: &str| fields.iter().find(|(sent, _)| sent == name);
    let host = sent("Host").map_or("", |(_, value)| value);
    let site = match sent("Sec-Fetch-Site") {
        Some((name, value)) => format!("{name}: {value}"),
        None => "no Sec-Fetch-Site, which is for https and this machine alone".to_owned(),
    };
    let _ = writeln!(text, "           the browser also sends Host: {}, and {}", visible(host), visible(&site));
}

/// The call as the page has it.
fn call_text(call: &FetchCall) -> String {
    let mut text = String::new();
    let page = visible(&call.page_origin);
    let _ = writeln!(text, "{STRONG}A page of {page} calls{STRONG:#}");
    let _ = write!(text, "  fetch({:?}, {{ method: {:?}", call.url, call.method);
    if !call.headers.is_empty() {
        let pair = |(name, value): &Field| format!("[{name:?}, \"{}\"]", value.escape_ascii());
        let pairs: Vec<String> = call.headers.iter().map(pair).collect();
        let _ = write!(text, ", headers: [{}]", pairs.join(", "));
    }
    if call.credentials == Credentials::Include {
        text.push_str(", credentials: \"include\"");
    }
    text.push_str(" })\n");
    text
}

fn push_fields(text: &mut String, mark: char, fields: &[Field]) {
    for (name, value) in fields {
        let value = String::from_utf8_lossy(value);
        let _ = writeln!(text, "  {GUTTER}{mark}{GUTTER:#} {}: {}", visible(name), visible(&value));
    }
}

fn or_none(names: &[&str]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
