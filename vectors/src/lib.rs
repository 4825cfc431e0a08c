//! Reads the conformance vectors, `vectors/*.json`; see `README.md` there. For tests: what is not as it should be is a panic.

#![allow(clippy::exhaustive_structs, clippy::exhaustive_enums, reason = "read by tests of this workspace alone")]

use std::path::{Path, PathBuf};

use corsac::{AbsentOrigin, Config, Scheme};
use serde::Deserialize;

/// A vector and the file that it stands in.
pub struct Case {
    /// The file.
    pub file: String,
    /// The vector.
    pub vector: Vector,
}

/// A vector.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    /// Its name.
    pub id: String,
    /// The rule or the mistake that it shows.
    pub why: String,
    /// The place in a standard.
    pub spec: String,
    /// The policy.
    pub policy: Options,
    /// A request for the decision.
    pub request: Option<RequestFields>,
    /// A request for the guard.
    pub guard: Option<VerdictFields>,
    /// A request for the check of the host.
    pub host: Option<VerdictFields>,
    /// A handshake.
    pub websocket: Option<VerdictFields>,
    /// A request for all of them.
    pub screen: Option<VerdictFields>,
    expect: Option<serde_json::Value>,
    /// Why the policy does not compile.
    pub expect_error: Option<ExpectedError>,
}

impl Vector {
    /// What is expected, in the form that belongs to what is asked.
    pub fn expected<T: for<'de> Deserialize<'de>>(&self) -> Result<T, String> {
        let expect = self.expect.as_ref().ok_or("has no expect")?;
        T::deserialize(expect).map_err(|error| format!("its expect: {error}"))
    }

    /// Whether an answer is expected.
    pub fn has_expectation(&self) -> bool {
        self.expect.is_some()
    }

    /// The reason that is expected, whatever is asked.
    pub fn expected_refusal(&self) -> Option<&str> {
        self.expect.as_ref()?.get("refusal")?.as_str()
    }
}

/// What CORS is about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestFields {
    /// The method.
    pub method: Text,
    /// The fields in the order of arrival.
    pub fields: Vec<(Text, Text)>,
}

/// What a question beside CORS is about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerdictFields {
    method: Option<Text>,
    fields: Vec<(Text, Text)>,
    scheme: Option<SchemeName>,
    absent_origin: Option<AbsentOriginName>,
    /// The names that the server got at run time.
    #[serde(default)]
    pub own_names: Vec<String>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum SchemeName {
    Http,
    Https,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum AbsentOriginName {
    Pass,
    Refuse,
}

impl VerdictFields {
    /// The method; GET where the question has none.
    pub fn method(&self) -> Vec<u8> {
        self.method.as_ref().map_or_else(|| b"GET".to_vec(), Text::bytes)
    }

    /// The fields in the order of arrival.
    pub fn fields(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.fields.iter().map(|(name, value)| (name.bytes(), value.bytes())).collect()
    }

    /// The scheme that the server says.
    pub fn scheme(&self) -> Option<Scheme> {
        self.scheme.map(|scheme| match scheme {
            SchemeName::Http => Scheme::Http,
            SchemeName::Https => Scheme::Https,
        })
    }

    /// What becomes of requests without an origin.
    pub fn absent_origin(&self) -> AbsentOrigin {
        match self.absent_origin {
            None | Some(AbsentOriginName::Pass) => AbsentOrigin::Pass,
            Some(AbsentOriginName::Refuse) => AbsentOrigin::Refuse,
        }
    }
}

/// The verdict that is expected.
#[derive(Deserialize, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct ExpectedVerdict {
    /// Whether the request passes.
    pub passes: bool,
    /// The slug of the reason.
    #[serde(deserialize_with = "present")]
    pub refusal: Option<String>,
    /// The status to respond with.
    #[serde(deserialize_with = "present")]
    pub status: Option<u16>,
}

/// The answer of all verdicts that is expected.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedScreening {
    /// The verdict that stopped the request.
    #[serde(deserialize_with = "present")]
    pub stopped_by: Option<String>,
    /// The slug of the reason.
    #[serde(deserialize_with = "present")]
    pub refusal: Option<String>,
    /// The status to respond with.
    #[serde(deserialize_with = "present")]
    pub status: Option<u16>,
    /// The response fields.
    pub fields: Vec<(String, Text)>,
}

/// The decision that is expected.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The slug of the kind.
    pub kind: String,
    /// Whether the page gets through.
    #[serde(deserialize_with = "present")]
    pub allowed: Option<bool>,
    /// The slug of the reason.
    #[serde(deserialize_with = "present")]
    pub refusal: Option<String>,
    /// The status to respond with.
    #[serde(deserialize_with = "present")]
    pub status: Option<u16>,
    /// The response fields.
    pub fields: Vec<(String, Text)>,
}

/// The error that is expected.
#[derive(Deserialize, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct ExpectedError {
    /// The name of the option.
    pub field: String,
    /// The index of the entry.
    #[serde(deserialize_with = "present")]
    pub entry: Option<usize>,
    /// The slug of the kind.
    pub kind: String,
}

/// A key that may be `null` but not missing.
fn present<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

/// The policy of a vector.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    allow_origins: Vec<Text>,
    allow_methods: Vec<Text>,
    allow_headers: Vec<Text>,
    expose_headers: Vec<Text>,
    allow_credentials: bool,
    max_age: Option<u32>,
    allow_null_origin: bool,
    allow_private_network: bool,
    static_origin: bool,
    minimal_answers: bool,
    preflight_status: Option<u16>,
    timing_allow_origin: bool,
    allow_hosts: Vec<Text>,
    allow_content_types: Vec<Text>,
    dangerously_allow_insecure_origins: bool,
    dangerously_allow_public_suffixes: bool,
    dangerously_allow_any_port: bool,
}

impl Options {
    /// Hands the options to `use_config` as the library takes them.
    pub fn with_config<T>(&self, use_config: impl FnOnce(&Config<'_>) -> T) -> T {
        let lists = [
            &self.allow_origins,
            &self.allow_methods,
            &self.allow_headers,
            &self.expose_headers,
            &self.allow_hosts,
            &self.allow_content_types,
        ];
        let texts = lists.map(|list| list.iter().map(Text::text).collect::<Vec<_>>());
        let [origins, methods, headers, exposed, hosts, content_types] =
            texts.each_ref().map(|list| list.iter().map(String::as_str).collect::<Vec<_>>());
        use_config(&Config {
            allow_origins: &origins,
            allow_methods: &methods,
            allow_headers: &headers,
            expose_headers: &exposed,
            allow_credentials: self.allow_credentials,
            max_age: self.max_age,
            allow_null_origin: self.allow_null_origin,
            allow_private_network: self.allow_private_network,
            static_origin: self.static_origin,
            minimal_answers: self.minimal_answers,
            preflight_status: self.preflight_status.unwrap_or(Config::CLOSED.preflight_status),
            timing_allow_origin: self.timing_allow_origin,
            allow_hosts: &hosts,
            allow_content_types: &content_types,
            dangerously_allow_insecure_origins: self.dangerously_allow_insecure_origins,
            dangerously_allow_public_suffixes: self.dangerously_allow_public_suffixes,
            dangerously_allow_any_port: self.dangerously_allow_any_port,
        })
    }
}

/// A text, a repeated text, or several of these one after another.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Text {
    /// As it stands.
    Plain(String),
    /// A text several times.
    Repeated(Repeated),
    /// Texts one after another.
    Joined(Vec<Self>),
}

/// A text several times.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeated {
    repeat: String,
    times: usize,
}

impl Text {
    /// The text.
    pub fn text(&self) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Repeated(Repeated { repeat, times }) => repeat.repeat(*times),
            Self::Joined(parts) => parts.iter().map(Self::text).collect(),
        }
    }

    /// The bytes of a value on the wire: each character from U+0000 to U+00FF is one.
    pub fn bytes(&self) -> Vec<u8> {
        self.text().chars().map(|c| u8::try_from(c).expect("a request's characters are bytes")).collect()
    }
}

/// A vector that is known not to pass.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// Its name.
    pub id: String,
    /// Why it does not.
    pub reason: String,
}

/// The vectors that are known not to pass.
pub fn exceptions() -> Vec<Exception> {
    read(&folder().join("exceptions.json"))
}

/// All vectors of all files.
pub fn cases() -> Vec<Case> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder())
        .expect("vectors/ is there")
        .map(|entry| entry.expect("vectors/ can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .filter(|path| path.file_name().is_some_and(|name| name != "exceptions.json"))
        .collect();
    files.sort();
    files
        .iter()
        .flat_map(|path| {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            read::<Vec<Vector>>(path).into_iter().map(move |vector| Case { file: file.clone(), vector })
        })
        .collect()
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> T {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
