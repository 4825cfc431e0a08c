//! What was measured, as it is kept in a file: one shape for the benches in Rust, the instruction counts, Python and nginx.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use serde::{Deserialize, Serialize};

use crate::stats::Spread;

/// What one part of the benches measured, or all together.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Results {
    /// Versions of whatever took part, if anybody has to know.
    #[serde(default)]
    pub about: String,
    /// In the order in which they were measured.
    pub rows: Vec<Row>,
}

/// Contenders that were measured in turn, so that their samples of the same number belong together.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs, reason = "of these benches alone")]
pub struct Row {
    /// Group and name, with a slash between them.
    pub name: String,
    /// Nanoseconds, instructions or bytes of each sample, by contender.
    pub samples: BTreeMap<String, Vec<f64>>,
}

/// What is compared: what a contender takes, or what it takes beyond another.
#[derive(Clone, Debug)]
pub struct Term {
    of: String,
    beyond: Option<String>,
}

impl Term {
    /// What a contender takes.
    pub fn of(contender: impl Into<String>) -> Self {
        Self { of: contender.into(), beyond: None }
    }

    /// What it takes beyond another.
    #[must_use]
    pub fn beyond(self, other: impl Into<String>) -> Self {
        Self { beyond: Some(other.into()), ..self }
    }
}

impl Row {
    /// The name without its group.
    pub fn label(&self) -> &str {
        self.name.split_once('/').map_or(self.name.as_str(), |(_, label)| label)
    }

    /// What each sample says.
    fn values(&self, term: &Term) -> Option<Vec<f64>> {
        let of = self.samples.get(&term.of)?;
        let Some(beyond) = &term.beyond else { return Some(of.clone()) };
        Some(of.iter().zip(self.samples.get(beyond)?).map(|(of, beyond)| of - beyond).collect())
    }

    /// The median over the samples.
    pub fn spread(&self, term: &Term) -> Option<Spread> {
        Spread::of(&self.values(term)?)
    }

    /// The median over the ratios of each sample; none where what is added is less than nothing.
    pub fn ratio(&self, over: &Term, under: &Term) -> Option<Spread> {
        let (over, under) = (self.values(over)?, self.values(under)?);
        let positive = |values| Spread::of(values).is_some_and(|spread| spread.median > 0.0);
        if !positive(&over) || !positive(&under) {
            return None;
        }
        Spread::of(&over.iter().zip(&under).map(|(over, under)| over / under).collect::<Vec<_>>())
    }
}

impl Results {
    /// Reads what a part wrote.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or holds something else.
    pub fn read(path: &Path) -> io::Result<Self> {
        Ok(serde_json::from_str(&fs::read_to_string(path)?)?)
    }

    /// Writes them for the report.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        fs::write(path, serde_json::to_string(self)?)
    }

    /// The rows of a group, such as `peers`.
    pub fn group(&self, group: &str) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.name.split_once('/').is_some_and(|(first, _)| first == group))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(samples: [(&str, &[f64]); 3]) -> Row {
        let samples = samples.map(|(name, samples)| (name.to_owned(), samples.to_vec()));
        Row { name: "group/row".into(), samples: samples.into() }
    }

    #[test]
    fn ratios_are_of_the_same_sample() {
        // The machine is half as fast in the second sample, and the ratio is the same.
        let row = row([("bare", &[1.0, 2.0, 1.0]), ("ours", &[2.0, 4.0, 2.0]), ("theirs", &[5.0, 10.0, 5.0])]);
        let [ours, theirs] = ["ours", "theirs"].map(|who| Term::of(who).beyond("bare"));
        assert_eq!(row.ratio(&ours, &theirs), Spread::of(&[0.25]));
        assert_eq!(row.spread(&theirs), Some(Spread { low: 4.0, median: 4.0, high: 6.0 }));
        assert_eq!(row.label(), "row");
    }

    #[test]
    fn there_is_no_ratio_to_less_than_nothing() {
        let row = row([("bare", &[3.0]), ("ours", &[2.0]), ("theirs", &[4.0])]);
        let [ours, theirs] = ["ours", "theirs"].map(|who| Term::of(who).beyond("bare"));
        assert_eq!(row.ratio(&ours, &theirs), None);
        assert_eq!(row.ratio(&theirs, &ours), None);
        assert_eq!(row.ratio(&Term::of("ours"), &Term::of("nobody")), None);
    }

    #[test]
    fn other_parts_write_the_same_shape() {
        let text = r#"{"rows": [{"name": "nginx/GET", "samples": {"recipe": [20000, 20010.5]}}]}"#;
        let results: Results = serde_json::from_str(text).unwrap();
        let row = results.group("nginx").next().unwrap();
        assert_eq!(row.spread(&Term::of("recipe")).unwrap().median, 20_005.25);
        assert!(results.group("ngin").next().is_none());
    }
}
