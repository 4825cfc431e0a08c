//! A policy's options, owned, so that a generator can make and a test can print them.

use corsac::{Config, OptionName, PolicyError, PolicyRef};

use super::fault::{list, quoted};

/// The options of a [`Config`] with text of their own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Options {
    pub(crate) allow_origins: Vec<String>,
    pub(crate) allow_methods: Vec<String>,
    pub(crate) allow_headers: Vec<String>,
    pub(crate) expose_headers: Vec<String>,
    pub(crate) allow_credentials: bool,
    pub(crate) max_age: Option<u32>,
    pub(crate) allow_null_origin: bool,
    pub(crate) allow_private_network: bool,
    pub(crate) static_origin: bool,
    pub(crate) minimal_answers: bool,
    pub(crate) preflight_status: u16,
    pub(crate) timing_allow_origin: bool,
    pub(crate) allow_hosts: Vec<String>,
    pub(crate) allow_content_types: Vec<String>,
    pub(crate) dangerously_allow_insecure_origins: bool,
    pub(crate) dangerously_allow_public_suffixes: bool,
    pub(crate) dangerously_allow_any_port: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            allow_origins: Vec::new(),
            allow_methods: Vec::new(),
            allow_headers: Vec::new(),
            expose_headers: Vec::new(),
            allow_credentials: false,
            max_age: None,
            allow_null_origin: false,
            allow_private_network: false,
            static_origin: false,
            minimal_answers: false,
            preflight_status: 204,
            timing_allow_origin: false,
            allow_hosts: Vec::new(),
            allow_content_types: Vec::new(),
            dangerously_allow_insecure_origins: false,
            dangerously_allow_public_suffixes: false,
            dangerously_allow_any_port: false,
        }
    }
}

impl Options {
    /// Hands the options to `use_it` as the configuration that they are.
    pub(crate) fn with_config<R>(&self, use_it: impl FnOnce(&Config<'_>) -> R) -> R {
        let [origins, methods, headers, expose, hosts, content_types] =
            self.lists().map(|(_, list)| list.iter().map(String::as_str).collect::<Vec<_>>());
        use_it(&Config {
            allow_origins: &origins,
            allow_methods: &methods,
            allow_headers: &headers,
            expose_headers: &expose,
            allow_hosts: &hosts,
            allow_content_types: &content_types,
            allow_credentials: self.allow_credentials,
            max_age: self.max_age,
            allow_null_origin: self.allow_null_origin,
            allow_private_network: self.allow_private_network,
            static_origin: self.static_origin,
            minimal_answers: self.minimal_answers,
            preflight_status: self.preflight_status,
            timing_allow_origin: self.timing_allow_origin,
            dangerously_allow_insecure_origins: self.dangerously_allow_insecure_origins,
            dangerously_allow_public_suffixes: self.dangerously_allow_public_suffixes,
            dangerously_allow_any_port: self.dangerously_allow_any_port,
        })
    }

    /// The policy's image.
    pub(crate) fn compile(&self) -> Result<Vec<u8>, PolicyError> {
        self.with_config(|config| {
            let mut image = vec![0; config.image_len()?];
            config.compile_into(&mut image)?;
            Ok(image)
        })
    }

    /// Takes the blamed entry or option back until the policy compiles.
    pub(crate) fn repair(mut self) -> Valid {
        loop {
            match self.compile() {
                Ok(image) => return Valid { options: self, image },
                Err(error) => self.take_back(&error),
            }
        }
    }

    fn take_back(&mut self, error: &PolicyError) {
        let at = error.entry().unwrap_or_default();
        match error.field() {
            OptionName::AllowOrigins => drop(self.allow_origins.remove(at)),
            OptionName::AllowMethods => drop(self.allow_methods.remove(at)),
            OptionName::AllowHeaders => drop(self.allow_headers.remove(at)),
            OptionName::ExposeHeaders => drop(self.expose_headers.remove(at)),
            OptionName::AllowHosts => drop(self.allow_hosts.remove(at)),
            OptionName::AllowContentTypes => drop(self.allow_content_types.remove(at)),
            OptionName::MaxAge => self.max_age = None,
            OptionName::AllowNullOrigin => self.allow_null_origin = false,
            OptionName::AllowPrivateNetwork => self.allow_private_network = false,
            OptionName::StaticOrigin => self.static_origin = false,
            OptionName::PreflightStatus => self.preflight_status = 204,
            other => unreachable!("{other} is never at fault"),
        }
    }

    /// The options as a policy of the conformance vectors.
    pub(crate) fn json(&self) -> String {
        let mut members = Vec::new();
        for (name, entries) in self.lists() {
            if !entries.is_empty() {
                members.push(format!("\"{name}\": {}", list(entries.iter().map(|text| quoted(text.chars())))));
            }
        }
        if let Some(seconds) = self.max_age {
            members.push(format!("\"max_age\": {seconds}"));
        }
        if self.preflight_status != 204 {
            members.push(format!("\"preflight_status\": {}", self.preflight_status));
        }
        for (name, is_on) in self.switches() {
            if is_on {
                members.push(format!("\"{name}\": true"));
            }
        }
        format!("{{{}}}", members.join(", "))
    }

    pub(crate) fn lists(&self) -> [(&'static str, &Vec<String>); 6] {
        [
            ("allow_origins", &self.allow_origins),
            ("allow_methods", &self.allow_methods),
            ("allow_headers", &self.allow_headers),
            ("expose_headers", &self.expose_headers),
            ("allow_hosts", &self.allow_hosts),
            ("allow_content_types", &self.allow_content_types),
        ]
    }

    pub(crate) fn switches(&self) -> [(&'static str, bool); 9] {
        [
            ("allow_credentials", self.allow_credentials),
            ("allow_null_origin", self.allow_null_origin),
            ("allow_private_network", self.allow_private_network),
            ("static_origin", self.static_origin),
            ("minimal_answers", self.minimal_answers),
            ("timing_allow_origin", self.timing_allow_origin),
            ("dangerously_allow_insecure_origins", self.dangerously_allow_insecure_origins),
            ("dangerously_allow_public_suffixes", self.dangerously_allow_public_suffixes),
            ("dangerously_allow_any_port", self.dangerously_allow_any_port),
        ]
    }
}

/// Options that compile, and what they compile to.
#[derive(Clone, Debug)]
pub(crate) struct Valid {
    pub(crate) options: Options,
    pub(crate) image: Vec<u8>,
}

impl Valid {
    pub(crate) fn policy(&self) -> PolicyRef<'_> {
        PolicyRef::open(&self.image).expect("an image that was just compiled opens")
    }
}
