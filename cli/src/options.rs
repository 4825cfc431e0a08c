//! The options of a policy, owned; the core borrows them.

use corsac::{Config, OptionName, PolicyError};

/// What a policy file says, every option by its name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Options {
    pub(crate) allow_origins: Vec<String>,
    pub(crate) allow_methods: Vec<String>,
    pub(crate) allow_headers: Vec<String>,
    pub(crate) expose_headers: Vec<String>,
    pub(crate) max_age: Option<u32>,
    pub(crate) preflight_status: u16,
    /// The switches that are on.
    switches: Vec<OptionName>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            allow_origins: Vec::new(),
            allow_methods: Vec::new(),
            allow_headers: Vec::new(),
            expose_headers: Vec::new(),
            max_age: Config::CLOSED.max_age,
            preflight_status: Config::CLOSED.preflight_status,
            switches: Vec::new(),
        }
    }
}

impl Options {
    /// The list of that name; `None` where the option is no list.
    pub(crate) const fn list(&self, name: OptionName) -> Option<&Vec<String>> {
        match name {
            OptionName::AllowOrigins => Some(&self.allow_origins),
            OptionName::AllowMethods => Some(&self.allow_methods),
            OptionName::AllowHeaders => Some(&self.allow_headers),
            OptionName::ExposeHeaders => Some(&self.expose_headers),
            _ => None,
        }
    }

    /// The same to write to.
    pub(crate) const fn list_mut(&mut self, name: OptionName) -> Option<&mut Vec<String>> {
        match name {
            OptionName::AllowOrigins => Some(&mut self.allow_origins),
            OptionName::AllowMethods => Some(&mut self.allow_methods),
            OptionName::AllowHeaders => Some(&mut self.allow_headers),
            OptionName::ExposeHeaders => Some(&mut self.expose_headers),
            _ => None,
        }
    }

    /// Whether the switch is on.
    pub(crate) fn is_on(&self, name: OptionName) -> bool {
        self.switches.contains(&name)
    }

    /// Turns a switch on or off.
    pub(crate) fn switch(&mut self, name: OptionName, on: bool) {
        self.switches.retain(|switch| *switch != name);
        if on {
            self.switches.push(name);
        }
    }

    /// What the core borrows; [`Lists::config`] gives it.
    pub(crate) fn lists(&self) -> Lists<'_> {
        Lists {
            options: self,
            allow_origins: texts(&self.allow_origins),
            allow_methods: texts(&self.allow_methods),
            allow_headers: texts(&self.allow_headers),
            expose_headers: texts(&self.expose_headers),
        }
    }

    /// The policy's image.
    pub(crate) fn compile(&self) -> Result<Vec<u8>, PolicyError> {
        compile(&self.lists().config())
    }
}

/// Whether an option takes `true` or `false`.
pub(crate) const fn is_switch(name: OptionName) -> bool {
    matches!(
        name,
        OptionName::AllowCredentials
            | OptionName::AllowNullOrigin
            | OptionName::AllowPrivateNetwork
            | OptionName::StaticOrigin
            | OptionName::MinimalAnswers
            | OptionName::TimingAllowOrigin
            | OptionName::DangerouslyAllowInsecureOrigins
            | OptionName::DangerouslyAllowPublicSuffixes
            | OptionName::DangerouslyAllowAnyPort
    )
}

/// A configuration's image.
pub(crate) fn compile(config: &Config<'_>) -> Result<Vec<u8>, PolicyError> {
    let mut image = vec![0; config.image_len()?];
    config.compile_into(&mut image)?;
    Ok(image)
}

/// The lists in the form in which the core borrows them.
#[derive(Debug)]
pub(crate) struct Lists<'o> {
    options: &'o Options,
    allow_origins: Vec<&'o str>,
    allow_methods: Vec<&'o str>,
    allow_headers: Vec<&'o str>,
    expose_headers: Vec<&'o str>,
}

impl Lists<'_> {
    /// The core's view.
    pub(crate) fn config(&self) -> Config<'_> {
        let on = |name| self.options.is_on(name);
        Config {
            allow_origins: &self.allow_origins,
            allow_methods: &self.allow_methods,
            allow_headers: &self.allow_headers,
            expose_headers: &self.expose_headers,
            allow_credentials: on(OptionName::AllowCredentials),
            max_age: self.options.max_age,
            allow_null_origin: on(OptionName::AllowNullOrigin),
            allow_private_network: on(OptionName::AllowPrivateNetwork),
            static_origin: on(OptionName::StaticOrigin),
            minimal_answers: on(OptionName::MinimalAnswers),
            preflight_status: self.options.preflight_status,
            timing_allow_origin: on(OptionName::TimingAllowOrigin),
            dangerously_allow_insecure_origins: on(OptionName::DangerouslyAllowInsecureOrigins),
            dangerously_allow_public_suffixes: on(OptionName::DangerouslyAllowPublicSuffixes),
            dangerously_allow_any_port: on(OptionName::DangerouslyAllowAnyPort),
        }
    }
}

fn texts(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

#[cfg(test)]
impl Options {
    /// Only these origins.
    pub(crate) fn with_origins(entries: &[&str]) -> Self {
        Self { allow_origins: entries.iter().map(|entry| (*entry).to_owned()).collect(), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_of_the_core_has_a_place() {
        for name in OptionName::ALL.iter().copied() {
            let is_number = matches!(name, OptionName::MaxAge | OptionName::PreflightStatus);
            let is_list = Options::default().list(name).is_some();
            assert_eq!([is_number, is_list, is_switch(name)].iter().filter(|is| **is).count(), 1, "{name}");
        }
    }

    #[test]
    fn every_switch_reaches_the_core() {
        for name in OptionName::ALL.iter().copied().filter(|name| is_switch(*name)) {
            let mut options = Options::default();
            options.switch(name, true);
            assert_ne!(options.lists().config(), Config::CLOSED, "{name}");
            options.switch(name, false);
            assert_eq!(options.lists().config(), Config::CLOSED, "{name}");
        }
    }
}
