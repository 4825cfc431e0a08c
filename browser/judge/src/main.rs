//! `corsac-judge`: see the library.

use std::process::ExitCode;

use corsac_judge::{Adapter, Error, Judge, Plant, Reach, Summary, cases};
use lexopt::prelude::{Long, Short, ValueExt as _};

const USAGE: &str = "\
corsac-judge [--cases N] [--seed S] [--plant MISTAKE] [ADAPTER]

  --cases N             so many cases (default 5000, and 250 for an adapter)
  --seed S              made of that seed (default 1)
  --plant MISTAKE       with a mistake that has to be found
  --tower               against the layer for tower
  --nginx MODULE        against nginx with the module, a .so
  --fastapi PYTHON      against FastAPI, in a Python that has corsac, fastapi and uvicorn
  --board ORIGIN        against a firmware of examples/cortex-m that answers there
";

/// What was asked for.
#[derive(Debug)]
struct Arguments {
    cases: Option<usize>,
    seed: u64,
    plant: Option<Plant>,
    adapter: Option<Adapter>,
}

/// How many cases there are where nobody says.
const CASES: usize = 5_000;
const CASES_OF_AN_ADAPTER: usize = 250;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match parse(lexopt::Parser::from_env()) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(mistake) => {
            eprintln!("corsac-judge: {mistake}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let done = tokio::select! {
        done = run(&arguments) => done,
        // The browser, which is in a group of its own, ends with what is dropped here.
        _ = tokio::signal::ctrl_c() => return ExitCode::from(130),
    };
    match done {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("corsac-judge: {error}");
            ExitCode::from(2)
        }
    }
}

async fn run(arguments: &Arguments) -> Result<usize, Error> {
    let Arguments { seed, plant, .. } = *arguments;
    let mut judge = Judge::start().await?;
    let mut failed = 0;
    let mut summary = if let Some(adapter) = &arguments.adapter {
        adapter.judge(&mut judge, seed, arguments.cases.unwrap_or(CASES_OF_AN_ADAPTER), plant).await?
    } else {
        // First, in a browser that remembers nothing yet.
        if plant.is_none() {
            failed += told(&judge.deviations().await?);
        }
        let cases = cases(&judge.setting(Reach::Any), seed, arguments.cases.unwrap_or(CASES));
        judge.core(cases, plant).await?
    };
    if plant.is_none() {
        summary.demand_enough();
    }
    failed += told(&summary);
    judge.quit().await?;
    Ok(failed)
}

/// Prints what came of a run, and how many failed.
fn told(summary: &Summary) -> usize {
    println!("{summary}{}", summary.closing_line());
    summary.failed()
}

fn parse(mut parser: lexopt::Parser) -> Result<Option<Arguments>, lexopt::Error> {
    let mut arguments = Arguments { cases: None, seed: 1, plant: None, adapter: None };
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Long("cases") => match parser.value()?.parse()? {
                0 => return Err("no cases prove nothing".into()),
                cases => arguments.cases = Some(cases),
            },
            Long("seed") => arguments.seed = parser.value()?.parse()?,
            Long("plant") => {
                let name = parser.value()?.string()?;
                arguments.plant = Some(Plant::named(&name).ok_or_else(|| format!("no mistake {name:?}"))?);
            }
            Long("tower") => arguments.adapter = Some(Adapter::Tower),
            Long("nginx") => arguments.adapter = Some(Adapter::Nginx(parser.value()?.into())),
            Long("fastapi") => arguments.adapter = Some(Adapter::FastApi(parser.value()?.into())),
            Long("board") => arguments.adapter = Some(Adapter::Board(parser.value()?.string()?)),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(arguments))
}
