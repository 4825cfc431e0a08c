//! What is compared with what, and the bars: the tables of the terminal and of `docs/performance.md` are made of these.

mod designs;
mod rust;
mod servers;

pub use designs::*;
pub use rust::*;
pub use servers::*;

use crate::results::{Results, Row, Term};
use crate::stats::Spread;
use crate::table::{Table, grouped, time, times, times_spread};

/// What a ratio may be at most.
#[derive(Debug)]
#[allow(clippy::exhaustive_structs, reason = "of these benches alone")]
pub struct Bar {
    /// What is divided by what.
    pub what: &'static str,
    /// The limit.
    pub at_most: f64,
}

/// The bar for a row, if there is one for it.
pub type BarOf = fn(&str) -> Option<&'static Bar>;

/// Rows of a group as a table.
#[derive(Debug)]
#[allow(clippy::exhaustive_structs, reason = "of these benches alone")]
pub struct Comparison {
    /// The group whose rows it shows.
    pub group: &'static str,
    /// A heading.
    pub title: &'static str,
    /// What is compared, in a few sentences of Markdown.
    pub text: &'static str,
    /// The title of the first column.
    pub rows: &'static str,
    /// The other columns.
    pub columns: Vec<Column>,
}

/// A column of a table.
#[derive(Debug)]
#[allow(clippy::exhaustive_structs, reason = "of these benches alone")]
pub struct Column {
    head: String,
    shown: Shown,
}

#[derive(Debug)]
enum Shown {
    Value(Term, fn(f64) -> String),
    /// A value by the number that is the row's name.
    Each(Term, fn(f64) -> String),
    Ratio {
        over: Term,
        under: Term,
        bar: BarOf,
    },
}

/// How exactly a ratio is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(clippy::exhaustive_enums, reason = "of these benches alone")]
pub enum Detail {
    /// The median.
    Median,
    /// The median and the quartiles.
    Quartiles,
}

impl Column {
    /// Times.
    pub fn time(head: impl Into<String>, term: Term) -> Self {
        Self { head: head.into(), shown: Shown::Value(term, time) }
    }

    /// Counts of instructions or bytes.
    pub fn count(head: impl Into<String>, term: Term) -> Self {
        Self { head: head.into(), shown: Shown::Value(term, grouped) }
    }

    /// Times by the number that is the row's name.
    pub fn time_each(head: impl Into<String>, term: Term) -> Self {
        Self { head: head.into(), shown: Shown::Each(term, time) }
    }

    /// Counts by the number that is the row's name.
    pub fn count_each(head: impl Into<String>, term: Term) -> Self {
        Self { head: head.into(), shown: Shown::Each(term, |count| format!("{count:.1}")) }
    }

    /// Ratios without a bar.
    pub fn ratio(over: Term, under: Term) -> Self {
        Self { head: "ratio".to_owned(), shown: Shown::Ratio { over, under, bar: |_| None } }
    }

    /// The same with another title.
    #[must_use]
    pub fn titled(self, head: impl Into<String>) -> Self {
        Self { head: head.into(), ..self }
    }

    /// The same with a bar. What is no ratio has none.
    #[must_use]
    pub fn with_bar(self, bar: BarOf) -> Self {
        match self.shown {
            Shown::Ratio { over, under, .. } => Self { shown: Shown::Ratio { over, under, bar }, ..self },
            shown => Self { shown, ..self },
        }
    }

    fn cell(&self, row: &Row, detail: Detail) -> Option<String> {
        match &self.shown {
            Shown::Value(term, show) => Some(show(row.spread(term)?.median)),
            Shown::Each(term, show) => Some(show(row.spread(term)?.median / row.label().parse::<f64>().ok()?)),
            Shown::Ratio { over, under, bar } => {
                let ratio = row.ratio(over, under)?;
                let text = match detail {
                    Detail::Median => times(ratio.median),
                    Detail::Quartiles => times_spread(ratio),
                };
                let missed = bar(row.label()).is_some_and(|bar| ratio.median > bar.at_most);
                Some(if missed { format!("{text} !") } else { text })
            }
        }
    }

    /// The ratio of a row and the bar for it.
    fn counted(&self, row: &Row) -> Option<(&'static Bar, Spread)> {
        let Shown::Ratio { over, under, bar } = &self.shown else { return None };
        Some((bar(row.label())?, row.ratio(over, under)?))
    }
}

impl Comparison {
    /// The table of what was measured. Past its bar, a ratio has a `!` behind it.
    pub fn table(&self, results: &Results, detail: Detail) -> Table {
        let heads = self.columns.iter().map(|column| column.head.as_str());
        let mut table = Table::new([self.rows].into_iter().chain(heads));
        for row in results.group(self.group) {
            let cells: Vec<_> = self.columns.iter().map(|column| column.cell(row, detail)).collect();
            if cells.iter().any(Option::is_some) {
                let cells = cells.into_iter().map(|cell| cell.unwrap_or_else(|| "–".to_owned()));
                let label = row.label().parse().map_or_else(|_| row.label().to_owned(), grouped);
                table.push([label].into_iter().chain(cells));
            }
        }
        table
    }
}

/// The worst ratio that a bar is for.
#[derive(Debug)]
#[allow(clippy::exhaustive_structs, reason = "of these benches alone")]
pub struct Worst {
    /// The ratio.
    pub ratio: Spread,
    /// Group and name of its row.
    pub row: String,
}

impl Bar {
    /// The worst of all ratios that it is for.
    pub fn worst(&'static self, comparisons: &[Comparison], results: &Results) -> Option<Worst> {
        let mut worst: Option<Worst> = None;
        for comparison in comparisons {
            for row in results.group(comparison.group) {
                let ratios = comparison.columns.iter().filter_map(|column| column.counted(row));
                for (bar, ratio) in ratios {
                    let is_worse = worst.as_ref().is_none_or(|worst| ratio.median > worst.ratio.median);
                    if std::ptr::eq(bar, self) && is_worse {
                        worst = Some(Worst { ratio, row: row.name.clone() });
                    }
                }
            }
        }
        worst
    }
}

/// Each bar, its worst row, and whether it holds.
pub fn bars(comparisons: &[Comparison], bars: &[&'static Bar], results: &Results, detail: Detail) -> Table {
    let mut table = Table::new(["bar", "at most", "worst", "", "row"]);
    for bar in bars {
        let at_most = bar.at_most.to_string();
        let cells = match bar.worst(comparisons, results) {
            None => [at_most, String::new(), "not measured".to_owned(), String::new()],
            Some(Worst { ratio, row }) => {
                let verdict = if ratio.median <= bar.at_most { "holds" } else { "MISSED" };
                let shown = match detail {
                    Detail::Median => times(ratio.median),
                    Detail::Quartiles => times_spread(ratio),
                };
                [at_most, shown, verdict.to_owned(), row]
            }
        };
        table.push([bar.what.to_owned()].into_iter().chain(cells));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    static HALF: Bar = Bar { what: "ours / theirs", at_most: 0.5 };

    fn comparison() -> Comparison {
        let (ours, theirs) = (Term::of("ours"), Term::of("theirs"));
        let bar: BarOf = |row| (row != "free").then_some(&HALF);
        let columns = vec![
            Column::time("ours", ours.clone()),
            Column::time_each("each", ours.clone()),
            Column::ratio(ours, theirs).with_bar(bar),
        ];
        Comparison { group: "race", title: "A race", text: "", rows: "", columns }
    }

    fn results(rows: &[(&str, f64)]) -> Results {
        let row = |&(name, ours): &(&str, f64)| Row {
            name: name.to_owned(),
            samples: [("ours".to_owned(), vec![ours]), ("theirs".to_owned(), vec![10.0])].into(),
        };
        Results { rows: rows.iter().map(row).collect(), ..Results::default() }
    }

    #[test]
    fn a_row_past_its_bar_is_marked() {
        let results = results(&[("race/4", 4.0), ("race/free", 9.0), ("race/8", 8.0), ("other/1", 99.0)]);
        let table = comparison().table(&results, Detail::Median).to_markdown();
        let rows: Vec<_> = table.lines().skip(2).collect();
        let expected = [
            "| 4    | 4.0 ns | 1.0 ns |   0.400 |",
            "| free | 9.0 ns |      – |   0.900 |",
            "| 8    | 8.0 ns | 1.0 ns | 0.800 ! |",
        ];
        assert_eq!(rows, expected);
    }

    #[test]
    fn a_bar_is_judged_by_its_worst_row() {
        let all = [comparison()];
        let shown = |rows: &[(&str, f64)]| bars(&all, &[&HALF], &results(rows), Detail::Quartiles).to_markdown();
        assert!(
            shown(&[("race/a", 4.0), ("race/b", 5.0), ("race/free", 9.0)])
                .ends_with("| ours / theirs |     0.5 | 0.500 | holds | race/b |\n")
        );
        assert!(shown(&[("race/a", 6.0)]).contains("MISSED"));
        assert!(shown(&[]).contains("not measured"));
    }
}
