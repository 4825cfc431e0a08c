//! An operator's expectations about a policy, as a TOML file.

use std::ops::Range;

use corsac::{AbsentOrigin, OptionName, Question, Scheme};
use toml::de::{DeTable, DeValue};

use crate::ask::{Ask, KEYS_OF_SOME, Server, own_name_fault, uselessness};
use crate::expectation::{EXPECTED, Expectation, Subject, Wanted};
use crate::field_arg::{self, Field};
use crate::page_call::PageCall;
use crate::problem::{Level, Problem};
use crate::shape::{Value, in_order, unknown_key, unknown_word, wrong_type};

/// The keys of a row about a page's call, besides those that say what is expected.
const PAGE_KEYS: [&str; 5] = ["name", "from", "request", "headers", "credentials"];
/// The keys of a row about a request; beside them [`KEYS_OF_SOME`].
const REQUEST_KEYS: [&str; 3] = ["name", "fields", "ask"];
/// Expectations that only a page can have.
const PAGE_ONLY: [&str; 2] = ["reads", "preflight_response"];

/// Reads the rows of a test file.
///
/// # Errors
///
/// Everything that is wrong with them.
pub(crate) fn read_rows(table: &DeTable<'_>) -> Result<Vec<Expectation>, Vec<Problem>> {
    if let Some(problem) = policy_by_mistake(table) {
        return Err(vec![problem]);
    }
    let mut reader = Reader { problems: Vec::new() };
    let mut rows = Vec::new();
    let mut has_policy = false;
    for (key, span, value) in in_order(table) {
        match key {
            "policy" => {
                has_policy = true;
                if !matches!(value.get_ref(), DeValue::String(_) | DeValue::Table(_)) {
                    reader.problems.push(wrong_type(
                        key,
                        None,
                        "the path of a policy file or a table of options",
                        value,
                    ));
                }
            }
            "expect" => rows = reader.rows(value),
            _ => reader.problems.push(unknown_key(key, span, "key of a test file", ["policy", "expect"])),
        }
    }
    if !has_policy {
        reader.missing("policy", "policy = \"path.toml\", or a [policy] table with options", 0..0);
    }
    if rows.is_empty() && reader.problems.is_empty() {
        reader.missing("expect", "[[expect]], and below it what is expected", 0..0);
    }
    reader.problems.sort_by_key(|problem| problem.span.start);
    if reader.problems.is_empty() { Ok(rows) } else { Err(reader.problems) }
}

/// What is wrong with a policy that was given in the place of a test file.
fn policy_by_mistake(table: &DeTable<'_>) -> Option<Problem> {
    if table.contains_key("policy") || table.contains_key("expect") {
        return None;
    }
    let is_option = |key: &str| OptionName::ALL.iter().any(|name| name.as_str() == key);
    let (key, span, _) = in_order(table).into_iter().find(|(key, ..)| is_option(key))?;
    let sentence = "this is a policy, and no test file".to_owned();
    let problem = Problem::of_key(Level::Error, key, "not-a-test-file", sentence, span);
    let help = "`corsac check` checks it; a test file names it, for instance policy = \"app.toml\"";
    Some(problem.with_help(help.to_owned()))
}

struct Reader {
    problems: Vec<Problem>,
}

impl Reader {
    fn missing(&mut self, key: &str, write: &str, span: Range<usize>) {
        let problem = Problem::of_key(Level::Error, key, "missing", format!("`{key}` is missing"), span);
        self.problems.push(problem.with_help(format!("write {write}")));
    }

    fn fault(&mut self, key: &str, kind: &'static str, sentence: impl Into<String>, span: Range<usize>) {
        self.problems.push(Problem::of_key(Level::Error, key, kind, sentence.into(), span));
    }

    fn rows(&mut self, value: &Value<'_>) -> Vec<Expectation> {
        let mut rows = Vec::new();
        let DeValue::Array(array) = value.get_ref() else {
            self.problems.push(wrong_type("expect", None, "rows that begin with [[expect]]", value));
            return rows;
        };
        for (i, row) in array.iter().enumerate() {
            match row.get_ref() {
                DeValue::Table(table) => rows.extend(self.row(table, row.span())),
                _ => self.problems.push(wrong_type("expect", Some(i), "a table", row)),
            }
        }
        rows
    }

    /// Reads one row; `None` where something is wrong with it.
    fn row(&mut self, table: &DeTable<'_>, span: Range<usize>) -> Option<Expectation> {
        let before = self.problems.len();
        let is_page = table.contains_key("from") || table.contains_key("request");
        let ask = if is_page { Some(Ask::Cors) } else { self.ask(table) };
        let keys: Vec<&'static str> = match is_page {
            true => PAGE_KEYS.to_vec(),
            false => REQUEST_KEYS.into_iter().chain(KEYS_OF_SOME.map(|(key, _)| key)).collect(),
        };
        for (key, key_span, _) in in_order(table) {
            let known = keys.iter().chain(&EXPECTED).copied();
            if !known.clone().any(|known| known == key) {
                let row = if is_page { "a row with `from`" } else { "a row without `from`" };
                self.problems.push(unknown_word(key, key_span, |key| format!("{row} has no key `{key}`"), known));
            } else if !is_page && PAGE_ONLY.contains(&key) {
                self.fault(key, "page-only", "only the call of a page has this; write `from` and `request`", key_span);
            } else if let Some(sentence) = ask.and_then(|ask| uselessness(key, key, ask)) {
                self.fault(key, "other-verdict", sentence, key_span);
            } else if let Some(sentence) = ask.and_then(|ask| not_of(key, ask)) {
                self.fault(key, "other-verdict", sentence, key_span);
            }
        }
        let subject = if is_page { self.page(table, &span) } else { self.server(table, ask, &span) };
        let expectation = Expectation {
            name: self.text(table, "name").unwrap_or_default(),
            allowed: self.switch(table, "allowed"),
            passes: self.switch(table, "passes"),
            refusal: self.refusal(table, is_page),
            stopped_by: self.stopped_by(table),
            preflight: self.switch(table, "preflight"),
            reads: self.texts(table, "reads"),
            response: self.wanted(table, "response"),
            preflight_response: self.wanted(table, "preflight_response"),
            subject: subject?,
            at: span.start,
        };
        if !EXPECTED.iter().any(|key| table.contains_key(*key)) {
            let key = if matches!(ask, Some(Ask::Cors) | None) { "allowed" } else { "passes" };
            self.missing(key, &format!("{key} = true or {key} = false"), span.clone());
        }
        if expectation.allowed == Some(true) && expectation.refusal.is_some() {
            self.fault("refusal", "contradiction", "what is allowed has no refusal; remove one of the two", span);
        } else if expectation.passes == Some(true) && expectation.refusal.is_some() && ask != Some(Ask::Screen) {
            self.fault("refusal", "contradiction", "what passes has no refusal; remove one of the two", span);
        } else if expectation.passes == Some(true) && expectation.stopped_by.is_some() {
            self.fault("stopped_by", "contradiction", "nothing stops what passes; remove one of the two", span);
        }
        (self.problems.len() == before).then(|| expectation.named())
    }

    fn page(&mut self, table: &DeTable<'_>, span: &Range<usize>) -> Option<Subject> {
        let (from, request) = (self.text(table, "from"), self.text(table, "request"));
        for (key, write) in [
            ("from", "from = \"https://app.example.com\""),
            ("request", "request = \"PUT https://api.example.com/users\""),
        ] {
            if !table.contains_key(key) {
                self.missing(key, write, span.clone());
            }
        }
        let headers = self.headers(table);
        let credentials = self.switch(table, "credentials").unwrap_or(false);
        match PageCall::new(&from?, &request?, headers, credentials) {
            Ok(call) => Some(Subject::Page(Box::new(call))),
            Err(sentence) => {
                self.fault("request", "bad-request", sentence, span.clone());
                None
            }
        }
    }

    /// The verdict that a row asks for; `None` where there is none of that name.
    fn ask(&mut self, table: &DeTable<'_>) -> Option<Ask> {
        let Some(value) = table.get("ask") else {
            return Some(Ask::Cors);
        };
        let name = self.text(table, "ask")?;
        let ask = Ask::ALL.into_iter().find(|ask| ask.as_str() == name);
        if ask.is_none() {
            let names = Ask::ALL.map(Ask::as_str);
            let problem = unknown_key(&name, value.span(), "verdict", names);
            self.problems.push(match problem.help {
                Some(_) => problem,
                None => problem.with_help(format!("write one of {}", names.join(", "))),
            });
        }
        ask
    }

    /// What a row says of the server.
    fn of_server(&mut self, table: &DeTable<'_>) -> Server {
        let scheme = self.one_of(table, "scheme", [("http", Scheme::Http), ("https", Scheme::Https)]);
        let absent_origin =
            self.one_of(table, "absent_origin", [("pass", AbsentOrigin::Pass), ("refuse", AbsentOrigin::Refuse)]);
        let own_names = self.texts(table, "own_names").unwrap_or_default();
        let span = table.get("own_names").map_or(0..0, Value::span);
        for sentence in own_names.iter().filter_map(|name| own_name_fault(name)) {
            self.fault("own_names", "bad-own-name", sentence, span.clone());
        }
        Server { scheme, absent_origin: absent_origin.unwrap_or_default(), own_names }
    }

    fn one_of<T: Copy>(&mut self, table: &DeTable<'_>, key: &str, known: [(&'static str, T); 2]) -> Option<T> {
        let text = self.text(table, key)?;
        let found = known.iter().find(|(word, _)| *word == text).map(|(_, meant)| *meant);
        if found.is_none() {
            let span = table.get(key).map_or(0..0, Value::span);
            let [(one, _), (other, _)] = known;
            let sentence = format!("`{key}` is \"{one}\" or \"{other}\", and this is {text:?}");
            self.fault(key, "unknown-value", sentence, span);
        }
        found
    }

    fn server(&mut self, table: &DeTable<'_>, ask: Option<Ask>, span: &Range<usize>) -> Option<Subject> {
        let method = self.text(table, "method").unwrap_or_else(|| "GET".to_owned());
        let server = self.of_server(table);
        if !table.contains_key("fields") && table.contains_key("ask") {
            self.missing(
                "fields",
                "fields = [\"Host: …\", \"Origin: …\"], or fields = [] where there are none",
                span.clone(),
            );
            return None;
        }
        if !table.contains_key("fields") {
            let write = "from and request for the call of a page, or fields = [\"Origin: …\"] for a request";
            self.missing("from", write, span.clone());
            return None;
        }
        let mut fields = Vec::new();
        for text in self.texts(table, "fields")? {
            match field_arg::parse_of_request(text.as_bytes()) {
                Ok(field) => fields.push(field),
                Err(sentence) => self.fault("fields", "bad-field", sentence, span.clone()),
            }
        }
        if !corsac_browser::is_token(method.as_bytes()) {
            self.fault("method", "bad-method", format!("`{method}` is no method"), span.clone());
        }
        Some(Subject::Server { method, fields, ask: ask?, server })
    }

    /// The headers that a page sets: a table of texts.
    fn headers(&mut self, table: &DeTable<'_>) -> Vec<Field> {
        let mut headers = Vec::new();
        let Some(value) = table.get("headers") else {
            return headers;
        };
        let DeValue::Table(pairs) = value.get_ref() else {
            let problem = wrong_type("headers", None, "a table such as { content-type = \"text/plain\" }", value);
            self.problems.push(problem);
            return headers;
        };
        for (name, _, value) in in_order(pairs) {
            match value.get_ref() {
                DeValue::String(text) => headers.push((name.to_owned(), text.as_bytes().to_vec())),
                _ => self.problems.push(wrong_type(name, None, "a string", value)),
            }
        }
        headers
    }

    fn refusal(&mut self, table: &DeTable<'_>, is_page: bool) -> Option<String> {
        let refusal = self.text(table, "refusal")?;
        let of_core = corsac::Refusal::ALL.iter().map(|refusal| refusal.slug());
        let of_browser = if is_page { &["cors-check", "preflight-cors-check"][..] } else { &[] };
        let known = of_core.chain(of_browser.iter().copied());
        if !known.clone().any(|slug| slug == refusal) {
            let span = table.get("refusal").map_or(0..0, Value::span);
            self.problems.push(unknown_key(&refusal, span, "refusal", known));
        }
        Some(refusal)
    }

    /// The verdict that stops a request which is put to all of them.
    fn stopped_by(&mut self, table: &DeTable<'_>) -> Option<&'static str> {
        let name = self.text(table, "stopped_by")?;
        let known = [Question::Host, Question::WebSocket, Question::Guard].map(Question::slug);
        let found = known.into_iter().find(|slug| *slug == name);
        if found.is_none() {
            let span = table.get("stopped_by").map_or(0..0, Value::span);
            let problem = unknown_key(&name, span, "verdict that stops a request", known);
            self.problems.push(match problem.help {
                Some(_) => problem,
                None => problem.with_help(format!("write one of {}", known.join(", "))),
            });
        }
        found
    }

    /// What response fields are expected to be.
    fn wanted(&mut self, table: &DeTable<'_>, key: &str) -> Vec<(String, Wanted)> {
        let mut wanted = Vec::new();
        let Some(value) = table.get(key) else {
            return wanted;
        };
        let DeValue::Table(pairs) = value.get_ref() else {
            self.problems.push(wrong_type(key, None, "a table such as { vary = \"Origin\" }", value));
            return wanted;
        };
        for (name, _, value) in in_order(pairs) {
            match value.get_ref() {
                DeValue::String(text) => wanted.push((name.to_owned(), Wanted::Value(text.clone().into_owned()))),
                DeValue::Boolean(true) => wanted.push((name.to_owned(), Wanted::Present)),
                DeValue::Boolean(false) => wanted.push((name.to_owned(), Wanted::Absent)),
                _ => self.problems.push(wrong_type(name, None, "a value in quotation marks, true or false", value)),
            }
        }
        wanted
    }

    fn text(&mut self, table: &DeTable<'_>, key: &str) -> Option<String> {
        let value = table.get(key)?;
        if let DeValue::String(text) = value.get_ref() {
            return Some(text.clone().into_owned());
        }
        self.problems.push(wrong_type(key, None, "a string", value));
        None
    }

    fn switch(&mut self, table: &DeTable<'_>, key: &str) -> Option<bool> {
        let value = table.get(key)?;
        if let DeValue::Boolean(on) = value.get_ref() {
            return Some(*on);
        }
        self.problems.push(wrong_type(key, None, "true or false", value));
        None
    }

    fn texts(&mut self, table: &DeTable<'_>, key: &str) -> Option<Vec<String>> {
        let value = table.get(key)?;
        let DeValue::Array(entries) = value.get_ref() else {
            self.problems.push(wrong_type(key, None, "a list of strings", value));
            return None;
        };
        let mut texts = Vec::new();
        for (i, entry) in entries.iter().enumerate() {
            match entry.get_ref() {
                DeValue::String(text) => texts.push(text.clone().into_owned()),
                _ => self.problems.push(wrong_type(key, Some(i), "a string", entry)),
            }
        }
        Some(texts)
    }
}

/// Why a row that asks for this verdict cannot expect what the key says; `None` where it can.
fn not_of(key: &str, ask: Ask) -> Option<String> {
    let has = match (key, ask) {
        ("passes", Ask::Cors) => "whether CORS lets a page read is `allowed`",
        ("allowed", Ask::Guard | Ask::Host | Ask::Websocket | Ask::Screen) => "its answer is `passes`",
        ("preflight", Ask::Guard | Ask::Host | Ask::Websocket | Ask::Screen) => "it expects `passes` and `refusal`",
        ("stopped_by", Ask::Cors | Ask::Guard | Ask::Host | Ask::Websocket) => "it stands alone; screen asks several",
        ("response", Ask::Guard | Ask::Host | Ask::Websocket) => "it makes no response; cors and screen do",
        _ => return None,
    };
    Some(format!("the verdict {} has no `{key}`: {has}", ask.as_str()))
}
