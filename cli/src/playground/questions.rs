//! What the page asks, and the documents that it gets: those that the command prints with `--json`.

use serde::Deserialize;

use crate::field_arg::{self, Field};
use crate::fix::Fix;
use crate::loaded::Loaded;
use crate::output::{Misuse, Output};
use crate::page_call::PageCall;
use crate::playground::cases::Case;
use crate::source::Source;
use crate::{check, explain, patch};

/// How many patterns are shown with what they take: the default of `corsac check`.
const EXAMPLES: usize = 10;

/// Fields that frame the response on the wire, or say how its body is coded; the server sets them itself.
const OWN_FIELDS: [&str; 8] =
    ["connection", "content-encoding", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"];

/// The text of a policy, and what it is called.
#[derive(Deserialize, Debug)]
pub(crate) struct PolicyText {
    policy: String,
    #[serde(default)]
    name: Option<String>,
}

/// A policy and a call.
#[derive(Deserialize, Debug)]
pub(crate) struct Question {
    #[serde(flatten)]
    text: PolicyText,
    call: Call,
}

/// A call as the page's form has it.
#[derive(Deserialize, Debug)]
struct Call {
    from: String,
    method: String,
    url: String,
    #[serde(default)]
    headers: Vec<String>,
    #[serde(default)]
    credentials: bool,
    #[serde(default)]
    response: Vec<String>,
}

/// A policy, and how the application behind it answers.
#[derive(Deserialize, Debug)]
pub(crate) struct CaseQuestion {
    #[serde(flatten)]
    text: PolicyText,
    #[serde(default)]
    response: Vec<String>,
}

impl PolicyText {
    /// The document of `corsac check --json`.
    pub(crate) fn check(self) -> Vec<u8> {
        document(check::of_source(self.source(), EXAMPLES, true))
    }

    fn source(self) -> Source {
        Source::new(self.name.unwrap_or_else(|| "policy.toml".to_owned()), self.policy)
    }
}

impl Question {
    /// The document of `corsac explain --json`.
    pub(crate) fn explain(self) -> Vec<u8> {
        let told = self.read().and_then(|(loaded, page, response)| explain::tell(&loaded, &page, &response, true));
        document(told)
    }

    /// The policy's text with the fix made: `{ "policy", "works" }`.
    pub(crate) fn fix(self) -> Vec<u8> {
        let fixed = self.read().map(|(loaded, page, response)| {
            let fix = Fix::of(&loaded.file.options, &page.call, &response);
            let policy = patch::applied(&loaded, &fix);
            serde_json::json!({ "policy": policy, "works": fix.works })
        });
        match fixed {
            Ok(fixed) => fixed.to_string().into_bytes(),
            Err(misuse) => document(Err(misuse)),
        }
    }

    fn read(self) -> Result<(Loaded, PageCall, Vec<Field>), Misuse> {
        let Self { text, call } = self;
        let headers = fields(&call.headers).map_err(|sentence| misuse_of("headers", &sentence))?;
        let response = fields(&call.response).map_err(|sentence| misuse_of("response", &sentence))?;
        let request = format!("{} {}", call.method, call.url);
        let page = |from: &str| PageCall::new(from, &request, headers.clone(), call.credentials);
        // What no origin would mend is not the origin's fault.
        let field = || if page("null").is_ok() { "from" } else { "method" };
        let page = page(&call.from).map_err(|sentence| misuse_of(field(), &sentence))?;
        Ok((Loaded::of(text.source())?, page, response))
    }
}

impl CaseQuestion {
    /// The case that the API is to answer by.
    ///
    /// # Errors
    ///
    /// The document that says why not.
    pub(crate) fn case(self) -> Result<Case, Vec<u8>> {
        let case = Loaded::of(self.text.source()).and_then(|loaded| {
            let application = fields(&self.response).map_err(Misuse::new)?;
            let own = application.iter().find(|(name, _)| OWN_FIELDS.contains(&name.to_ascii_lowercase().as_str()));
            match own {
                Some((name, _)) => Err(Misuse::new(format!("the playground's server sets {name} itself"))),
                None => Ok(Case { image: loaded.image, application }),
            }
        });
        case.map_err(|misuse| document(Err(misuse)))
    }
}

/// Reads lines as scripts give them to the browser, which makes one byte of each code point.
fn fields(lines: &[String]) -> Result<Vec<Field>, String> {
    let byte = |line: &str, c: char| {
        u8::try_from(c)
            .map_err(|_| format!("no header holds `{c}`, as `{line}` does: browsers send nothing over U+00FF"))
    };
    let bytes = |line: &String| line.chars().map(|c| byte(line, c)).collect::<Result<Vec<u8>, String>>();
    lines.iter().map(|line| field_arg::parse(&bytes(line)?)).collect()
}

/// A sentence, and the field of the form that it is about.
fn misuse_of(field: &str, sentence: &str) -> Misuse {
    Misuse::with_text(String::new(), serde_json::json!({ "error": sentence, "field": field }))
}

/// What the command would print.
fn document(output: Result<Output, Misuse>) -> Vec<u8> {
    output.unwrap_or_else(|misuse| misuse.output(true)).into_document()
}
