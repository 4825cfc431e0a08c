//! All benches in one program, with tables of what is compared at the end. The method is in the README.

mod answer;
mod c;
mod compile;
mod designs;
mod floor;
mod growth;
mod hostile;
mod noise;
mod peers;
mod row;
mod scale;
mod screen;

use std::path::PathBuf;

use corsac_benches::comparisons::{self, Detail};
use corsac_benches::results::Results;
use row::Rows;

/// Names the file that the report is made of.
const FILE: &str = "CORSAC_BENCH_JSON";

fn main() {
    let mut rows = Rows::from_args();
    noise::measure(&mut rows);
    peers::measure(&mut rows);
    floor::measure(&mut rows);
    scale::measure(&mut rows);
    hostile::measure(&mut rows);
    screen::measure(&mut rows);
    c::measure(&mut rows);
    growth::measure(&mut rows);
    compile::measure(&mut rows);
    designs::measure(&mut rows);
    let results = rows.finish();
    print(&results);
    if let Some(file) = std::env::var_os(FILE).map(PathBuf::from) {
        results.write(&file).expect("the file of the results can be written");
    }
}

fn print(results: &Results) {
    if results.rows.is_empty() {
        return;
    }
    let all = comparisons::rust();
    for comparison in &all {
        let table = comparison.table(results, Detail::Median);
        if !table.is_empty() {
            println!("\n{}\n{}", comparison.title.to_uppercase(), table.to_text());
        }
    }
    println!("\nBARS (the worst row of each)");
    print!("{}", comparisons::bars(&all, &comparisons::RUST_BARS, results, Detail::Median).to_text());
}
