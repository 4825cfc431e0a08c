//! Tables as text, and what becomes of a bar.

/// A table whose first column is left-aligned and the others right-aligned.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new<const N: usize>(titles: [&str; N]) -> Self {
        Self { rows: vec![titles.map(str::to_owned).to_vec()] }
    }

    pub(crate) fn push<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.to_vec());
    }

    /// Prints it under a title, unless it has no row.
    pub(crate) fn print(&self, title: &str) {
        if self.rows.len() < 2 {
            return;
        }
        println!("\n{title}");
        let columns = self.rows[0].len();
        let width = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in &self.rows {
            let mut line = format!("  {:<width$}", row[0], width = widths[0]);
            for (cell, width) in row.iter().zip(&widths).skip(1) {
                line.push_str(&format!("  {cell:>width$}"));
            }
            println!("{}", line.trim_end());
        }
    }
}

/// What a ratio may be at most, and the worst of those that were measured.
pub(crate) struct Bar {
    what: &'static str,
    limit: f64,
    worst: Option<(f64, String)>,
}

impl Bar {
    pub(crate) fn new(what: &'static str, limit: f64) -> Self {
        Self { what, limit, worst: None }
    }

    /// Counts a ratio, and says whether it is within the limit.
    pub(crate) fn count(&mut self, row: &str, ratio: f64) -> String {
        if self.worst.as_ref().is_none_or(|(worst, _)| ratio > *worst) {
            self.worst = Some((ratio, row.to_owned()));
        }
        self.verdict(ratio).to_owned()
    }

    fn verdict(&self, ratio: f64) -> &'static str {
        if ratio <= self.limit { "holds" } else { "MISSED" }
    }

    pub(crate) fn line(&self) -> [String; 5] {
        let limit = format!("{} x", self.limit);
        match &self.worst {
            Some((ratio, row)) => {
                [self.what.to_owned(), limit, times(*ratio), self.verdict(*ratio).to_owned(), row.clone()]
            }
            None => [self.what.to_owned(), limit, String::new(), "not measured".to_owned(), String::new()],
        }
    }
}

/// A time for people.
pub(crate) fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        ..10_000.0 => format!("{nanoseconds:.1} ns"),
        ..10_000_000.0 => format!("{:.1} us", nanoseconds / 1e3),
        _ => format!("{:.1} ms", nanoseconds / 1e6),
    }
}

/// A ratio for people.
pub(crate) fn times(ratio: f64) -> String {
    if ratio < 1.0 { format!("{ratio:.3} x") } else { format!("{ratio:.2} x") }
}
