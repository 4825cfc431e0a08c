//! Tables, as text for a terminal and as Markdown, and numbers for people.

use crate::stats::Spread;

/// A table whose first column is left-aligned and the others right-aligned.
#[derive(Clone, Debug)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with titles and no row.
    pub fn new(titles: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { rows: vec![titles.into_iter().map(Into::into).collect()] }
    }

    /// Adds a row.
    pub fn push(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.len() < 2
    }

    /// For a terminal.
    pub fn to_text(&self) -> String {
        self.lines(|cells| format!("  {}", cells.join("  ")), |_| None)
    }

    /// For a document.
    pub fn to_markdown(&self) -> String {
        let rule = |widths: &[usize]| {
            let rules = widths.iter().enumerate().map(|(column, &width)| match column {
                0 => "-".repeat(width.max(1)),
                _ => "-".repeat(width.max(2) - 1) + ":",
            });
            Some(format!("| {} |", rules.collect::<Vec<_>>().join(" | ")))
        };
        self.lines(|cells| format!("| {} |", cells.join(" | ")), rule)
    }

    /// Each row as a line, with something below the first.
    fn lines(&self, line: impl Fn(&[String]) -> String, rule: impl Fn(&[usize]) -> Option<String>) -> String {
        let width = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.rows[0].len()).map(width).collect();
        let mut text = String::new();
        for (number, row) in self.rows.iter().enumerate() {
            let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| match column {
                0 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            });
            text.push_str(line(&cells.collect::<Vec<_>>()).trim_end());
            text.push('\n');
            if number == 0
                && let Some(rule) = rule(&widths)
            {
                text.push_str(&rule);
                text.push('\n');
            }
        }
        text
    }
}

/// A time for people.
pub fn time(nanoseconds: f64) -> String {
    match nanoseconds.abs() {
        ..1e3 => format!("{nanoseconds:.1} ns"),
        ..1e6 => format!("{:.2} µs", nanoseconds / 1e3),
        ..1e9 => format!("{:.2} ms", nanoseconds / 1e6),
        _ => format!("{:.2} s", nanoseconds / 1e9),
    }
}

/// A ratio for people.
pub fn times(ratio: f64) -> String {
    match ratio.abs() {
        ..1.0 => format!("{ratio:.3}"),
        ..100.0 => format!("{ratio:.2}"),
        _ => format!("{ratio:.0}"),
    }
}

/// A ratio and its quartiles, where these differ.
pub fn times_spread(ratio: Spread) -> String {
    let [low, median, high] = [ratio.low, ratio.median, ratio.high].map(times);
    if low == high { median } else { format!("{median} ({low}–{high})") }
}

/// A whole number with its thousands apart.
pub fn grouped(number: f64) -> String {
    let digits = format!("{:.0}", number.abs());
    let mut text = if number <= -0.5 { "-".to_owned() } else { String::new() };
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_text_and_markdown() {
        let mut table = Table::new(["", "ours"]);
        assert!(table.is_empty());
        table.push(["GET", "12.0 ns"]);
        assert_eq!(table.to_text(), "          ours\n  GET  12.0 ns\n");
        assert_eq!(table.to_markdown(), "|     |    ours |\n| --- | ------: |\n| GET | 12.0 ns |\n");
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(["999.9 ns", "1.00 µs", "-20.50 ms", "2.00 s"], [999.9, 1e3, -2.05e7, 2e9].map(time));
        assert_eq!(["0", "999", "1,000", "-1,234,567"], [0.0, 999.0, 1_000.0, -1_234_567.0].map(grouped));
        let ratio = Spread { low: 0.9876, median: 1.0, high: 12.345 };
        assert_eq!(times_spread(ratio), "1.00 (0.988–12.35)");
        assert_eq!(times_spread(Spread { low: 123.4, median: 123.4, high: 123.45 }), "123");
    }
}
