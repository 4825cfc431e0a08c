//! What is doubtful in the options that the verdicts beside CORS look at, and in others beside these.

use std::collections::HashMap;

use corsac::{OptionName, PolicyRef};

use crate::doubts::Doubts;
use crate::output::Misuse;
use crate::pattern::Pattern;
use crate::problem::Level;
use crate::verdict_examples::{HostEntry, host_taker, is_simple_type};

impl<'l> Doubts<'l> {
    /// All of them; none where no option says that a verdict beside CORS is asked.
    pub(crate) fn of_verdicts(&mut self, policy: &PolicyRef<'_>) -> Result<(), Misuse> {
        let (hosts, types) = (self.list(OptionName::AllowHosts), self.list(OptionName::AllowContentTypes));
        if hosts.is_empty() && types.is_empty() {
            return Ok(());
        }
        self.covered_hosts();
        self.default_ports(policy);
        self.bind_addresses();
        self.patterns_that_act();
        if types.is_empty() {
            self.origins_without_credentials();
            return Ok(());
        }
        self.types_without_hosts();
        self.simple_types()?;
        if !self.types_for_nobody() {
            self.types_not_requestable()?;
            self.delete_without_type();
        }
        Ok(())
    }

    fn list(&self, name: OptionName) -> &'l [String] {
        self.loaded.file.options.list(name)
    }

    fn covered_hosts(&mut self) {
        let entries = self.list(OptionName::AllowHosts);
        let parts = || entries.iter().map(|entry| HostEntry::of(entry)).enumerate();
        let with_any_port: HashMap<&str, usize> =
            parts().filter(|(_, entry)| entry.port == ":*").map(|(i, entry)| (entry.name, i)).collect();
        for (i, HostEntry { name, .. }) in parts() {
            let Some(&by) = with_any_port.get(name).filter(|by| **by != i) else {
                continue;
            };
            let sentence = format!("allow_hosts[{by}] {:?} already takes all that this entry takes", entries[by]);
            let help = "remove it, or the one with `:*` if only this port is meant".to_owned();
            self.about_entry(Level::Note, (OptionName::AllowHosts, i), "covered", sentence, Some(help));
        }
    }

    fn default_ports(&mut self, policy: &PolicyRef<'_>) {
        let entries = self.list(OptionName::AllowHosts);
        for (i, entry) in entries.iter().map(|entry| HostEntry::of(entry)).enumerate() {
            let HostEntry { name, port } = entry;
            let scheme = match port {
                ":80" => "http",
                ":443" => "https",
                _ => continue,
            };
            if entry.is_unspecified() || host_taker(policy, name).is_some() {
                continue;
            }
            let port = &port[1..];
            let sentence = format!("browsers leave out port {port} of {scheme}, so {scheme}://{name} is not taken");
            let help = format!("write {name:?}, in place of this entry or beside it");
            let at = (OptionName::AllowHosts, i);
            self.about_entry(Level::Warning, at, "default-port-in-host", sentence, Some(help));
        }
    }

    fn bind_addresses(&mut self) {
        let entries = self.list(OptionName::AllowHosts);
        for (i, entry) in entries.iter().map(|entry| HostEntry::of(entry)).enumerate() {
            if !entry.is_unspecified() {
                continue;
            }
            let (name, port) = (entry.name, entry.port);
            let sentence =
                format!("{name} is an address to listen on, and browsers reach the server by another name or address");
            let help =
                format!("write what stands in the address bar, such as \"printer.local{port}\" or \"localhost{port}\"");
            self.about_entry(Level::Warning, (OptionName::AllowHosts, i), "bind-address", sentence, Some(help));
        }
    }

    /// Entries that take names of which the operator may not know, each of which may act.
    fn patterns_that_act(&mut self) {
        for (i, entry) in self.list(OptionName::AllowOrigins).iter().enumerate() {
            let Some(base) = Pattern::of(entry).and_then(|pattern| pattern.base()) else {
                continue;
            };
            let sentence = format!(
                "the guard trusts every name under {base} that this takes to act here, and so one that was lost to \
                 somebody else"
            );
            let help = "list the origins whose pages are to act, each by its name".to_owned();
            self.about_entry(Level::Note, (OptionName::AllowOrigins, i), "pattern-may-act", sentence, Some(help));
        }
    }

    /// Forms and the like carry cookies whatever `allow_credentials` says.
    fn origins_without_credentials(&mut self) {
        let trusts_somebody = self.list(OptionName::AllowOrigins).iter().any(|entry| entry != "*");
        if !trusts_somebody || self.is_on(OptionName::AllowCredentials) {
            return;
        }
        let sentence = "the guard trusts a POST of these origins, with cookies, though allow_credentials is off; list \
                        the types that their pages send in allow_content_types, so that a preflight asks first";
        self.about(Level::Note, OptionName::AllowOrigins, "acts-without-credentials", sentence.to_owned());
    }

    fn types_without_hosts(&mut self) {
        if self.list(OptionName::AllowHosts).is_empty() {
            let sentence = "allow_hosts is empty, and then `screen` answers 421 to every request; list the names under \
                            which the server is reached, unless it asks the guard alone, has own names or checks the \
                            host by itself";
            self.about(Level::Note, OptionName::AllowContentTypes, "content-types-without-hosts", sentence.to_owned());
        }
    }

    fn simple_types(&mut self) -> Result<(), Misuse> {
        for (i, text) in self.list(OptionName::AllowContentTypes).iter().enumerate() {
            if !is_simple_type(text)? {
                continue;
            }
            let sentence =
                format!("browsers send {text} without a preflight, so this lets requests act that never asked");
            let help = "have pages send a type that a preflight asks for, such as application/json, and remove this";
            let at = (OptionName::AllowContentTypes, i);
            self.about_entry(Level::Warning, at, "simple-content-type", sentence, Some(help.to_owned()));
        }
        Ok(())
    }

    /// Whether nobody is trusted whom the types could limit.
    fn types_for_nobody(&mut self) -> bool {
        let why = match self.list(OptionName::AllowOrigins) {
            [] => "no origin is listed",
            [any] if any == "*" => "`*` trusts nobody",
            _ => return false,
        };
        let sentence = format!(
            "it limits what the pages of trusted origins send, and {why}: it is for nobody, unless the server brings a \
             function of its own"
        );
        self.about(Level::Warning, OptionName::AllowContentTypes, "content-types-for-nobody", sentence);
        true
    }

    fn types_not_requestable(&mut self) -> Result<(), Misuse> {
        let headers = self.list(OptionName::AllowHeaders);
        if headers.iter().any(|header| header == "*" || header.eq_ignore_ascii_case("content-type")) {
            return Ok(());
        }
        for text in self.list(OptionName::AllowContentTypes) {
            if is_simple_type(text)? {
                continue;
            }
            let sentence = format!(
                "no page of another origin can send {text}: a preflight asks for it, and allow_headers does not have \
                 content-type"
            );
            self.about(Level::Warning, OptionName::AllowContentTypes, "content-type-not-requestable", sentence);
            break;
        }
        Ok(())
    }

    fn delete_without_type(&mut self) {
        let methods = self.list(OptionName::AllowMethods);
        if methods.iter().any(|method| method == "*" || method.eq_ignore_ascii_case("delete")) {
            let sentence = "a DELETE without a body has no Content-Type, and the guard refuses it where it comes from \
                            another origin; have pages send one of these types with it";
            let name = OptionName::AllowContentTypes;
            self.about(Level::Note, name, "delete-without-content-type", sentence.to_owned());
        }
    }
}
