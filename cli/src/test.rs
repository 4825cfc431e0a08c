//! `corsac test`: an operator's own expectations, run like tests.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;
use toml::de::{DeTable, DeValue};

use crate::args;
use crate::expectation::{Expectation, Verdict};
use crate::loaded::{Loaded, open};
use crate::output::{ERROR, Exit, GOOD, Misuse, Output, STRONG, counted, visible};
use crate::policy_file::PolicyFile;
use crate::problem::{problems_json, problems_text};
use crate::shape;
use crate::source::{Position, Source};
use crate::test_file;

/// Runs the command.
pub(crate) fn run(args: &args::Test, json: bool) -> Result<Output, Misuse> {
    let source = Source::read(&args.file)?;
    let table = shape::parse(&source)?;
    let rows = test_file::read_rows(&table).map_err(|problems| {
        let text = problems_text(&problems, &source, &source.place_of_file());
        let json =
            serde_json::json!({ "error": "the test file is invalid", "problems": problems_json(&problems, &source) });
        Misuse::with_text(text, json)
    })?;
    let tested = Tested::of(&table, &source, &args.file)?;
    let policy = open(&tested.image)?;
    let verdicts: Vec<(&Expectation, Verdict)> = rows.iter().map(|row| (row, row.verdict(&policy))).collect();
    let is_met = verdicts.iter().all(|(_, verdict)| verdict.differences.is_empty());
    let run = Run { source: &source, policy: tested.name, verdicts: &verdicts };
    let exit = Exit::of(is_met);
    Ok(if json { Output::json(&run.json(), exit) } else { Output::text(run.text(), exit) })
}

/// The policy that a test file is about.
struct Tested {
    name: String,
    image: Vec<u8>,
}

impl Tested {
    fn of(table: &DeTable<'_>, source: &Source, path: &Path) -> Result<Self, Misuse> {
        match table.get("policy").map(shape::Value::get_ref) {
            Some(DeValue::Table(options)) => {
                let image = PolicyFile::from_table(options).compile_or_misuse(source)?;
                Ok(Self { name: "its own policy".to_owned(), image })
            }
            Some(DeValue::String(policy)) => {
                let loaded = Loaded::read(&beside(path, policy))?;
                Ok(Self { name: loaded.source.place_of_file(), image: loaded.image })
            }
            _ => Err(Misuse::new("the test file names no policy")),
        }
    }
}

/// A path that is relative to the folder of the file in which it stands.
fn beside(file: &Path, path: &str) -> PathBuf {
    match file.parent() {
        Some(folder) if file != Path::new("-") && path != "-" => folder.join(path),
        _ => PathBuf::from(path),
    }
}

struct Run<'r> {
    source: &'r Source,
    policy: String,
    verdicts: &'r [(&'r Expectation, Verdict)],
}

impl Run<'_> {
    fn failed(&self) -> usize {
        self.verdicts.iter().filter(|(_, verdict)| !verdict.differences.is_empty()).count()
    }

    fn text(&self) -> String {
        let mut text = format!("running {} of {}\n", counted(self.verdicts.len(), "expectation"), self.policy);
        for (row, verdict) in self.verdicts {
            let result = match verdict.differences.is_empty() {
                true => format!("{GOOD}ok{GOOD:#}"),
                false => format!("{ERROR}FAILED{ERROR:#}"),
            };
            let _ = writeln!(text, "test {} ... {result}", visible(&row.name));
        }
        let failed = self.failed();
        if failed > 0 {
            text.push_str("\nfailures:\n");
        }
        for (row, verdict) in self.verdicts.iter().filter(|(_, verdict)| !verdict.differences.is_empty()) {
            let place = self.source.place(row.at);
            let _ = writeln!(text, "\n{place}: {STRONG}{}{STRONG:#}", visible(&row.name));
            for (about, sentence) in &verdict.differences {
                let _ = writeln!(text, "  {ERROR}{about}{ERROR:#}: {}", visible(sentence));
            }
            let _ = writeln!(text, "  because: {}", visible(&verdict.because));
        }
        let result = if failed == 0 { format!("{GOOD}ok{GOOD:#}") } else { format!("{ERROR}FAILED{ERROR:#}") };
        let passed = self.verdicts.len() - failed;
        let _ = writeln!(text, "\ntest result: {result}. {passed} passed; {failed} failed");
        text
    }

    fn json(&self) -> RunJson<'_> {
        let failed = self.failed();
        let result = |(row, verdict): &'_ (&Expectation, Verdict)| {
            let Position { line, column } = self.source.position(row.at);
            let differences = verdict.differences.iter().map(|(about, sentence)| format!("{about}: {sentence}"));
            ResultJson {
                name: row.name.clone(),
                ok: verdict.differences.is_empty(),
                line,
                column,
                differences: differences.collect(),
                because: verdict.because.clone(),
            }
        };
        RunJson {
            ok: failed == 0,
            policy: &self.policy,
            passed: self.verdicts.len() - failed,
            failed,
            results: self.verdicts.iter().map(result).collect(),
        }
    }
}

#[derive(Serialize)]
struct RunJson<'r> {
    ok: bool,
    policy: &'r str,
    passed: usize,
    failed: usize,
    results: Vec<ResultJson>,
}

#[derive(Serialize)]
struct ResultJson {
    name: String,
    ok: bool,
    line: usize,
    column: usize,
    differences: Vec<String>,
    because: String,
}
