//! A policy as a TOML file: what it says, where it says it, and everything that is wrong with it.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use corsac::{OptionName, PolicyError};
use toml::de::{DeTable, DeValue};

use crate::faults::Firsts;
use crate::options::{Options, compile, is_list, is_switch};
use crate::output::Misuse;
use crate::problem::{Level, Problem, problems_json, problems_text};
use crate::shape::{Value, in_order, parse, toml_list, unknown_key, wrong_type};
use crate::source::Source;

/// What a file says, and where.
#[derive(Debug)]
pub(crate) struct PolicyFile {
    pub(crate) options: Options,
    places: BTreeMap<OptionName, Place>,
    /// What is wrong before the core has a look.
    faults: Vec<Problem>,
    /// Whether an option's value could not be made out, so that what others say of it may be wrong.
    is_incomplete: bool,
}

/// Where an option stands.
#[derive(Clone, Debug)]
struct Place {
    key: Range<usize>,
    value: Range<usize>,
    entries: Vec<Range<usize>>,
}

impl PolicyFile {
    /// Reads a whole file.
    ///
    /// # Errors
    ///
    /// Only what is no TOML; all else is told by [`compile`](Self::compile).
    pub(crate) fn parse(source: &Source) -> Result<Self, Misuse> {
        Ok(Self::from_table(&parse(source)?))
    }

    /// Reads the options from a table.
    pub(crate) fn from_table(table: &DeTable<'_>) -> Self {
        let mut file =
            Self { options: Options::default(), places: BTreeMap::new(), faults: Vec::new(), is_incomplete: false };
        for (key, key_span, value) in in_order(table) {
            match OptionName::ALL.iter().copied().find(|name| name.as_str() == key) {
                Some(name) => {
                    let place = Place { key: key_span, value: value.span(), entries: Vec::new() };
                    file.places.insert(name, place);
                    file.read_option(name, value);
                }
                None => file.faults.push(unknown_option(key, key_span)),
            }
        }
        file
    }

    fn read_option(&mut self, name: OptionName, value: &Value<'_>) {
        if is_switch(name) {
            self.read_switch(name, value);
        } else if is_list(name) {
            self.read_list(name, value);
        } else {
            self.read_number(name, value);
        }
    }

    fn read_switch(&mut self, name: OptionName, value: &Value<'_>) {
        let on = match value.get_ref() {
            DeValue::Boolean(on) => *on,
            other => {
                let fault = wrong_type(name.as_str(), None, "true or false", value);
                let meant = match other {
                    DeValue::String(text) => switch_meant(text),
                    DeValue::Integer(number) if number.as_str() == "1" => Some(true),
                    DeValue::Integer(number) if number.as_str() == "0" => Some(false),
                    _ => None,
                };
                self.is_incomplete |= meant.is_none();
                self.faults.push(match meant {
                    Some(on) => fault.with_help(format!("did you mean {on}?")),
                    None => fault,
                });
                meant.unwrap_or(false)
            }
        };
        self.options.switch(name, on);
    }

    fn read_list(&mut self, name: OptionName, value: &Value<'_>) {
        let mut texts = Vec::new();
        let mut spans = Vec::new();
        match value.get_ref() {
            DeValue::Array(entries) => {
                for (i, entry) in entries.iter().enumerate() {
                    spans.push(entry.span());
                    if let DeValue::String(text) = entry.get_ref() {
                        texts.push(text.clone().into_owned());
                    } else {
                        // Keeps the indices of the others right.
                        texts.push(String::new());
                        self.faults.push(wrong_type(name.as_str(), Some(i), "a string", entry));
                    }
                }
            }
            DeValue::String(text) => {
                // Read as what was meant, so that its own faults are told as well.
                let meant: Vec<String> = match &**text {
                    "" => Vec::new(),
                    text => text.split(',').map(|part| part.trim().to_owned()).collect(),
                };
                let fault = wrong_type(name.as_str(), None, "a list of strings", value);
                self.faults.push(fault.with_help(format!("did you mean {}?", toml_list(&meant))));
                spans = vec![value.span(); meant.len()];
                texts = meant;
            }
            other => {
                let fault = wrong_type(name.as_str(), None, "a list of strings", value);
                self.faults.push(match other {
                    DeValue::Boolean(false) => fault.with_help("did you mean []?".to_owned()),
                    _ => fault,
                });
                self.is_incomplete = true;
            }
        }
        self.options.set_list(name, texts);
        if let Some(place) = self.places.get_mut(&name) {
            place.entries = spans;
        }
    }

    /// Reads a number. What is over its type stands as the greatest, which the core refuses with its own sentence.
    fn read_number(&mut self, name: OptionName, value: &Value<'_>) {
        let wanted = match name {
            OptionName::MaxAge => "a whole number of seconds",
            _ => "a status from 200 to 299",
        };
        let number = match value.get_ref() {
            DeValue::Integer(integer) => {
                let is_negative = integer.as_str().starts_with('-');
                let too_long = if is_negative { i64::MIN } else { i64::MAX };
                i64::from_str_radix(integer.as_str(), integer.radix()).unwrap_or(too_long)
            }
            other => {
                let meant = match other {
                    DeValue::String(text) => text.trim().parse::<u32>().ok(),
                    DeValue::Float(float) => float.as_str().strip_suffix(".0").and_then(|whole| whole.parse().ok()),
                    _ => None,
                };
                let fault = wrong_type(name.as_str(), None, wanted, value);
                self.faults.push(match meant {
                    Some(number) => fault.with_help(format!("did you mean {number}?")),
                    None => fault,
                });
                return;
            }
        };
        if name == OptionName::MaxAge {
            match u32::try_from(number) {
                Ok(seconds) => self.options.max_age = Some(seconds),
                Err(_) if number > 0 => self.options.max_age = Some(u32::MAX),
                Err(_) => {
                    let sentence = "no time is negative; write 0 to have nothing kept, or leave the option out";
                    let (field, span) = (name.as_str(), value.span());
                    self.faults.push(Problem::of_key(
                        Level::Error,
                        field,
                        "max-age-negative",
                        sentence.to_owned(),
                        span,
                    ));
                }
            }
        } else {
            self.options.preflight_status = u16::try_from(number).unwrap_or(if number > 0 { u16::MAX } else { 0 });
        }
    }

    /// Where an option or an entry of it stands; `None` where the file does not have it.
    pub(crate) fn place(&self, name: OptionName, entry: Option<usize>) -> Option<Range<usize>> {
        let place = self.places.get(&name)?;
        match entry {
            Some(entry) => place.entries.get(entry).cloned(),
            None => Some(place.key.clone()),
        }
    }

    /// Where the value of an option stands.
    pub(crate) fn value_place(&self, name: OptionName) -> Option<Range<usize>> {
        self.places.get(&name).map(|place| place.value.clone())
    }

    /// The image of the policy.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, in the order of the file.
    pub(crate) fn compile(&self, source: &Source) -> Result<Vec<u8>, Vec<Problem>> {
        let lists = self.options.lists();
        let config = lists.config();
        // Linear, where listing all problems is not: a long valid policy has none.
        let first = match compile(&config) {
            Ok(image) if self.faults.is_empty() => return Ok(image),
            Ok(_) => None,
            Err(error) => Some(error),
        };
        let mut problems = self.faults.clone();
        let with_fault: HashSet<(String, Option<usize>)> =
            problems.iter().map(|problem| (problem.field.clone(), problem.entry)).collect();
        let mut firsts = Firsts::default();
        let mut found: Vec<PolicyError> = match first {
            Some(_) => config.problems().collect(),
            None => Vec::new(),
        };
        if found.is_empty() {
            found.extend(first);
        }
        for error in found {
            let field = error.field().as_str().to_owned();
            // What options say together is uncertain where one could not be made out.
            let is_number = matches!(error.field(), OptionName::MaxAge | OptionName::PreflightStatus);
            let is_uncertain = self.is_incomplete && error.entry().is_none() && !is_number;
            if !is_uncertain && !with_fault.contains(&(field, error.entry())) {
                problems.push(self.problem(&config, &error, source, &mut firsts));
            }
        }
        problems.sort_by_key(|problem| problem.span.start);
        Err(problems)
    }

    /// The same for commands that need a valid policy.
    pub(crate) fn compile_or_misuse(&self, source: &Source) -> Result<Vec<u8>, Misuse> {
        self.compile(source).map_err(|problems| {
            let text = problems_text(&problems, source, &format!("the policy {}", source.place_of_file()));
            let json =
                serde_json::json!({ "error": "the policy is invalid", "problems": problems_json(&problems, source) });
            Misuse::with_text(text, json)
        })
    }
}

/// The switch that a word stands for.
fn switch_meant(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

fn unknown_option(key: &str, span: Range<usize>) -> Problem {
    let problem = unknown_key(key, span, "option", OptionName::ALL.iter().map(|name| name.as_str()));
    match key {
        "policy" | "expect" => problem.with_help("this looks like a test file: see corsac test --help".to_owned()),
        _ => problem,
    }
}
