//! Entries of `allow_origins` that a pattern of the same list already covers.

use std::collections::HashMap;

use corsac::{Config, PolicyRef};

use crate::loaded::open;
use crate::options::{Options, compile};
use crate::output::Misuse;
use crate::pattern::{Host, Pattern, taker};

/// Most in-label patterns of one base that are held against each other.
const MOST_IN_LABEL: usize = 500;

/// The covered entries with the pattern that covers each, in the order of the list.
pub(crate) fn covered_entries(options: &Options, policy: &PolicyRef<'_>) -> Result<Vec<(usize, usize)>, Misuse> {
    let entries: Vec<&str> = options.allow_origins().iter().map(String::as_str).collect();
    let patterns: Vec<(usize, &str, Pattern<'_>)> =
        entries.iter().enumerate().filter_map(|(i, entry)| Some((i, *entry, Pattern::of(entry)?))).collect();
    if patterns.is_empty() {
        return Ok(Vec::new());
    }
    let alone: Vec<&str> = patterns.iter().map(|(_, entry, _)| *entry).collect();
    let lists = options.lists();
    let config = Config { allow_origins: &alone, static_origin: false, ..lists.config() };
    let image = compile(&config).map_err(|error| Misuse::new(error.to_string()))?;
    let of_patterns = open(&image)?;

    let mut covered = Vec::new();
    let known = Known::of(&patterns);
    let mut pattern = patterns.iter().peekable();
    for (i, entry) in entries.iter().enumerate() {
        if pattern.next_if(|(at, ..)| *at == i).is_some() {
            if let Some(by) = known.wider_than(entry) {
                covered.push((i, by));
            }
        } else if taker(policy, entry).is_some()
            && let Some(by) = taker(&of_patterns, entry)
        {
            covered.push((i, patterns[by].0));
        }
    }
    Ok(covered)
}

/// The patterns of a list, to find wider ones.
struct Known<'e> {
    by_text: HashMap<&'e str, usize>,
    /// Those with a `*` in a label, by scheme, base and port.
    in_label: HashMap<SchemeBasePort<'e>, Vec<(usize, &'e str, &'e str)>>,
}

type SchemeBasePort<'e> = (&'e str, &'e str, &'e str);

impl<'e> Known<'e> {
    fn of(patterns: &[(usize, &'e str, Pattern<'e>)]) -> Self {
        let mut known = Self { by_text: HashMap::new(), in_label: HashMap::new() };
        for &(i, entry, pattern) in patterns {
            known.by_text.insert(entry, i);
            if let Host::InLabel { before, after, base } = pattern.host {
                known.in_label.entry((pattern.scheme, base, pattern.port)).or_default().push((i, before, after));
            }
        }
        known
    }

    /// A pattern other than `entry` that takes all that `entry` takes.
    fn wider_than(&self, entry: &str) -> Option<usize> {
        let pattern = Pattern::of(entry)?;
        let Pattern { scheme, host, port } = pattern;
        let ports = if pattern.any_port() { vec![":*"] } else { vec![port, ":*"] };
        let find = |host: &str, port: &str| {
            let text = format!("{scheme}://{host}{port}");
            self.by_text.get(text.as_str()).copied().filter(|_| text != entry)
        };
        for port in ports {
            let found = match host {
                Host::Exact(host) => {
                    find(host, port).or_else(|| parents(host).find_map(|base| find(&format!("*.{base}"), port)))
                }
                Host::Subdomains { base } => find(&format!("*.{base}"), port)
                    .or_else(|| parents(base).find_map(|base| find(&format!("*.{base}"), port))),
                Host::InLabel { before, after, base } => self
                    .wider_label((scheme, base, port), before, after, entry)
                    .or_else(|| find(&format!("*.{base}"), port))
                    .or_else(|| parents(base).find_map(|base| find(&format!("*.{base}"), port))),
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// A pattern of the same base whose fixed text is a part of this one's.
    fn wider_label(&self, key: SchemeBasePort<'_>, before: &str, after: &str, entry: &str) -> Option<usize> {
        let alike = self.in_label.get(&key).filter(|alike| alike.len() <= MOST_IN_LABEL)?;
        let own = self.by_text.get(entry);
        alike
            .iter()
            .find(|(i, start, end)| Some(i) != own && before.starts_with(start) && after.ends_with(end))
            .map(|(i, ..)| *i)
    }
}

/// The domains that a host is a subdomain of.
fn parents(host: &str) -> impl Iterator<Item = &str> {
    host.match_indices('.').map(|(dot, _)| &host[dot + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_covered(entries: &[&str], expected: &[(usize, usize)]) {
        let options = Options::with_origins(entries);
        let image = options.compile().unwrap();
        assert_eq!(covered_entries(&options, &open(&image).unwrap()).unwrap(), expected, "{entries:?}");
    }

    #[test]
    fn wider_patterns_are_found() {
        assert_covered(&["https://a.example.com", "https://*.example.com"], &[(0, 1)]);
        assert_covered(&["https://*.a.example.com", "https://*.example.com"], &[(0, 1)]);
        assert_covered(&["https://app-*.example.com", "https://*.example.com"], &[(0, 1)]);
        assert_covered(&["https://app-*.example.com", "https://a*.example.com"], &[(0, 1)]);
        assert_covered(&["https://app-*-x.b.example.com", "https://*-x.b.example.com"], &[(0, 1)]);
        assert_covered(&["http://localhost:3000", "http://localhost:*", "http://localhost"], &[(0, 1), (2, 1)]);
        assert_covered(&["http://a.localhost:*", "http://*.localhost:*"], &[(0, 1)]);
        assert_covered(&["http://*.localhost", "http://*.localhost:*"], &[(0, 1)]);
    }

    #[test]
    fn others_are_not() {
        assert_covered(&["https://example.com", "https://*.example.com"], &[]);
        assert_covered(&["http://a.example.com", "https://*.example.com"], &[]);
        assert_covered(&["https://a.example.com:8443", "https://*.example.com"], &[]);
        assert_covered(&["https://*.b.example.com", "https://app-*.example.com"], &[]);
        assert_covered(&["https://a*.example.com", "https://b*.example.com"], &[]);
        assert_covered(&["https://evilexample.com", "https://*.example.com"], &[]);
        assert_covered(&["https://a.example.com", "https://b.example.com"], &[]);
        assert_covered(&["*"], &[]);
    }
}
