//! What is doubtful in the options that the verdicts beside CORS look at.

use std::collections::HashMap;

use corsac::{OptionName, PolicyRef};

use crate::doubts::Doubts;
use crate::output::Misuse;
use crate::problem::Level;
use crate::verdict_examples::{HostEntry, host_taker, is_simple_type};

impl Doubts<'_> {
    pub(crate) fn hosts(&mut self, policy: &PolicyRef<'_>) {
        let loaded = self.loaded;
        let entries = loaded.file.options.list(OptionName::AllowHosts);
        let parts = || entries.iter().map(|entry| HostEntry::of(entry)).enumerate();
        let with_any_port: HashMap<&str, usize> =
            parts().filter(|(_, entry)| entry.port == ":*").map(|(i, entry)| (entry.name, i)).collect();
        for (i, HostEntry { name, port }) in parts() {
            let at = (OptionName::AllowHosts, i);
            if let Some(&by) = with_any_port.get(name).filter(|by| **by != i) {
                let sentence = format!("allow_hosts[{by}] {:?} already takes all that this entry takes", entries[by]);
                let help = "remove it, or the one with `:*` if only this port is meant".to_owned();
                self.about_entry(Level::Note, at, "covered", sentence, Some(help));
                continue;
            }
            let scheme = match port {
                ":80" => "http",
                ":443" => "https",
                _ => continue,
            };
            if host_taker(policy, name).is_none() {
                let port = &port[1..];
                let sentence = format!("browsers leave out port {port} of {scheme}, so {scheme}://{name} is not taken");
                let help = format!("write {name:?}, in place of this entry or beside it");
                self.about_entry(Level::Warning, at, "default-port-in-host", sentence, Some(help));
            }
        }
    }

    pub(crate) fn content_types(&mut self) -> Result<(), Misuse> {
        let loaded = self.loaded;
        let options = &loaded.file.options;
        let types = options.list(OptionName::AllowContentTypes);
        let mut first_other = None;
        for (i, text) in types.iter().enumerate() {
            if !is_simple_type(text)? {
                first_other = first_other.or(Some(text));
                continue;
            }
            let sentence =
                format!("browsers send {text} without a preflight, so this lets requests act that never asked");
            let help = "have pages send a type that a preflight asks for, such as application/json, and remove this";
            let at = (OptionName::AllowContentTypes, i);
            self.about_entry(Level::Warning, at, "simple-content-type", sentence, Some(help.to_owned()));
        }
        if types.is_empty() {
            return Ok(());
        }
        let name = OptionName::AllowContentTypes;
        let why_nobody = match options.allow_origins() {
            [] => Some("no origin is listed"),
            [any] if any == "*" => Some("`*` trusts nobody"),
            _ => None,
        };
        if let Some(why) = why_nobody {
            let sentence = format!(
                "it limits what the pages of trusted origins send, and {why}: it is for nobody, unless the server \
                 brings a function of its own"
            );
            self.about(Level::Warning, name, "content-types-for-nobody", sentence);
            return Ok(());
        }
        let headers = options.list(OptionName::AllowHeaders);
        let is_requestable = headers.iter().any(|header| header == "*" || header.eq_ignore_ascii_case("content-type"));
        if let Some(text) = first_other.filter(|_| !is_requestable) {
            let sentence = format!(
                "no page of another origin can send {text}: a preflight asks for it, and allow_headers does not have \
                 content-type"
            );
            self.about(Level::Warning, name, "content-type-not-requestable", sentence);
        }
        if options
            .list(OptionName::AllowMethods)
            .iter()
            .any(|method| method == "*" || method.eq_ignore_ascii_case("delete"))
        {
            let sentence = "a DELETE without a body has no Content-Type, and the guard refuses it where it comes from \
                            another origin; have pages send one of these types with it";
            self.about(Level::Note, name, "delete-without-content-type", sentence.to_owned());
        }
        Ok(())
    }
}
