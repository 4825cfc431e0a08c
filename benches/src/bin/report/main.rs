//! Writes `docs/performance.md` and its plots from what the parts of `cargo xtask bench` measured:
//!
//! ```text
//! report RESULTS DOCS
//! ```
//!
//! `RESULTS` is a folder with one file of each part; a part without a file is named as missing. It fails where a bar is missed.

mod chart;
mod machine;
mod page;
mod plots;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use corsac_benches::results::Results;

/// The parts: the name of the file, and what it is about.
const PARTS: [(&str, &str); 4] = [
    ("rust", "the benches in Rust and C"),
    ("instructions", "instruction counts"),
    ("python", "Python"),
    ("nginx", "nginx"),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [results, docs] = arguments.as_slice() else {
        eprintln!("usage: report RESULTS DOCS");
        return ExitCode::from(2);
    };
    match write(Path::new(results), Path::new(docs)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("report: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(folder: &Path, docs: &Path) -> Result<(), Box<dyn Error>> {
    let mut measured = page::Measured::default();
    for (name, what) in PARTS {
        let file = folder.join(name).with_extension("json");
        if !file.exists() {
            measured.missing.push(what);
            continue;
        }
        let part = Results::read(&file)?;
        measured.results.rows.extend(part.rows);
        measured.versions.extend((!part.about.is_empty()).then_some(part.about));
    }
    let plots = docs.join("performance");
    fs::create_dir_all(&plots)?;
    let has = |name: &str| docs.join(name).exists();
    let page = page::Page::new(&measured, has)?;
    fs::write(docs.join("performance.md"), page.text)?;
    for (name, svg) in &page.plots {
        fs::write(plots.join(name).with_extension("svg"), svg)?;
    }
    println!("{} and {} plots are written", docs.join("performance.md").display(), page.plots.len());
    match page.missed.as_slice() {
        [] => Ok(()),
        missed => Err(format!("bars that are missed: {}", missed.join("; ")).into()),
    }
}
