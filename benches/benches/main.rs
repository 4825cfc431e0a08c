//! All benches in one program, with a table of ratios at the end. The method is in the README.

mod answer;
mod c;
mod compile;
mod floor;
mod hostile;
mod peers;
mod row;
mod scale;
mod screen;
mod table;

use row::Rows;
use table::Table;

fn main() {
    let mut rows = Rows::from_args();
    peers::measure(&mut rows);
    floor::measure(&mut rows);
    scale::measure(&mut rows);
    hostile::measure(&mut rows);
    screen::measure(&mut rows);
    c::measure(&mut rows);
    compile::measure(&mut rows);
    rows.finish();
    if rows.is_measuring() {
        let bars = [
            peers::report(&rows),
            peers::report_layers(&rows),
            floor::report(&rows),
            scale::report(&rows),
            hostile::report(&rows),
            screen::report(&rows),
            c::report(&rows),
        ];
        compile::report(&rows);
        let mut table = Table::new(["bar", "at most", "measured", "", "worst row"]);
        for bar in bars {
            table.push(bar.line());
        }
        table.print("BARS (ratios of medians; the worst row of each)");
    }
}
