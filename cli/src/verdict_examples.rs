//! Hosts and content types that the verdicts beside CORS take or nearly take, every one put to the verdict.

use corsac::{Config, GuardRequest, PolicyRef};

use crate::loaded::open;
use crate::options::{Options, compile};
use crate::output::Misuse;
use crate::pattern::{Examples, NearMiss};

/// An entry of `allow_hosts` in its parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct HostEntry<'e> {
    pub(crate) name: &'e str,
    /// With its colon; empty for none, `:*` for any.
    pub(crate) port: &'e str,
}

impl<'e> HostEntry<'e> {
    /// The parts of a valid entry.
    pub(crate) fn of(entry: &'e str) -> Self {
        let in_brackets = entry.rfind(']').unwrap_or(0);
        let colon = entry[in_brackets..].find(':').map_or(entry.len(), |colon| in_brackets + colon);
        let (name, port) = entry.split_at(colon);
        Self { name, port }
    }

    /// Whether it is the address under which a server listens on all of its own.
    pub(crate) fn is_unspecified(self) -> bool {
        matches!(self.name, "0.0.0.0" | "[::]")
    }

    fn is_address(self) -> bool {
        let last_label = self.name.rsplit('.').next().unwrap_or_default();
        self.name.ends_with(']') || last_label.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// Hosts that the entry should take.
    fn likely(self) -> Vec<String> {
        let Self { name, port } = self;
        if port == ":*" {
            return ["", ":3000", ":65535"].map(|port| format!("{name}{port}")).to_vec();
        }
        let mut hosts = vec![format!("{name}{port}")];
        if !self.is_address() {
            hosts.push(format!("{}{port}", name.to_ascii_uppercase()));
        }
        hosts
    }

    /// Hosts that are close to it and that it should not take.
    fn unlikely(self) -> Vec<String> {
        let Self { name, port } = self;
        let own_port = if port == ":*" { "" } else { port };
        let mut hosts = match port {
            ":*" => Vec::new(),
            "" => vec![format!("{name}:80"), format!("{name}:8080")],
            ":8080" => vec![name.to_owned(), format!("{name}:8081")],
            _ => vec![name.to_owned(), format!("{name}:8080")],
        };
        match name {
            // The other name of this machine is another host.
            "localhost" => hosts.push(format!("127.0.0.1{own_port}")),
            "127.0.0.1" | "[::1]" => hosts.push(format!("localhost{own_port}")),
            _ if self.is_address() => {}
            _ => hosts.push(format!("www.{name}{own_port}")),
        }
        if !name.ends_with(']') {
            hosts.push(format!("{name}.evil.example{own_port}"));
        }
        hosts
    }
}

/// Hosts that an entry of `allow_hosts` takes, and some that it does not.
pub(crate) fn of_host(entry: &str, whole: &PolicyRef<'_>) -> Result<Examples, Misuse> {
    let entries = [entry];
    let image = image(&Config { allow_hosts: &entries, ..Config::CLOSED })?;
    let alone = open(&image)?;
    let entry = HostEntry::of(entry);
    let takes = entry.likely().into_iter().filter(|host| host_taker(&alone, host).is_some()).collect();
    let misses = entry.unlikely().into_iter().filter(|host| host_taker(&alone, host).is_none());
    let does_not_take = misses.map(|text| NearMiss { taken_by: host_taker(whole, &text), text }).collect();
    Ok(Examples { takes, does_not_take })
}

/// The entry of `allow_hosts` that takes a host.
pub(crate) fn host_taker(policy: &PolicyRef<'_>, host: &str) -> Option<usize> {
    match policy.check_host(host).pass()? {
        corsac::Pass::ListedHost(entry) => Some(entry),
        _ => None,
    }
}

/// What `allow_content_types` comes to.
pub(crate) struct TypeExamples {
    pub(crate) examples: Examples,
    /// Whether a request without `Content-Type` is taken.
    pub(crate) takes_missing: bool,
    /// How many entries are shown.
    pub(crate) shown: usize,
}

/// Content types that `allow_content_types` takes, at most so many of the list, and some that it does not; `None` where
/// there is none to show.
pub(crate) fn of_content_types(options: &Options, most: usize) -> Result<Option<TypeExamples>, Misuse> {
    let listed = options.list(corsac::OptionName::AllowContentTypes);
    let Some(first) = listed.first().filter(|_| most > 0) else {
        return Ok(None);
    };
    let lists = options.lists();
    let image = type_image(lists.config().allow_content_types)?;
    let policy = open(&image)?;
    let other_spelling = format!("{}; charset=utf-8", first.to_ascii_uppercase());
    let takes = listed.iter().take(most).cloned().chain([other_spelling]);
    let does_not_take = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"];
    let examples = Examples {
        takes: takes.filter(|text| refusal_of_type(&policy, Some(text)).is_none()).collect(),
        does_not_take: does_not_take
            .into_iter()
            .filter(|text| refusal_of_type(&policy, Some(text)).is_some())
            .map(|text| NearMiss { text: text.to_owned(), taken_by: None })
            .collect(),
    };
    let takes_missing = refusal_of_type(&policy, None).is_none();
    Ok(Some(TypeExamples { examples, takes_missing, shown: listed.len().min(most) }))
}

/// Whether any page can send a content type without a preflight, as the core has it.
pub(crate) fn is_simple_type(text: &str) -> Result<bool, Misuse> {
    let image = type_image(&["application/x.corsac"])?;
    Ok(refusal_of_type(&open(&image)?, Some(text)) == Some(corsac::Refusal::ContentTypeSimple))
}

const TRUSTED: &str = "https://page.example";

fn type_image(types: &[&str]) -> Result<Vec<u8>, Misuse> {
    image(&Config { allow_origins: &[TRUSTED], allow_content_types: types, ..Config::CLOSED })
}

fn refusal_of_type(policy: &PolicyRef<'_>, text: Option<&str>) -> Option<corsac::Refusal> {
    let fields = [("Origin", TRUSTED)].into_iter().chain(text.map(|text| ("Content-Type", text)));
    policy.guard(&GuardRequest::from_fields("POST", fields)).refusal()
}

fn image(config: &Config<'_>) -> Result<Vec<u8>, Misuse> {
    compile(config).map_err(|error| Misuse::new(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_about_hosts_agree_with_the_verdict() {
        for entry in [
            "printer-2",
            "printer.local",
            "printer.local:8080",
            "printer.local:80",
            "localhost:*",
            "127.0.0.1:8443",
            "192.168.1.7",
            "[fd00::7]",
            "[::1]:*",
        ] {
            let image = image(&Config { allow_hosts: &[entry], ..Config::CLOSED }).unwrap();
            let examples = of_host(entry, &open(&image).unwrap()).unwrap();
            assert_eq!(examples.takes, HostEntry::of(entry).likely(), "{entry}");
            let misses: Vec<String> = examples.does_not_take.into_iter().map(|miss| miss.text).collect();
            assert_eq!(misses, HostEntry::of(entry).unlikely(), "{entry}");
            assert!(!misses.is_empty(), "{entry}");
            assert_eq!(entry.starts_with("printer"), misses.iter().any(|miss| miss.starts_with("www.")), "{entry}");
        }
    }

    #[test]
    fn content_types_are_put_to_the_guard() {
        let mut options = Options::default();
        assert!(of_content_types(&options, 10).unwrap().is_none());
        for entry in ["application/json", "text/plain"] {
            options.push(corsac::OptionName::AllowContentTypes, entry.to_owned());
        }
        assert!(of_content_types(&options, 0).unwrap().is_none());
        let TypeExamples { examples, takes_missing, shown } = of_content_types(&options, 10).unwrap().unwrap();
        assert_eq!(examples.takes, ["application/json", "text/plain", "APPLICATION/JSON; charset=utf-8"]);
        let misses: Vec<String> = examples.does_not_take.into_iter().map(|miss| miss.text).collect();
        assert_eq!(misses, ["application/x-www-form-urlencoded", "multipart/form-data"]);
        assert_eq!((takes_missing, shown), (false, 2));
        let one = of_content_types(&options, 1).unwrap().unwrap();
        assert_eq!((one.examples.takes.len(), one.shown), (2, 1));
    }

    #[test]
    fn seven_types_are_simple() {
        for simple in ["Text/Plain", "multipart/form-data", "application/csp-report", "application/ocsp-request"] {
            assert!(is_simple_type(simple).unwrap(), "{simple}");
        }
        assert!(!is_simple_type("application/json").unwrap());
    }
}
