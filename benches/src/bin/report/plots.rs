//! Which plots there are, and what they show.

use std::error::Error;

use corsac_benches::comparisons::*;
use corsac_benches::results::{Results, Row, Term};
use corsac_benches::stats::Spread;
use corsac_benches::table::grouped;

use crate::chart::{Axis, Dots, Lines, Scale, Series};

/// A plot: the name of its file, what it shows in a few words, and the drawing.
pub(crate) struct Plot {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) svg: String,
}

type Drawn = Result<Option<Plot>, Box<dyn Error>>;

const TIME: Axis = Axis { title: "time", scale: Scale::Linear, show: short_time };
const TIME_LOG: Axis = Axis { scale: Scale::Log, ..TIME };

/// Every bar, as a part of what it allows.
pub(crate) fn bars(comparisons: &[Comparison], bars: &[&'static Bar], results: &Results) -> Drawn {
    let (mut rows, mut points) = (Vec::new(), Vec::new());
    for bar in bars {
        let Some(worst) = bar.worst(comparisons, results) else { continue };
        points.push((rows.len() as f64, worst.ratio.map(|ratio| ratio / bar.at_most)));
        rows.push(bar.what.replace('`', ""));
    }
    let x = Axis { title: "worst row, as a part of what the bar allows", scale: Scale::Log, show: short };
    let series = vec![Series { label: String::new(), points }];
    dots(
        "bars",
        Dots { title: "The worst row of each bar; right of the line it is missed", rows, x, series, limit: Some(1.0) },
    )
}

pub(crate) fn middleware(results: &Results) -> Drawn {
    let series = [
        ("decide", Term::of(DECIDE)),
        ("corsac-tower adds", corsac_tower_adds()),
        ("CorsLayer adds", cors_layer_adds()),
        ("actix-cors adds", actix_cors_adds()),
    ];
    let title = "What decide takes and what middleware adds, with a list of 10 origins";
    dots("middleware", rows_of(results, "peers", ", list-10", title, TIME_LOG, series))
}

pub(crate) fn floor(results: &Results) -> Drawn {
    let series = [
        ("hard-coded", Term::of(FLOOR)),
        ("decide, policy!", Term::of(DECIDE_CONST)),
        ("decide, opaque policy", Term::of(DECIDE)),
    ];
    let title = "decide and the same answer, hard-coded, with one origin";
    dots("floor", rows_of(results, "floor", "", title, TIME, series))
}

pub(crate) fn python_asgi(results: &Results) -> Drawn {
    let series = [("corsac", class_adds("corsac", 100)), ("Starlette", class_adds("starlette", 100))];
    let title = "What the ASGI classes add to a request, with 100 origins";
    dots("python-asgi", rows_of(results, "ASGI", "", title, Axis { title: "CPU time", ..TIME_LOG }, series))
}

pub(crate) fn python_growth(results: &Results) -> Drawn {
    let mut series = Vec::new();
    for (group, peer) in PYTHON {
        let Some(row) = results.group(group).find(|row| row.label() == "actual, allowed") else { return Ok(None) };
        for (label, who) in [(peer.replace("starlette", "Starlette"), peer), (format!("corsac, {group}"), "corsac")] {
            series.push(grown(label, &ORIGINS, |origins| row.spread(&class_adds(who, origins))));
        }
    }
    let title = "What the classes of Python add to an allowed request, by the number of origins";
    let y = Axis { title: "CPU time", ..TIME_LOG };
    lines("python-growth", Lines { title, x: counts("origins", Scale::Log), y, series })
}

pub(crate) fn nginx(results: &Results) -> Drawn {
    let series = [("module", NGINX_ON), ("recipe", NGINX_RECIPE), ("recipe, by hand", NGINX_BY_HAND)];
    let series = series.map(|(label, setup)| (label, nginx_adds(setup)));
    let x = Axis { title: "instructions added to a request", scale: Scale::Linear, show: grouped };
    let title = "Instructions that the module and the recipe add to a request in nginx";
    dots("nginx", rows_of(results, "nginx", "", title, x, series))
}

pub(crate) fn scale(results: &Results) -> Drawn {
    let series = each_row(results, "scale", &PATTERNS, |row, count| row.spread(&Term::of(patterns(count))));
    let title = "decide, by the number of patterns, with 1,024 origins in turn";
    lines("patterns", Lines { title, x: counts("patterns", Scale::Log), y: TIME_LOG, series })
}

pub(crate) fn length(results: &Results) -> Drawn {
    let series = each_row(results, "length", &LENGTHS, |row, length| row.spread(&Term::of(bytes(length))));
    let title = "decide, by the length of the origin";
    lines("length", Lines { title, x: counts("bytes of the origin", Scale::Linear), y: TIME, series })
}

pub(crate) fn asked_names(results: &Results) -> Drawn {
    let of = |label, who| by_label(results, "names", &NAMES, label, &Term::of(who));
    let series = vec![
        of("decide, 128 listed", DECIDE_LONG_LIST),
        of("decide, 4 listed", DECIDE),
        of("hard-coded, 4 listed", FLOOR),
    ];
    let title = "An allowed preflight, by the number of header names that it asks for";
    lines("names", Lines { title, x: counts("names asked for", Scale::Linear), y: TIME, series })
}

pub(crate) fn compile(results: &Results) -> Drawn {
    let of = |label, what| by_label(results, "compile", &PATTERNS, label, &Term::of(what));
    let title = "Compiling a policy and opening its image, by the number of patterns";
    let series = vec![of("compile", COMPILE), of("open", OPEN)];
    lines("compile", Lines { title, x: counts("patterns", Scale::Log), y: TIME_LOG, series })
}

pub(crate) fn image(results: &Results) -> Drawn {
    let series = vec![by_label(results, "compile", &PATTERNS, "image", &Term::of(IMAGE))];
    let y = Axis { title: "bytes of the image", scale: Scale::Log, show: short_bytes };
    let title = "The size of the image, by the number of patterns";
    lines("image", Lines { title, x: counts("patterns", Scale::Log), y, series })
}

pub(crate) fn hostile(results: &Results) -> Drawn {
    let (mut rows, mut series) = (Vec::new(), [("from the list of fields", Vec::new()), ("decide alone", Vec::new())]);
    for row in results.group("hostile") {
        let number = rows.len() as f64;
        let ratios = [(DECIDE_LIST, ORDINARY_LIST), (DECIDE, ORDINARY)];
        for ((_, points), (this, ordinary)) in series.iter_mut().zip(ratios) {
            points.extend(row.ratio(&Term::of(this), &Term::of(ordinary)).map(|ratio| (number, ratio)));
        }
        rows.push(row.label().to_owned());
    }
    let series = series.map(|(label, points)| Series { label: label.to_owned(), points });
    let x = Axis { title: "time, as a multiple of an ordinary refused preflight's", scale: Scale::Log, show: short };
    let title = "Hostile requests against an ordinary refused preflight; the line is the bar for 64 KiB";
    dots("hostile", Dots { title, rows, x, series: series.into(), limit: Some(HOSTILE_BAR.at_most) })
}

fn counts(title: &'static str, scale: Scale) -> Axis {
    Axis { title, scale, show: grouped }
}

/// Rows of a group whose label has that end, which is left out.
fn rows_of<const N: usize>(
    results: &Results,
    group: &str,
    end: &str,
    title: &'static str,
    x: Axis,
    series: [(&str, Term); N],
) -> Dots {
    let rows: Vec<(&str, &Row)> =
        results.group(group).filter_map(|row| Some((row.label().strip_suffix(end)?, row))).collect();
    let series = series.map(|(label, term)| {
        let points = rows.iter().enumerate().filter_map(|(number, (_, row))| Some((number as f64, row.spread(&term)?)));
        Series { label: label.to_owned(), points: points.collect() }
    });
    let rows = rows.iter().map(|(label, _)| (*label).to_owned()).collect();
    Dots { title, rows, x, series: series.into(), limit: None }
}

/// A line for each row of a group.
fn each_row(
    results: &Results,
    group: &str,
    counts: &[usize],
    of: impl Fn(&Row, usize) -> Option<Spread>,
) -> Vec<Series> {
    results.group(group).map(|row| grown(row.label().to_owned(), counts, |count| of(row, count))).collect()
}

/// A line for one thing in rows whose labels are numbers.
fn by_label(results: &Results, group: &str, counts: &[usize], label: &str, term: &Term) -> Series {
    let row = |count: usize| results.group(group).find(|row| row.label() == count.to_string());
    grown(label.to_owned(), counts, |count| row(count)?.spread(term))
}

fn grown(label: String, counts: &[usize], of: impl Fn(usize) -> Option<Spread>) -> Series {
    Series { label, points: counts.iter().filter_map(|count| Some((*count as f64, of(*count)?))).collect() }
}

fn lines(name: &'static str, lines: Lines) -> Drawn {
    if lines.series.iter().all(|series| series.points.is_empty()) {
        return Ok(None);
    }
    Ok(Some(Plot { name, title: lines.title, svg: lines.svg()? }))
}

fn dots(name: &'static str, dots: Dots) -> Drawn {
    if dots.series.iter().all(|series| series.points.is_empty()) {
        return Ok(None);
    }
    Ok(Some(Plot { name, title: dots.title, svg: dots.svg()? }))
}

/// As few digits as a tick needs.
fn short(number: f64) -> String {
    let digits = 1e6;
    ((number * digits).round() / digits).to_string()
}

fn short_time(nanoseconds: f64) -> String {
    match nanoseconds.abs().round() {
        0.0 => "0".to_owned(),
        ..1_000.0 => format!("{} ns", short(nanoseconds)),
        ..1_000_000.0 => format!("{} µs", short(nanoseconds / 1e3)),
        ..1_000_000_000.0 => format!("{} ms", short(nanoseconds / 1e6)),
        _ => format!("{} s", short(nanoseconds / 1e9)),
    }
}

fn short_bytes(bytes: f64) -> String {
    match bytes {
        ..1e3 => format!("{} B", short(bytes)),
        ..1e6 => format!("{} kB", short(bytes / 1e3)),
        _ => format!("{} MB", short(bytes / 1e6)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_short() {
        assert_eq!([0.0, 200.0, 2_500.0, 1e6, 2e9].map(short_time), ["0", "200 ns", "2.5 µs", "1 ms", "2 s"]);
        assert_eq!([100.0, 1e4, 1e8].map(short_bytes), ["100 B", "10 kB", "100 MB"]);
        assert_eq!([0.1 + 0.2, 3.0].map(short), ["0.3", "3"]);
    }
}
