//! A policy's options, owned, so that a generator can make, a server can take and a report can print them.

use corsac::{Config, OptionName, PolicyError, PolicyRef};
use serde::Serialize;

/// The options of a [`Config`], with text of their own. Those of the guard and of the host check are left out, and so is
/// `allow_private_network`, for which no browser asks any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(clippy::exhaustive_structs, reason = "plain data, written by those who make policies")]
#[allow(missing_docs, reason = "each is explained at the field of the same name in `Config`")]
pub struct Options {
    pub allow_origins: Vec<String>,
    pub allow_methods: Vec<String>,
    pub allow_headers: Vec<String>,
    pub expose_headers: Vec<String>,
    pub allow_credentials: bool,
    pub max_age: Option<u32>,
    pub allow_null_origin: bool,
    pub static_origin: bool,
    pub minimal_answers: bool,
    pub preflight_status: u16,
    pub timing_allow_origin: bool,
    pub dangerously_allow_insecure_origins: bool,
    pub dangerously_allow_public_suffixes: bool,
    pub dangerously_allow_any_port: bool,
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
            static_origin: false,
            minimal_answers: false,
            preflight_status: 204,
            timing_allow_origin: false,
            dangerously_allow_insecure_origins: false,
            dangerously_allow_public_suffixes: false,
            dangerously_allow_any_port: false,
        }
    }
}

impl Options {
    /// Hands the options over as the configuration that they are.
    pub fn with_config<R>(&self, use_it: impl FnOnce(&Config<'_>) -> R) -> R {
        let [origins, methods, headers, expose] =
            [&self.allow_origins, &self.allow_methods, &self.allow_headers, &self.expose_headers]
                .map(|list| list.iter().map(String::as_str).collect::<Vec<_>>());
        use_it(&Config {
            allow_origins: &origins,
            allow_methods: &methods,
            allow_headers: &headers,
            expose_headers: &expose,
            allow_credentials: self.allow_credentials,
            max_age: self.max_age,
            allow_null_origin: self.allow_null_origin,
            static_origin: self.static_origin,
            minimal_answers: self.minimal_answers,
            preflight_status: self.preflight_status,
            timing_allow_origin: self.timing_allow_origin,
            dangerously_allow_insecure_origins: self.dangerously_allow_insecure_origins,
            dangerously_allow_public_suffixes: self.dangerously_allow_public_suffixes,
            dangerously_allow_any_port: self.dangerously_allow_any_port,
            ..Config::CLOSED
        })
    }

    /// Compiles them as they are.
    ///
    /// # Errors
    ///
    /// What the core says of the first fault.
    pub fn compile(self) -> Result<Policy, PolicyError> {
        let image = self.image()?;
        Ok(Policy { options: self, image })
    }

    /// Takes back whatever the core blames until they compile.
    #[must_use]
    pub fn repaired(mut self) -> Policy {
        loop {
            match self.image() {
                Ok(image) => return Policy { options: self, image },
                Err(error) => self.take_back(&error),
            }
        }
    }

    fn image(&self) -> Result<Vec<u8>, PolicyError> {
        self.with_config(|config| {
            let mut image = vec![0; config.image_len()?];
            config.compile_into(&mut image)?;
            Ok(image)
        })
    }

    fn take_back(&mut self, error: &PolicyError) {
        let at = error.entry().unwrap_or_default();
        match error.field() {
            OptionName::AllowOrigins => drop(self.allow_origins.remove(at)),
            OptionName::AllowMethods => drop(self.allow_methods.remove(at)),
            OptionName::AllowHeaders => drop(self.allow_headers.remove(at)),
            OptionName::ExposeHeaders => drop(self.expose_headers.remove(at)),
            OptionName::MaxAge => self.max_age = None,
            OptionName::AllowNullOrigin => self.allow_null_origin = false,
            OptionName::StaticOrigin => self.static_origin = false,
            OptionName::PreflightStatus => self.preflight_status = 204,
            other => unreachable!("{other} is never at fault"),
        }
    }
}

/// Options that compile, and what they compile to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    options: Options,
    image: Vec<u8>,
}

impl Policy {
    /// The options.
    pub const fn options(&self) -> &Options {
        &self.options
    }

    /// What they compile to.
    pub fn image(&self) -> &[u8] {
        &self.image
    }

    /// The policy, to be asked.
    #[expect(clippy::missing_panics_doc, reason = "an image that was just compiled opens")]
    pub fn open(&self) -> PolicyRef<'_> {
        PolicyRef::open(&self.image).expect("an image that was just compiled opens")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_blamed_is_taken_back() {
        let options = Options {
            allow_origins: vec!["http://app.example/".to_owned(), "http://app.example".to_owned()],
            preflight_status: 301,
            max_age: Some(100_000),
            ..Options::default()
        };
        assert!(options.clone().compile().is_err());
        let repaired = Options { allow_origins: vec!["http://app.example".to_owned()], ..Options::default() };
        assert_eq!(options.repaired(), repaired.compile().unwrap());
    }
}
