//! What can be seen of a call, in the terms in which the model's answer and Chromium's are compared.

use core::fmt;
use std::borrow::Cow;
use std::collections::BTreeMap;

use corsac_browser::{Exchange, Header, Outcome, get, normalize_value};

use crate::rewrite::APART;

/// What came of one call: what went over the wire, and what the page got.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain data, compared as a whole")]
pub struct Seen {
    /// The preflight, where one was sent.
    pub preflight: Option<Asked>,
    /// The request that the page asked for, where it was sent.
    pub actual: Option<Sent>,
    /// What the page reads; `None` where `fetch` rejects with a `TypeError`.
    pub read: Option<Read>,
}

/// The fields of a preflight, byte for byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain data, compared as a whole")]
pub struct Asked {
    /// `Origin`.
    pub origin: Option<Vec<u8>>,
    /// `Access-Control-Request-Method`.
    pub method: Option<Vec<u8>>,
    /// `Access-Control-Request-Headers`.
    pub headers: Option<Vec<u8>>,
}

/// What the page's own request was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain data, compared as a whole")]
pub struct Sent {
    /// The method.
    pub method: String,
    /// `Origin`, and every field that the page wrote, by name in lower case, several of a name joined.
    pub fields: BTreeMap<String, Vec<u8>>,
}

/// What the page reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain data, compared as a whole")]
pub struct Read {
    /// `response.status`.
    pub status: u16,
    /// What it sees when it walks over `response.headers`.
    pub fields: Vec<Header>,
}

impl Seen {
    /// What is seen of the model's answer. `written` are the names that the page wrote.
    pub(crate) fn of_model(outcome: &Outcome, written: &[String]) -> Self {
        let read = outcome.result.as_ref().ok();
        Self {
            preflight: outcome.preflight().map(|exchange| Asked::of(&exchange.request.fields)),
            actual: outcome
                .actual()
                .map(|Exchange { request, .. }| Sent::of(&request.method, &request.fields, written)),
            read: read.map(|readable| Read { status: readable.status, fields: readable.readable_fields.clone() }),
        }
    }

    /// In what the two differ, by name; nothing where they are alike.
    pub fn differences(&self, other: &Self) -> Vec<&'static str> {
        let mut differences = Vec::new();
        let mut note = |differs: bool, what| differences.extend(differs.then_some(what));
        match (&self.preflight, &other.preflight) {
            (Some(one), Some(two)) => {
                note(one.origin != two.origin, "the preflight's Origin");
                note(one.method != two.method, "Access-Control-Request-Method");
                note(one.headers != two.headers, "Access-Control-Request-Headers");
            }
            (one, two) => note(one.is_some() != two.is_some(), "whether a preflight is sent"),
        }
        match (&self.actual, &other.actual) {
            (Some(one), Some(two)) => {
                note(one.method != two.method, "the request's method");
                note(one.fields != two.fields, "the request's fields");
            }
            (one, two) => note(one.is_some() != two.is_some(), "whether the request is sent"),
        }
        match (&self.read, &other.read) {
            (Some(one), Some(two)) => {
                note(one.status != two.status, "the status that the page reads");
                note(one.fields != two.fields, "the fields that the page reads");
            }
            (one, two) => note(one.is_some() != two.is_some(), "whether the page reads"),
        }
        differences
    }
}

impl Asked {
    pub(crate) fn of(fields: &[Header]) -> Self {
        let value = |name| get(fields, name).map(Cow::into_owned);
        Self {
            origin: value("Origin"),
            method: value("Access-Control-Request-Method"),
            headers: value("Access-Control-Request-Headers"),
        }
    }
}

impl Sent {
    pub(crate) fn of(method: &str, fields: &[Header], written: &[String]) -> Self {
        let names = written.iter().map(String::as_str).chain(["origin"]);
        // Blanks at the ends are no part of a value, as an empty last duplicate would leave them.
        let value = |name| {
            let value = get(fields, name)?;
            let value = normalize_value(&value);
            Some(value.strip_prefix(APART).unwrap_or(value).to_vec())
        };
        let found = names.filter_map(|name| Some((name.to_ascii_lowercase(), value(name)?)));
        Self { method: method.to_owned(), fields: found.collect() }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.preflight {
            None => f.write_str("no preflight; ")?,
            Some(asked) => {
                f.write_str("preflight ")?;
                for value in [&asked.origin, &asked.method, &asked.headers] {
                    write!(f, "{:?} ", value.as_deref().map(|value| value.escape_ascii().to_string()))?;
                }
                f.write_str("; ")?;
            }
        }
        match &self.actual {
            None => f.write_str("no request; ")?,
            Some(sent) => write!(f, "{} {}; ", sent.method, Fields(sent.fields.iter()))?,
        }
        match &self.read {
            None => f.write_str("the page gets nothing"),
            Some(read) => {
                write!(f, "the page reads {} {}", read.status, Fields(read.fields.iter().map(|(n, v)| (n, v))))
            }
        }
    }
}

/// Fields on one line.
struct Fields<I>(I);

impl<'f, I: Iterator<Item = (&'f String, &'f Vec<u8>)> + Clone> fmt::Display for Fields<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let each = self.0.clone().map(|(name, value)| format!("{name}: {}", value.escape_ascii()));
        write!(f, "{{{}}}", each.collect::<Vec<_>>().join(" | "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_difference_has_its_name() {
        let asked = Asked { origin: Some(b"null".into()), method: Some(b"PUT".into()), headers: None };
        let one = Seen { preflight: Some(asked.clone()), ..Seen::default() };
        assert_eq!(one.differences(&one), Vec::<&str>::new());
        let two = Seen {
            preflight: Some(Asked { headers: Some(b"x-a".into()), ..asked }),
            actual: Some(Sent::default()),
            read: None,
        };
        assert_eq!(one.differences(&two), ["Access-Control-Request-Headers", "whether the request is sent"]);
        let three = Seen { read: Some(Read::default()), ..Seen::default() };
        assert_eq!(three.differences(&one), ["whether a preflight is sent", "whether the page reads"]);
        assert_eq!(three.to_string(), "no preflight; no request; the page reads 0 {}");
    }
}
