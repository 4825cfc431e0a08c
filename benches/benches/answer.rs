//! What was answered, in a form that can be compared.

use std::collections::{BTreeMap, BTreeSet};

use corsac::{Action, PolicyRef};
use corsac_benches::requests::Sent;
use corsac_benches::sink::{Kept, Sink};

/// An answer: the status, if it is not the application's, and the CORS fields with the members of their lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: Option<u16>,
    fields: BTreeMap<String, BTreeSet<String>>,
}

impl Answer {
    /// corsac's own.
    pub(crate) fn of(policy: PolicyRef<'_>, sent: &Sent) -> Self {
        let mut kept = Kept::default();
        kept.decision(&policy.decide(&sent.picked()));
        Self::of_kept(&kept)
    }

    pub(crate) fn of_kept(kept: &Kept) -> Self {
        let status = match kept.action() {
            Some(Action::Respond(status)) => Some(status),
            _ => None,
        };
        Self::new(status, kept.fields())
    }

    /// One with these fields, of which those that have nothing to do with CORS are left out.
    pub(crate) fn new<'a>(status: Option<u16>, fields: impl Iterator<Item = (&'a str, &'a [u8])>) -> Self {
        let mut kept: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (name, value) in fields {
            let name = name.to_ascii_lowercase();
            if !name.starts_with("access-control-") && name != "vary" && name != "timing-allow-origin" {
                continue;
            }
            let value = String::from_utf8_lossy(value).into_owned();
            // Methods and origins have a case; header names have none.
            let is_names = name == "vary" || name == "access-control-allow-headers";
            let value = if is_names { value.to_ascii_lowercase() } else { value };
            kept.entry(name).or_default().extend(value.split(',').map(|member| member.trim().to_owned()));
        }
        Self { status, fields: kept }
    }

    fn has(&self, name: &str, member: &str) -> bool {
        self.fields.get(name).is_some_and(|members| members.contains(member))
    }

    /// Whether a browser that sent this with credentials lets the page through.
    pub(crate) fn lets_through(&self, sent: &Sent) -> bool {
        let Some(origin) = sent.value("origin") else {
            return true;
        };
        let passes =
            self.has("access-control-allow-origin", origin) && self.has("access-control-allow-credentials", "true");
        let Some(method) = sent.value("access-control-request-method") else {
            return passes;
        };
        let names = sent.value("access-control-request-headers").unwrap_or_default();
        passes
            && self.status.is_some_and(|status| (200..300).contains(&status))
            && (matches!(method, "GET" | "HEAD" | "POST") || self.has("access-control-allow-methods", method))
            && names.split(',').all(|name| self.has("access-control-allow-headers", name))
    }

    /// Asserts that a peer answers as corsac does.
    ///
    /// Where the page gets through, or concerns no origin, every field is the same, but that a peer may name more in `Vary` and
    /// write 200 where corsac writes 204. Where it does not, what has to be the same is that a browser refuses: peers still send
    /// some fields, or leave `Vary` out.
    #[track_caller]
    pub(crate) fn assert_same(&self, peer: &Self, sent: &Sent, who: &str) {
        let passes = self.lets_through(sent);
        assert_eq!(passes, peer.lets_through(sent), "{who}: {self:?} {peer:?}");
        assert_eq!(self.status.is_some(), peer.status.is_some(), "{who}");
        if !passes {
            return;
        }
        assert!(peer.vary().is_superset(&self.vary()), "{who}: {self:?} {peer:?}");
        if sent.value("origin").is_some() {
            assert_eq!(self.but_vary(), peer.but_vary(), "{who}");
        }
    }

    fn vary(&self) -> BTreeSet<&str> {
        self.fields.get("vary").into_iter().flatten().map(String::as_str).collect()
    }

    fn but_vary(&self) -> BTreeMap<&str, &BTreeSet<String>> {
        self.fields.iter().map(|(name, members)| (name.as_str(), members)).filter(|(name, _)| *name != "vary").collect()
    }
}
