//! Problems that the core has found, with the bytes of the file that are at fault.

use std::collections::HashMap;
use std::ops::Range;

use corsac::{Config, OptionName, PolicyError, PolicyErrorKind};

use crate::literal;
use crate::options::Options;
use crate::policy_file::PolicyFile;
use crate::problem::{Level, Problem};
use crate::punycode;
use crate::shape::{toml_list, toml_string};
use crate::source::Source;

impl PolicyFile {
    /// A problem that the core has found, with its place in the file.
    pub(crate) fn problem(
        &self,
        config: &Config<'_>,
        error: &PolicyError,
        source: &Source,
        firsts: &mut Firsts,
    ) -> Problem {
        let (field, kind) = (error.field(), error.kind());
        let sentence = kind.sentence().to_owned();
        let mut message = config.describe(error).as_str().to_owned();
        let text = error.entry().and_then(|entry| self.options.list(field).get(entry));
        let mut suggestion = config.suggestion(error).map(|text| text.as_str().to_owned());
        if kind == PolicyErrorKind::Duplicate
            && let Some(spelled) = suggestion.take()
            && let Some(without) = message.strip_suffix(&format!(": \"{spelled}\""))
        {
            // In any spelling it stays a repetition.
            message.truncate(without.len());
        }
        if kind == PolicyErrorKind::NonAscii
            && let Some(punycode) = text.and_then(|text| punycode::corrected(field, text))
        {
            message.push_str(&format!(": \"{punycode}\""));
            suggestion = Some(punycode);
        }
        let help = match (suggestion, error.entry()) {
            (Some(text), _) => Some(format!("write {}", toml_string(&text))),
            (None, Some(entry)) if kind == PolicyErrorKind::Duplicate => {
                let first = firsts.first(&self.options, field, entry);
                self.place(field, Some(first))
                    .map(|span| format!("{field}[{first}] at {} is the first one", source.place(span.start)))
            }
            (None, Some(_)) if field == OptionName::AllowContentTypes => text.and_then(|text| several_types(text)),
            _ => None,
        };
        Problem {
            level: Level::Error,
            field: field.as_str().to_owned(),
            entry: error.entry(),
            offset: error.offset(),
            kind: kind.slug(),
            sentence,
            help,
            message,
            span: self.fault_span(error, source),
        }
    }

    /// The bytes of the file that are at fault.
    fn fault_span(&self, error: &PolicyError, source: &Source) -> Range<usize> {
        let value = self.value_place(error.field()).unwrap_or(0..0);
        let Some(span) = error.entry().and_then(|entry| self.place(error.field(), Some(entry))) else {
            return value;
        };
        let literal = &source.text()[span.clone()];
        if !literal.starts_with(['"', '\'']) || value == span {
            return span;
        }
        let inside = literal::inside(literal, span.start);
        let at = literal::place_of(literal, span.start, error.offset());
        match reach(error.kind(), error.offset()) {
            Reach::Entry => inside,
            Reach::Byte => at,
            Reach::Rest => at.start..inside.end.max(at.end),
        }
    }
}

/// What to write where several content types stand in one entry.
fn several_types(text: &str) -> Option<String> {
    let types: Vec<String> = text.split(',').map(|text| text.trim().to_owned()).collect();
    (types.len() > 1).then(|| format!("write one content type an entry: {}", toml_list(&types)))
}

/// How much of an entry is at fault.
enum Reach {
    Entry,
    Byte,
    /// From the byte on.
    Rest,
}

const fn reach(kind: PolicyErrorKind, offset: usize) -> Reach {
    use PolicyErrorKind as Kind;
    match kind {
        Kind::Blank
        | Kind::ControlByte
        | Kind::NonAscii
        | Kind::WildcardInName
        | Kind::NotToken
        | Kind::InvalidScheme
        | Kind::UpperCase
        | Kind::InvalidHostByte
        | Kind::EmptyLabel
        | Kind::TrailingDot
        | Kind::LabelHyphen
        | Kind::WildcardPosition
        | Kind::SeveralWildcards
        | Kind::WildcardWholeHost
        | Kind::WildcardOverIp
        | Kind::WildcardInHost
        | Kind::MediaTypeWildcard
        | Kind::AnyPortNotLoopback => Reach::Byte,
        // At the beginning it is the slash that is missing.
        Kind::NotMediaType if offset > 0 => Reach::Byte,
        Kind::TooLong
        | Kind::TrailingSlash
        | Kind::Path
        | Kind::Query
        | Kind::Fragment
        | Kind::UserInfo
        | Kind::MissingHost
        | Kind::LabelTooLong
        | Kind::InvalidPunycode
        | Kind::Ipv4NotCanonical
        | Kind::Ipv6Invalid
        | Kind::Ipv6NotCanonical
        | Kind::Ipv4MappedIpv6
        | Kind::HostTooLong
        | Kind::PortEmpty
        | Kind::PortInvalid
        | Kind::PortZero
        | Kind::PortLeadingZero
        | Kind::PortOutOfRange
        | Kind::DefaultPort
        | Kind::MediaTypeParameter
        | Kind::PublicSuffix => Reach::Rest,
        _ => Reach::Entry,
    }
}

/// The first of the entries that are the same, for each list.
#[derive(Default)]
pub(crate) struct Firsts {
    known: HashMap<OptionName, HashMap<String, usize>>,
}

impl Firsts {
    fn first(&mut self, options: &Options, field: OptionName, entry: usize) -> usize {
        let list = options.list(field);
        let same = |text: &str| match field {
            OptionName::AllowOrigins => text.to_owned(),
            OptionName::AllowMethods => corsac_browser::normalize_method(text).into_owned(),
            _ => text.to_ascii_lowercase(),
        };
        let firsts = self.known.entry(field).or_insert_with(|| {
            let mut firsts = HashMap::new();
            for (i, text) in list.iter().enumerate() {
                firsts.entry(same(text)).or_insert(i);
            }
            firsts
        });
        list.get(entry).and_then(|text| firsts.get(&same(text))).copied().unwrap_or(entry)
    }
}
