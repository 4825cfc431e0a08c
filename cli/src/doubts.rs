//! What is legal in a policy but doubtful. The policy is known to be valid.

use corsac::{OptionName, PolicyRef};

use crate::coverage;
use crate::loaded::Loaded;
use crate::output::{Misuse, grouped};
use crate::problem::{Level, Problem};
use crate::suffix;

/// What Chromium keeps a preflight for at most, in seconds.
const CHROMIUM_MAX_AGE: u32 = 7_200;
/// The same for Safari.
const SAFARI_MAX_AGE: u32 = 600;
/// A field value that many servers and proxies refuse to pass on.
const LONG_VALUE: usize = 8 << 10;

/// Every doubt, in the order of the file.
pub(crate) fn all(loaded: &Loaded) -> Result<Vec<Problem>, Misuse> {
    let mut doubts = Doubts { loaded, found: Vec::new() };
    doubts.closed();
    doubts.origins();
    let policy = loaded.policy()?;
    doubts.covered(&policy)?;
    doubts.of_verdicts(&policy)?;
    doubts.needless_names();
    doubts.long_values();
    doubts.max_age();
    doubts.switches();
    doubts.found.sort_by_key(|problem| problem.span.start);
    Ok(doubts.found)
}

/// Those that were found so far.
pub(crate) struct Doubts<'l> {
    pub(crate) loaded: &'l Loaded,
    found: Vec<Problem>,
}

impl Doubts<'_> {
    pub(crate) fn is_on(&self, name: OptionName) -> bool {
        self.loaded.file.options.is_on(name)
    }

    pub(crate) fn about(&mut self, level: Level, name: OptionName, kind: &'static str, sentence: String) {
        let span = self.loaded.file.value_place(name).unwrap_or(0..0);
        self.found.push(Problem::of_key(level, name.as_str(), kind, sentence, span));
    }

    pub(crate) fn about_entry(
        &mut self,
        level: Level,
        (name, entry): (OptionName, usize),
        kind: &'static str,
        sentence: String,
        help: Option<String>,
    ) {
        let span = self.loaded.file.place(name, Some(entry)).unwrap_or(0..0);
        let problem = Problem::of_entry(level, (name.as_str(), entry), kind, sentence, span);
        self.found.push(match help {
            Some(help) => problem.with_help(help),
            None => problem,
        });
    }

    fn closed(&mut self) {
        if !self.loaded.file.options.allow_origins().is_empty() {
            return;
        }
        let sentence = match self.is_on(OptionName::AllowNullOrigin) {
            true => "no origin is listed: only pages without an origin of their own (`null`) are allowed",
            false => "no origin is listed, so the policy is closed: no page of another origin is allowed anything",
        };
        // A policy of hosts is likely there for the other verdicts, for which no origin may be the right list.
        let has_hosts = !self.loaded.file.options.list(OptionName::AllowHosts).is_empty();
        let level = if has_hosts { Level::Note } else { Level::Warning };
        self.about(level, OptionName::AllowOrigins, "closed", sentence.to_owned());
    }

    /// What an entry of `allow_origins` says by itself.
    fn origins(&mut self) {
        let loaded = self.loaded;
        let credentials = self.is_on(OptionName::AllowCredentials);
        let suffixes_are_meant = self.is_on(OptionName::DangerouslyAllowPublicSuffixes);
        for (i, entry) in loaded.file.options.allow_origins().iter().enumerate() {
            let at = (OptionName::AllowOrigins, i);
            if !suffixes_are_meant && let Some(suffix) = suffix::public_suffix_of(entry) {
                let gains = if credentials { " and act with a visitor's session" } else { "" };
                let sentence = format!(
                    "{suffix} is on the Public Suffix List: anyone can get a name that this pattern takes, and read \
                     what the policy allows{gains}"
                );
                let help = "name your own domain below it; or, if that is meant, set dangerously_allow_public_suffixes";
                self.about_entry(Level::Warning, at, "public-suffix", sentence, Some(help.to_owned()));
            }
            let Some((scheme, _)) = entry.split_once("://") else {
                continue;
            };
            match scheme {
                "http" if !credentials && !is_loopback(entry) => {
                    let sentence = "anyone on the network path can speak as an http origin".to_owned();
                    let help = format!("serve the page over https and write https{}", &entry["http".len()..]);
                    self.about_entry(Level::Warning, at, "insecure-origin", sentence, Some(help));
                }
                "ws" | "wss" => {
                    let sentence = format!("no page has a {scheme} origin, so this never matches");
                    let http = scheme.replace("ws", "http");
                    let help = format!("browsers send the origin of the page: {http}{}", &entry[scheme.len()..]);
                    self.about_entry(Level::Warning, at, "websocket-scheme", sentence, Some(help));
                }
                _ => {}
            }
        }
    }

    fn covered(&mut self, policy: &PolicyRef<'_>) -> Result<(), Misuse> {
        let loaded = self.loaded;
        let entries = loaded.file.options.allow_origins();
        for (entry, by) in coverage::covered_entries(&loaded.file.options, policy)? {
            let sentence = format!("allow_origins[{by}] {:?} already takes all that this entry takes", entries[by]);
            let at = (OptionName::AllowOrigins, entry);
            let help = "remove it, or the pattern if only this entry is meant".to_owned();
            self.about_entry(Level::Note, at, "covered", sentence, Some(help));
        }
        Ok(())
    }

    fn needless_names(&mut self) {
        let options = &self.loaded.file.options;
        let methods = options.list(OptionName::AllowMethods).iter().enumerate().filter(|(_, method)| {
            let method = corsac_browser::normalize_method(method);
            corsac_browser::is_cors_safelisted_method(method.as_bytes())
        });
        let headers = options.list(OptionName::AllowHeaders).iter().enumerate().filter(|(_, name)| {
            ["accept", "accept-language", "content-language"].iter().any(|listed| name.eq_ignore_ascii_case(listed))
        });
        let methods: Vec<usize> = methods.map(|(i, _)| i).collect();
        let headers: Vec<usize> = headers.map(|(i, _)| i).collect();
        for entry in methods {
            let sentence = "GET, HEAD and POST are allowed to every allowed origin, listed or not".to_owned();
            self.about_entry(Level::Note, (OptionName::AllowMethods, entry), "needs-no-listing", sentence, None);
        }
        for entry in headers {
            let sentence = "browsers ask for this header only when its value is over 128 bytes or has unusual bytes";
            let at = (OptionName::AllowHeaders, entry);
            self.about_entry(Level::Note, at, "needs-no-listing", sentence.to_owned(), None);
        }
    }

    fn long_values(&mut self) {
        let minimal = self.is_on(OptionName::MinimalAnswers);
        for name in [OptionName::AllowMethods, OptionName::AllowHeaders, OptionName::ExposeHeaders] {
            let list = self.loaded.file.options.list(name);
            let length = list.iter().map(|entry| entry.len() + 1).sum::<usize>().saturating_sub(1);
            let is_preflight = name != OptionName::ExposeHeaders;
            if length > LONG_VALUE && !(minimal && is_preflight) {
                let length = grouped(length);
                let sentence = format!("its field value has {length} bytes; many servers and proxies stop at 8 KiB");
                self.about(Level::Warning, name, "long-field", sentence);
            }
        }
    }

    fn max_age(&mut self) {
        let (level, sentence) = match self.loaded.file.options.max_age {
            Some(seconds) if seconds > CHROMIUM_MAX_AGE => (
                Level::Warning,
                format!(
                    "Chromium keeps a preflight for at most {CHROMIUM_MAX_AGE} seconds and Safari for {SAFARI_MAX_AGE}"
                ),
            ),
            Some(seconds) if seconds > SAFARI_MAX_AGE => {
                (Level::Note, format!("Safari keeps a preflight for at most {SAFARI_MAX_AGE} seconds"))
            }
            _ => return,
        };
        self.about(level, OptionName::MaxAge, "max-age-over-browsers", sentence);
    }

    fn switches(&mut self) {
        if self.is_on(OptionName::AllowNullOrigin) {
            let sentence = "any page can make itself `null` in a sandboxed frame, so this lets every page in";
            self.about(Level::Warning, OptionName::AllowNullOrigin, "null-origin-allowed", sentence.to_owned());
        }
        if self.is_on(OptionName::AllowPrivateNetwork) {
            let sentence = "browsers have retired private network preflights in favour of a permission that they ask \
                            the user for";
            self.about(Level::Warning, OptionName::AllowPrivateNetwork, "private-network-retired", sentence.to_owned());
        }
        for name in [
            OptionName::DangerouslyAllowInsecureOrigins,
            OptionName::DangerouslyAllowPublicSuffixes,
            OptionName::DangerouslyAllowAnyPort,
        ] {
            if self.is_on(name) && !self.is_needed(name) {
                let sentence = "no entry needs this switch; without it, one that is added by mistake is refused";
                self.about(Level::Warning, name, "switch-not-needed", sentence.to_owned());
            }
        }
    }

    /// Whether the policy is invalid, or in doubt, without the switch.
    fn is_needed(&self, name: OptionName) -> bool {
        let mut without = self.loaded.file.options.clone();
        without.switch(name, false);
        let is_in_doubt = name == OptionName::DangerouslyAllowPublicSuffixes
            && without.allow_origins().iter().any(|entry| suffix::public_suffix_of(entry).is_some());
        is_in_doubt || without.lists().config().image_len().is_err()
    }
}

/// Whether the core takes the entry for one of this machine, which it alone allows over http with credentials.
fn is_loopback(entry: &str) -> bool {
    let entries = [entry];
    let config = corsac::Config {
        allow_origins: &entries,
        allow_credentials: true,
        dangerously_allow_public_suffixes: true,
        dangerously_allow_any_port: true,
        ..corsac::Config::CLOSED
    };
    config.image_len().is_ok()
}
