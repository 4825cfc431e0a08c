//! The page: what was compared, in tables and plots, how, on what, and what it does not show.

use std::error::Error;
use std::fmt::Write as _;

use corsac_benches::comparisons::*;
use corsac_benches::results::Results;

use crate::machine;
use crate::plots::{self, Plot};

/// What all parts measured.
#[derive(Default)]
pub(crate) struct Measured {
    pub(crate) results: Results,
    /// What took part, a line for each part that says so.
    pub(crate) versions: Vec<String>,
    /// Parts that measured nothing.
    pub(crate) missing: Vec<&'static str>,
}

/// The text, and the plots that it shows.
pub(crate) struct Page {
    pub(crate) text: String,
    pub(crate) plots: Vec<(&'static str, String)>,
    /// What of the bars does not hold.
    pub(crate) missed: Vec<&'static str>,
}

const HEAD: &str = "\
# Performance

This page was written by `cargo xtask bench`, which measured everything on it in one run. What is compared with what, and each
figure's bench, is described in [benches/README.md](../benches/README.md).
";

const BARS: &str = "
## The bars

The bars are those of the project's design, and three more: for 1,000,000 patterns, for `screen` and for C. Each is a ratio, judged by
the median of its worst row; in brackets are the quartiles of that row's samples.
";

const METHOD: &str = "
## Method

- All contenders of a row run one straight after the other in each sample, equally often, each in turn the first, so that what else
  the machine does falls on all alike. A ratio is formed within each sample; shown are its median and its quartiles: `0.50
  (0.48–0.53)`. What something *adds* is the time with it less the time without it in the same sample. So a ratio need not be
  exactly that of the two medians beside it. Past its bar, a ratio has a `!` behind it.
- Rows are measured one after the other, and a shared machine may change its pace between them: times of different rows are compared
  less well than ratios, and than the times of one row.
- Rust: 30 samples of Criterion's (10 where compiling takes seconds) after warming up. Python: 151 rounds of 2 ms of CPU time for each
  contender, in a new order each time. nginx: instructions by callgrind, as the difference of two runs of different lengths. Instruction
  counts: by callgrind, likewise.
- Every answer is asserted before it is timed: its verdict, its fields, and that peers and the floor give the same.
- Requests are a browser's, of ten to thirteen fields. The policy has three methods, four headers, credentials and a max-age, and so
  has each peer's.
- In the plots, a mark is a median and the line through it reaches from quartile to quartile.
";

const LIMITS: &str = "
## What the figures do not show

- Throughput or latency of a server: the network, parsing requests and writing responses cost many times what is measured here.
- Other processors, compilers and allocators. Quote a ratio with the kind of machine and the compiler, or an instruction count; an
  instruction is no unit of time.
- Several cores at once, and a processor whose caches and branch predictors are full of other work, as a server's are. Only the rows
  that take 1,024 origins in turn come near to that, and they too repeat.
- Peers in other configurations than those of the rows, and what peers do beyond CORS. A time says nothing of whether a library suits
  somebody.
- Differences that are smaller than those between equal things, under *Noise*.
";

impl Page {
    /// Makes the page; `has` says whether a document is there to link to.
    pub(crate) fn new(measured: &Measured, has: impl Fn(&str) -> bool) -> Result<Self, Box<dyn Error>> {
        let results = &measured.results;
        let mut page = Self { text: HEAD.to_owned(), plots: Vec::new(), missed: Vec::new() };
        if has("performance-notes.md") {
            page.text.push_str(
                "Where the instructions go, and which designs were not taken, is told in [performance-notes.md](performance-notes.md).\n",
            );
        }
        if !measured.missing.is_empty() {
            writeln!(page.text, "\n**Not measured in this run: {}.**", measured.missing.join(", "))?;
        }

        let mut all: Vec<Comparison> = rust().into();
        all.extend(PYTHON.map(|(group, peer)| python(group, peer)));
        all.push(nginx());
        let every_bar: Vec<_> = RUST_BARS.into_iter().chain(SERVER_BARS).collect();
        page.text.push_str(BARS);
        write!(page.text, "\n{}", bars(&all, &every_bar, results, Detail::Quartiles).to_markdown())?;
        let is_missed =
            |bar: &&'static Bar| bar.worst(&all, results).is_some_and(|worst| worst.ratio.median > bar.at_most);
        page.missed = every_bar.iter().copied().filter(is_missed).map(|bar| bar.what).collect();
        page.plot(plots::bars(&all, &every_bar, results)?);
        if has("embedded.md") {
            page.text.push_str("\nFlash, stack and instructions on a Cortex-M3 are in [embedded.md](embedded.md).\n");
        }

        page.section(results, &floor(), [plots::floor(results)?]);
        page.section(results, &instructions(), []);
        page.section(results, &layer_instructions(), []);
        page.section(results, &peers(), [plots::middleware(results)?]);
        page.section(results, &layers(), []);
        page.python(results)?;
        page.section(results, &nginx(), [plots::nginx(results)?]);
        page.section(results, &scale(), [plots::scale(results)?]);
        page.section(results, &length(), [plots::length(results)?]);
        page.section(results, &asked_names(), [plots::asked_names(results)?]);
        page.section(results, &hostile(), [plots::hostile(results)?]);
        page.section(results, &compile(), [plots::compile(results)?, plots::image(results)?]);
        page.section(results, &screen(), []);
        page.section(results, &c(), []);
        page.text.push_str(METHOD);
        page.text.push_str("\n## Machine\n\n");
        page.text.push_str(&machine::description());
        for versions in &measured.versions {
            writeln!(page.text, "- With {versions}")?;
        }
        page.section(results, &designs_of_lookups(), []);
        page.section(results, &designs_of_checks(), []);
        page.section(results, &noise(), []);
        page.text.push_str(LIMITS);
        Ok(page)
    }

    /// A heading, what is compared, the table and the plots; nothing where nothing was measured.
    fn section<const N: usize>(&mut self, results: &Results, comparison: &Comparison, plots: [Option<Plot>; N]) {
        let table = comparison.table(results, Detail::Quartiles);
        if !table.is_empty() {
            let Comparison { title, text, .. } = comparison;
            self.text.push_str(&format!("\n## {title}\n\n{text}\n\n{}", table.to_markdown()));
            plots.into_iter().for_each(|plot| self.plot(plot));
        }
    }

    fn python(&mut self, results: &Results) -> Result<(), Box<dyn Error>> {
        let tables =
            PYTHON.map(|(group, peer)| python(group, peer)).map(|one| (one.table(results, Detail::Quartiles), one));
        if tables.iter().any(|(table, _)| table.is_empty()) {
            return Ok(());
        }
        self.text.push_str(
            "\n## Python against its peers\n\nWhat a class adds to one request with 1, 100 and 10,000 origins in its list: the time \
             with it less the time of the bare application. *Whole* is the ratio with the application's time on both sides. A \
             preflight does not get to the application; where answering it takes less time than the application, nothing is added and \
             there is no ratio.\n",
        );
        for (table, Comparison { title, text, .. }) in tables {
            write!(self.text, "\n### {title}\n\n{text}\n\n{}", table.to_markdown())?;
        }
        self.plot(plots::python_asgi(results)?);
        self.plot(plots::python_growth(results)?);
        Ok(())
    }

    fn plot(&mut self, plot: Option<Plot>) {
        if let Some(Plot { name, title, svg }) = plot {
            self.text.push_str(&format!("\n![{title}](performance/{name}.svg)\n"));
            self.plots.push((name, svg));
        }
    }
}

#[cfg(test)]
mod tests {
    use corsac_benches::results::Row;

    use super::*;

    fn page(measured: &Measured, documents: &[&str]) -> Page {
        Page::new(measured, |name| documents.contains(&name)).unwrap()
    }

    #[test]
    fn what_was_not_measured_is_named_and_not_shown() {
        let measured = Measured { missing: vec!["nginx", "Python"], ..Measured::default() };
        let Page { text, plots, missed } = page(&measured, &[]);
        assert!(text.contains("**Not measured in this run: nginx, Python.**"));
        assert!(text.contains("| not measured |"));
        assert!(!text.contains("](performance-notes.md)") && !text.contains("## nginx"));
        assert!(plots.is_empty() && missed.is_empty());
    }

    #[test]
    fn a_missed_bar_is_told_with_its_row() {
        let samples = [("no module", 100.0), (NGINX_ON, 160.0), (NGINX_RECIPE, 300.0), (NGINX_BY_HAND, 220.0)];
        let samples = samples.map(|(setup, count)| (setup.to_owned(), vec![count])).into();
        let mut measured = Measured::default();
        measured.results.rows.push(Row { name: "nginx/GET".into(), samples });
        let Page { text, plots, missed } = page(&measured, &["performance-notes.md"]);
        assert_eq!(missed, [NGINX_BAR.what]);
        assert!(text.contains("| 0.300 |       MISSED | nginx/GET |"), "{text}");
        assert!(text.contains("## nginx against the recipe") && text.contains("| 0.300 ! |"));
        assert!(text.contains("](performance-notes.md)"));
        let plots: Vec<_> = plots.into_iter().map(|(name, _)| name).collect();
        assert_eq!(plots, ["bars", "nginx"]);
        assert!(plots.iter().all(|name| text.contains(&format!("](performance/{name}.svg)"))));
    }
}
