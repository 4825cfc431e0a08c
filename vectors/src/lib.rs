//! The format of `vectors/*.json`; see `vectors/README.md`.

use std::path::{Path, PathBuf};

use corsac::{AbsentOrigin, Config, Scheme};
use serde::Deserialize;

/// A vector and the file that it stands in.
pub(crate) struct Case {
    pub(crate) file: String,
    pub(crate) vector: Vector,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Vector {
    pub(crate) id: String,
    pub(crate) why: String,
    pub(crate) spec: String,
    pub(crate) policy: Options,
    pub(crate) request: Option<RequestFields>,
    pub(crate) guard: Option<VerdictFields>,
    pub(crate) host: Option<VerdictFields>,
    pub(crate) websocket: Option<VerdictFields>,
    pub(crate) screen: Option<VerdictFields>,
    expect: Option<serde_json::Value>,
    pub(crate) expect_error: Option<ExpectedError>,
}

impl Vector {
    /// What is expected, in the form that belongs to what is asked.
    pub(crate) fn expected<T: for<'de> Deserialize<'de>>(&self) -> Result<T, String> {
        let expect = self.expect.as_ref().ok_or("has no expect")?;
        T::deserialize(expect).map_err(|error| format!("its expect: {error}"))
    }

    pub(crate) fn has_expectation(&self) -> bool {
        self.expect.is_some()
    }

    /// The reason that is expected, whatever is asked.
    pub(crate) fn expected_refusal(&self) -> Option<&str> {
        self.expect.as_ref()?.get("refusal")?.as_str()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestFields {
    pub(crate) method: Text,
    pub(crate) fields: Vec<(Text, Text)>,
}

/// What a question beside CORS is about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VerdictFields {
    method: Option<Text>,
    fields: Vec<(Text, Text)>,
    scheme: Option<SchemeName>,
    absent_origin: Option<AbsentOriginName>,
    #[serde(default)]
    pub(crate) own_names: Vec<String>,
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
    pub(crate) fn method(&self) -> Vec<u8> {
        self.method.as_ref().map_or_else(|| b"GET".to_vec(), Text::bytes)
    }

    pub(crate) fn fields(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.fields.iter().map(|(name, value)| (name.bytes(), value.bytes())).collect()
    }

    pub(crate) fn scheme(&self) -> Option<Scheme> {
        self.scheme.map(|scheme| match scheme {
            SchemeName::Http => Scheme::Http,
            SchemeName::Https => Scheme::Https,
        })
    }

    pub(crate) fn absent_origin(&self) -> AbsentOrigin {
        match self.absent_origin {
            None | Some(AbsentOriginName::Pass) => AbsentOrigin::Pass,
            Some(AbsentOriginName::Refuse) => AbsentOrigin::Refuse,
        }
    }
}

#[derive(Deserialize, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedVerdict {
    pub(crate) passes: bool,
    #[serde(deserialize_with = "present")]
    pub(crate) refusal: Option<String>,
    #[serde(deserialize_with = "present")]
    pub(crate) status: Option<u16>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedScreening {
    #[serde(deserialize_with = "present")]
    pub(crate) stopped_by: Option<String>,
    #[serde(deserialize_with = "present")]
    pub(crate) refusal: Option<String>,
    #[serde(deserialize_with = "present")]
    pub(crate) status: Option<u16>,
    pub(crate) fields: Vec<(String, Text)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    pub(crate) kind: String,
    #[serde(deserialize_with = "present")]
    pub(crate) allowed: Option<bool>,
    #[serde(deserialize_with = "present")]
    pub(crate) refusal: Option<String>,
    #[serde(deserialize_with = "present")]
    pub(crate) status: Option<u16>,
    pub(crate) fields: Vec<(String, Text)>,
}

#[derive(Deserialize, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedError {
    pub(crate) field: String,
    #[serde(deserialize_with = "present")]
    pub(crate) entry: Option<usize>,
    pub(crate) kind: String,
}

/// A key that may be `null` but not missing.
fn present<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
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
    pub(crate) fn with_config<T>(&self, use_config: impl FnOnce(&Config<'_>) -> T) -> T {
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
pub(crate) enum Text {
    Plain(String),
    Repeated(Repeated),
    Joined(Vec<Self>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Repeated {
    repeat: String,
    times: usize,
}

impl Text {
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Repeated(Repeated { repeat, times }) => repeat.repeat(*times),
            Self::Joined(parts) => parts.iter().map(Self::text).collect(),
        }
    }

    /// The bytes of a value on the wire: each character from U+0000 to U+00FF is one.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.text().chars().map(|c| u8::try_from(c).expect("a request's characters are bytes")).collect()
    }
}

/// A vector that is known not to pass.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exception {
    pub(crate) id: String,
    pub(crate) reason: String,
}

pub(crate) fn exceptions() -> Vec<Exception> {
    read(&folder().join("exceptions.json"))
}

/// All vectors of all files.
pub(crate) fn cases() -> Vec<Case> {
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
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> T {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
