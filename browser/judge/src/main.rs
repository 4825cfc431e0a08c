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
    match run(&arguments).await {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("corsac-judge: {error}");
            ExitCode::from(2)
        }
    }
}

async fn run(arguments: &Arguments) -> Result<usize, Error> {
    let mut judge = Judge::start().await?;
    if let Some(adapter) = &arguments.adapter {
        let count = arguments.cases.unwrap_or(CASES_OF_AN_ADAPTER);
        let summary = adapter.judge(&mut judge, arguments.seed, count).await?;
        judge.quit().await?;
        return Ok(told(&summary));
    }
    let setting = judge.setting(Reach::Any);
    let count = arguments.cases.unwrap_or(CASES);
    let summary = judge.core(cases(&setting, arguments.seed, count), arguments.plant).await?;
    let mut failed = told(&summary);
    if arguments.plant.is_none() {
        failed += told(&judge.deviations().await?);
        for lack in summary.shares.lacks() {
            println!("too few: {lack}");
            failed += 1;
        }
    }
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
            Long("cases") => arguments.cases = Some(parser.value()?.parse()?),
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
    if arguments.plant.is_some() && arguments.adapter.is_some() {
        return Err("--plant belongs to the core alone".into());
    }
    Ok(Some(arguments))
}
