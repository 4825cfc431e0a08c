//! What the page begins with: a policy, and the table of classic mistakes.

use corsac::OptionName;

use crate::output::{Misuse, grouped};
use crate::playground::addresses::Addresses;
use crate::playground::api_server::ADDED_FIELDS;
use crate::playground::page_server::MOST_BYTES;
use crate::policy_file::PolicyFile;
use crate::source::Source;

/// The mistakes; `{page}` and its like stand for what [`Addresses::fill`] has.
const PRESETS: &str = include_str!("presets.json");

/// What the call of a question may need beside the policy, in bytes.
const ROOM: usize = 8 << 10;

/// The policy of the command line, if there is one.
#[derive(Debug)]
pub(crate) struct Start {
    policy: Option<(String, String)>,
    /// A page that the policy is likely for.
    from: Option<String>,
}

impl Start {
    /// Begins with a policy.
    ///
    /// # Errors
    ///
    /// The page could not ask about a policy as long as this.
    pub(crate) fn of(source: Option<Source>) -> Result<Self, Misuse> {
        if let Some(source) = &source {
            let (length, most) = (serde_json::json!(source.text()).to_string().len(), MOST_BYTES - ROOM);
            if length > most {
                let [length, most] = [length, most].map(grouped);
                let name = source.name();
                return Err(Misuse::new(format!("{name} has {length} bytes as JSON, and the playground takes {most}")));
            }
        }
        let file = source.as_ref().and_then(|source| PolicyFile::parse(source).ok());
        let is_exact = |entry: &&String| !entry.contains('*');
        let from = file.and_then(|file| file.options.list(OptionName::AllowOrigins).iter().find(is_exact).cloned());
        let policy = source.map(|source| (source.name().to_owned(), source.text().to_owned()));
        Ok(Self { policy, from })
    }

    /// The document with which the page sets itself up.
    pub(crate) fn document(&self, addresses: &Addresses) -> serde_json::Value {
        let (name, policy) = self.policy.as_ref().map(|(name, text)| (name.as_str(), text.as_str())).unzip();
        serde_json::json!({
            "version": env!("CARGO_PKG_VERSION"),
            "api": addresses.api_origin(),
            "added": ADDED_FIELDS,
            "most_bytes": MOST_BYTES,
            "pages": addresses.page_origins(),
            "name": name,
            "policy": policy,
            "from": self.from,
            "presets": presets(addresses),
        })
    }
}

fn presets(addresses: &Addresses) -> serde_json::Value {
    // Read in the tests, so that what is embedded is JSON.
    serde_json::from_str(&addresses.fill(PRESETS)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::playground::questions::Question;

    const ADDRESSES: Addresses = Addresses { page: 1, other: 2, api: 3 };

    #[test]
    fn presets_are_whole_and_come_out_as_they_say() {
        let presets = presets(&ADDRESSES);
        let presets = presets.as_array().unwrap();
        assert!(presets.len() > 8);
        for preset in presets {
            assert!(preset["title"].is_string() && preset["wrong"].is_string(), "{preset}");
            for name in ["{page}", "{address}", "{subdomain}", "{other}", "{port}"] {
                assert!(!preset.to_string().contains(name), "{preset}");
            }
            let lines = preset["policy"].as_array().unwrap().iter().map(|line| line.as_str().unwrap());
            let mut call = preset["call"].clone();
            call["url"] = json!(format!("{}/items/7", ADDRESSES.api_origin()));
            let question = json!({ "policy": lines.collect::<Vec<_>>().join("\n"), "call": call });
            let question: Question = serde_json::from_value(question).unwrap();
            let told: Value = serde_json::from_slice(&question.explain()).unwrap();
            let outcome = match told["allowed"].as_bool() {
                Some(true) => "reads",
                Some(false) => "stops",
                None => "invalid",
            };
            assert_eq!(preset["expect"], outcome, "{preset}");
        }
    }

    #[test]
    fn a_page_is_chosen_that_the_policy_names() {
        let start = |text: &str| Start::of(Some(Source::new("p.toml".to_owned(), text.to_owned()))).unwrap().from;
        let named = "allow_origins = [\"https://*.a.example\", \"https://b.example\"]";
        assert_eq!(start(named).as_deref(), Some("https://b.example"));
        assert_eq!(start("allow_origins = [\"*\"]"), None);
        assert_eq!(start("="), None);
    }
}
