//! The options of a policy, owned; the core borrows them.

use corsac::{Config, OptionName, PolicyError};

/// The options that are lists.
const LISTS: [OptionName; 6] = OptionName::LISTS;

/// What a policy file says, every option by its name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Options {
    /// In the order of [`LISTS`].
    lists: [Vec<String>; LISTS.len()],
    pub(crate) max_age: Option<u32>,
    pub(crate) preflight_status: u16,
    /// The switches that are on.
    switches: Vec<OptionName>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            lists: Default::default(),
            max_age: Config::CLOSED.max_age,
            preflight_status: Config::CLOSED.preflight_status,
            switches: Vec::new(),
        }
    }
}

impl Options {
    /// The list of that name; empty where the option is no list.
    pub(crate) fn list(&self, name: OptionName) -> &[String] {
        position(name).map(|at| self.lists[at].as_slice()).unwrap_or_default()
    }

    /// The list of `allow_origins`.
    pub(crate) fn allow_origins(&self) -> &[String] {
        self.list(OptionName::AllowOrigins)
    }

    /// Puts entries in the place of a list's.
    pub(crate) fn set_list(&mut self, name: OptionName, entries: Vec<String>) {
        if let Some(at) = position(name) {
            self.lists[at] = entries;
        }
    }

    /// Adds an entry to a list.
    pub(crate) fn push(&mut self, name: OptionName, entry: String) {
        if let Some(at) = position(name) {
            self.lists[at].push(entry);
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
        Lists { options: self, lists: self.lists.each_ref().map(|list| list.iter().map(String::as_str).collect()) }
    }

    /// The policy's image.
    pub(crate) fn compile(&self) -> Result<Vec<u8>, PolicyError> {
        compile(&self.lists().config())
    }
}

fn position(name: OptionName) -> Option<usize> {
    LISTS.iter().position(|list| *list == name)
}

/// Whether an option takes a list of strings.
pub(crate) fn is_list(name: OptionName) -> bool {
    position(name).is_some()
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
    lists: [Vec<&'o str>; LISTS.len()],
}

impl Lists<'_> {
    /// The core's view.
    pub(crate) fn config(&self) -> Config<'_> {
        let list = |name| position(name).map(|at| self.lists[at].as_slice()).unwrap_or_default();
        let on = |name| self.options.is_on(name);
        Config {
            allow_origins: list(OptionName::AllowOrigins),
            allow_methods: list(OptionName::AllowMethods),
            allow_headers: list(OptionName::AllowHeaders),
            expose_headers: list(OptionName::ExposeHeaders),
            allow_hosts: list(OptionName::AllowHosts),
            allow_content_types: list(OptionName::AllowContentTypes),
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

#[cfg(test)]
impl Options {
    /// Only these origins.
    pub(crate) fn with_origins(entries: &[&str]) -> Self {
        let mut options = Self::default();
        options.set_list(OptionName::AllowOrigins, entries.iter().map(|entry| (*entry).to_owned()).collect());
        options
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_of_the_core_has_a_place() {
        for name in OptionName::ALL.iter().copied() {
            let is_number = matches!(name, OptionName::MaxAge | OptionName::PreflightStatus);
            let kinds = [is_number, is_list(name), is_switch(name)];
            assert_eq!(kinds.iter().filter(|is| **is).count(), 1, "{name}");
        }
    }

    #[test]
    fn every_list_reaches_the_core() {
        for name in LISTS {
            let mut options = Options::default();
            // Nowhere an entry, so that the option which is blamed is the one that was set.
            options.push(name, String::new());
            let error = options.compile().unwrap_err();
            assert_eq!((error.field(), error.entry()), (name, Some(0)));
        }
    }

    #[test]
    fn every_switch_reaches_the_core() {
        for name in OptionName::ALL.iter().copied().filter(|name| is_switch(*name)) {
            let mut options = Options::default();
            options.switch(name, true);
            assert_eq!(switches_on(&options.lists().config()), [name.as_str()]);
            options.switch(name, false);
            assert_eq!(options.lists().config(), Config::CLOSED, "{name}");
        }
    }

    /// The fields of the core's own form that are `true`, by their names.
    fn switches_on(config: &Config<'_>) -> Vec<String> {
        let fields = format!("{config:#?}");
        let on = fields.lines().filter_map(|line| line.trim().strip_suffix(": true,"));
        on.map(str::to_owned).collect()
    }
}
