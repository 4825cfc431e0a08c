//! Plots as SVG, readable on a light and on a dark page.
//!
//! Nothing is painted behind them. Every colour stands out from white and from the dark of a forge's pages; text takes the ink
//! of the reader's colour scheme where the viewer knows it.

use corsac_benches::stats::Spread;
use plotters::coord::Shift;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

const WIDTH: u32 = 880;
const MARGIN: u32 = 12;
const FONT: i32 = 13;

/// Text and lines where the viewer knows no colour scheme.
const INK: RGBColor = RGBColor(0x80, 0x80, 0x80);

/// After Okabe and Ito, for all kinds of colour vision, without those that are too light for a white page.
const PALETTE: [RGBColor; 6] = [
    RGBColor(0x2a, 0x7f, 0xbf),
    RGBColor(0xd5, 0x5e, 0x00),
    RGBColor(0x00, 0x9e, 0x73),
    RGBColor(0xc7, 0x6f, 0xa3),
    RGBColor(0x8a, 0x70, 0x3e),
    RGBColor(0x7a, 0x7a, 0xd6),
];

const STYLE: &str = "<style>text{fill:#1f2328}@media(prefers-color-scheme:dark){text{fill:#e6edf3}}</style>";

/// How numbers become places.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    Linear,
    Log,
}

/// An axis of numbers.
pub(crate) struct Axis {
    /// With its unit.
    pub(crate) title: &'static str,
    pub(crate) scale: Scale,
    pub(crate) show: fn(f64) -> String,
}

/// Points that belong together: where they stand, and what was measured there.
pub(crate) struct Series {
    pub(crate) label: String,
    pub(crate) points: Vec<(f64, Spread)>,
}

/// What was measured as it grows with something.
pub(crate) struct Lines {
    pub(crate) title: &'static str,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) series: Vec<Series>,
}

/// What was measured of several things, one a row; points are numbered by their row.
pub(crate) struct Dots {
    pub(crate) title: &'static str,
    pub(crate) rows: Vec<String>,
    pub(crate) x: Axis,
    pub(crate) series: Vec<Series>,
    /// A line that is not to be crossed.
    pub(crate) limit: Option<f64>,
}

type Drawing<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn<T = ()> = Result<T, Box<dyn core::error::Error>>;

impl Lines {
    pub(crate) fn svg(&self) -> Drawn<String> {
        svg(self.title, 360, |root| self.draw(root))
    }

    fn draw(&self, root: &Drawing<'_>) -> Drawn {
        let plot = with_legend(root, &self.series)?;
        let points = || self.series.iter().flat_map(|series| &series.points);
        let x = self.x.ticks(points().map(|(x, _)| *x));
        let y = self.y.ticks(points().flat_map(|(_, spread)| [spread.low, spread.high]));
        let low = y.low;
        let mut chart = ChartBuilder::on(&plot)
            .margin(MARGIN)
            // The last label reaches over the end of its axis.
            .margin_right(3 * MARGIN)
            .x_label_area_size(48)
            .y_label_area_size(72)
            .build_cartesian_2d(x, y)?;
        mesh(&mut chart, self.x.title, self.y.title, &|x| self.x.label(*x), &|y| self.y.label(*y))?;
        for (number, series) in self.series.iter().enumerate() {
            let pixel = |x, value| chart.backend_coord(&(self.x.place(x), self.y.place(value).max(low)));
            let line = series.points.iter().map(|(x, spread)| pixel(*x, spread.median)).collect::<Vec<_>>();
            root.draw(&PathElement::new(line, color(number).stroke_width(2)))?;
            for (x, spread) in &series.points {
                let ends = [spread.low, spread.high].map(|value| pixel(*x, value));
                mark(root, number, pixel(*x, spread.median), Some(ends))?;
            }
        }
        Ok(())
    }
}

impl Dots {
    pub(crate) fn svg(&self) -> Drawn<String> {
        let height = 84 + 30 * self.rows.len() as u32;
        svg(self.title, height, |root| self.draw(root))
    }

    fn draw(&self, root: &Drawing<'_>) -> Drawn {
        let plot = with_legend(root, &self.series)?;
        let points = || self.series.iter().flat_map(|series| &series.points);
        let x = self.x.ticks(points().flat_map(|(_, spread)| [spread.low, spread.high]).chain(self.limit));
        // The first row is the highest.
        let count = self.rows.len() as f64;
        let height = |row: f64| count - row - 0.5;
        let rows = Ticks { low: 0.0, high: count, at: (0..self.rows.len()).map(|row| height(row as f64)).collect() };
        let name = |y: &f64| self.rows.get((count - y - 0.5).round() as usize).cloned().unwrap_or_default();
        let low = x.low;
        let mut chart = ChartBuilder::on(&plot)
            .margin(MARGIN)
            .x_label_area_size(48)
            .y_label_area_size(width_of(self.rows.iter()) + 12)
            .build_cartesian_2d(x, rows)?;
        mesh(&mut chart, self.x.title, "", &|x| self.x.label(*x), &name)?;
        let pixel = |value, y| chart.backend_coord(&(self.x.place(value).max(low), y));
        if let Some(limit) = self.limit {
            root.draw(&PathElement::new([0.0, count].map(|y| pixel(limit, y)), INK.stroke_width(3)))?;
        }
        for (number, series) in self.series.iter().enumerate() {
            let aside = (number as f64 - (self.series.len() - 1) as f64 / 2.0) * 0.18;
            for (row, spread) in &series.points {
                let y = height(*row) - aside;
                let ends = [spread.low, spread.high].map(|value| pixel(value, y));
                mark(root, number, pixel(spread.median, y), Some(ends))?;
            }
        }
        Ok(())
    }
}

/// Where an axis begins, ends and has its labels, as places.
struct Ticks {
    low: f64,
    high: f64,
    at: Vec<f64>,
}

impl Ranged for Ticks {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, place: &f64, (first, last): (i32, i32)) -> i32 {
        let part = (place - self.low) / (self.high - self.low);
        first + (part * f64::from(last - first)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() { Vec::new() } else { self.at.clone() }
    }

    fn range(&self) -> core::ops::Range<f64> {
        self.low..self.high
    }
}

impl Axis {
    fn place(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear => value,
            Scale::Log => value.log10(),
        }
    }

    fn label(&self, place: f64) -> String {
        match self.scale {
            Scale::Linear => (self.show)(place),
            Scale::Log => (self.show)(10_f64.powf(place)),
        }
    }

    /// A logarithm has no place for what is not above 0.
    fn ticks(&self, values: impl Iterator<Item = f64>) -> Ticks {
        let values: Vec<f64> = values.filter(|value| self.scale == Scale::Linear || *value > 0.0).collect();
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        match self.scale {
            Scale::Linear => linear_ticks(low.min(0.0), high),
            Scale::Log => log_ticks(low, high),
        }
    }
}

fn linear_ticks(low: f64, high: f64) -> Ticks {
    let rough = (high - low) / 6.0;
    let unit = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|times| times * unit).into_iter().find(|step| *step >= rough).unwrap_or(rough);
    let (first, last) = ((low / step).floor() as i64, (high / step).floor() as i64);
    let at = (first..=last).map(|number| number as f64 * step).collect();
    Ticks { low: first as f64 * step, high: high + (high - low) * 0.03, at }
}

/// Powers of ten, and where these are few, 2 and 5 times them.
fn log_ticks(low: f64, high: f64) -> Ticks {
    let (low, high) = ((low / 1.2).log10(), (high * 1.2).log10());
    let steps: &[f64] = if high - low > 2.5 { &[1.0] } else { &[1.0, 2.0, 5.0] };
    let decades = low.floor() as i32..=high.ceil() as i32;
    let all = decades.flat_map(|decade| steps.iter().map(move |step| f64::from(decade) + step.log10()));
    Ticks { low, high, at: all.filter(|place| (low..=high).contains(place)).collect() }
}

/// Makes the text of a plot.
fn svg(title: &str, height: u32, draw: impl FnOnce(&Drawing<'_>) -> Drawn) -> Drawn<String> {
    let mut text = String::new();
    {
        let root = SVGBackend::with_string(&mut text, (WIDTH, height)).into_drawing_area();
        draw(&root)?;
        root.present()?;
    }
    let (open, rest) = text.split_once('>').ok_or("no element")?;
    Ok(format!("{open} role=\"img\"><title>{title}</title>{STYLE}{rest}"))
}

/// Writes what the colours mean to the right, where nothing else is, and gives what is left.
fn with_legend<'a>(root: &Drawing<'a>, series: &[Series]) -> Drawn<Drawing<'a>> {
    if series.len() < 2 {
        return Ok(root.clone());
    }
    let width = width_of(series.iter().map(|series| &series.label)) + 36;
    let (plot, legend) = root.split_horizontally(WIDTH - width);
    for (number, series) in series.iter().enumerate() {
        let y = 24 + 22 * number as i32;
        mark(&legend, number, (10, y), None)?;
        legend.draw(&Text::new(series.label.clone(), (22, y), ink(Pos::new(HPos::Left, VPos::Center))))?;
    }
    Ok(plot)
}

fn mesh(
    chart: &mut ChartContext<'_, SVGBackend<'_>, Cartesian2d<Ticks, Ticks>>,
    x_title: &str,
    y_title: &str,
    x_label: &dyn Fn(&f64) -> String,
    y_label: &dyn Fn(&f64) -> String,
) -> Drawn {
    let mut mesh = chart.configure_mesh();
    mesh.max_light_lines(0).bold_line_style(INK.mix(0.3)).axis_style(INK.mix(0.6));
    mesh.label_style(ink(Pos::default())).x_desc(x_title).y_desc(y_title);
    mesh.x_label_formatter(x_label).y_label_formatter(y_label).draw()?;
    Ok(())
}

fn ink(place: Pos) -> TextStyle<'static> {
    ("sans-serif", FONT).into_font().color(&INK).pos(place)
}

fn color(number: usize) -> RGBColor {
    PALETTE[number % PALETTE.len()]
}

/// A median and the line between its quartiles. Each number has a shape of its own, so that the colour says nothing alone.
fn mark(area: &Drawing<'_>, number: usize, at: (i32, i32), quartiles: Option<[(i32, i32); 2]>) -> Drawn {
    if let Some(ends) = quartiles {
        area.draw(&PathElement::new(ends, color(number).stroke_width(2)))?;
    }
    let fill = color(number).filled();
    let around = |corners: &[(i32, i32)]| corners.iter().map(|(x, y)| (at.0 + x, at.1 + y)).collect::<Vec<_>>();
    match number % PALETTE.len() {
        0 => area.draw(&Circle::new(at, 5, fill))?,
        1 => area.draw(&Polygon::new(around(&[(-4, -4), (4, -4), (4, 4), (-4, 4)]), fill))?,
        2 => area.draw(&TriangleMarker::new(at, 6, fill))?,
        3 => area.draw(&Polygon::new(around(&[(0, -6), (6, 0), (0, 6), (-6, 0)]), fill))?,
        4 => area.draw(&Cross::new(at, 4, color(number).stroke_width(3)))?,
        _ => area.draw(&Circle::new(at, 5, color(number).stroke_width(2)))?,
    }
    Ok(())
}

/// About how much room the longest of some texts takes.
fn width_of<'t>(texts: impl Iterator<Item = &'t String>) -> u32 {
    let longest = texts.map(|text| text.chars().count()).max().unwrap_or(0);
    longest as u32 * 7
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(number: f64) -> String {
        number.to_string()
    }

    fn plots() -> [String; 2] {
        let axis = |scale| Axis { title: "time & size", scale, show: number };
        let spread = |median: f64| Spread { low: median * 0.9, median, high: median * 1.1 };
        let points = || vec![(1.0, spread(10.0)), (2.0, spread(400.0))];
        let series = || (0..7).map(|number| Series { label: format!("<{number}>"), points: points() }).collect();
        let lines = Lines { title: "Lines", x: axis(Scale::Linear), y: axis(Scale::Log), series: series() };
        let rows = ["none", "first", "second"].map(str::to_owned).into();
        let dots = Dots { title: "Dots", rows, x: axis(Scale::Log), series: series(), limit: Some(50.0) };
        [lines.svg().unwrap(), dots.svg().unwrap()]
    }

    #[test]
    fn a_plot_is_xml_without_a_ground() {
        for svg in plots() {
            let document = roxmltree::Document::parse(&svg).unwrap();
            let root = document.root_element();
            assert_eq!(root.attribute("role"), Some("img"));
            assert!(root.first_element_child().unwrap().has_tag_name("title"));
            for element in document.descendants() {
                let is_all = element.attribute("width") == Some(&WIDTH.to_string()) && element != root;
                assert!(!is_all, "something is painted behind the plot: {element:?}");
            }
        }
    }

    /// As the guidelines for accessible pages have it.
    fn luminance(RGBColor(red, green, blue): RGBColor) -> f64 {
        let linear = |part: u8| match f64::from(part) / 255.0 {
            part @ ..=0.04045 => part / 12.92,
            part => ((part + 0.055) / 1.055).powf(2.4),
        };
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    #[test]
    fn every_colour_stands_out_from_light_and_dark() {
        for ground in [RGBColor(0xff, 0xff, 0xff), RGBColor(0x0d, 0x11, 0x17)] {
            for color in PALETTE.into_iter().chain([INK]) {
                let (one, other) = (luminance(ground) + 0.05, luminance(color) + 0.05);
                let contrast = one.max(other) / one.min(other);
                assert!(contrast >= 3.0, "{color:?} on {ground:?}: {contrast}");
            }
        }
    }

    #[test]
    fn ticks_are_round() {
        let labels = |scale, low: f64, high: f64| {
            let axis = Axis { title: "", scale, show: |number| format!("{number:.0}") };
            let ticks = axis.ticks([low, high].into_iter());
            ticks.at.iter().map(|place| axis.label(*place)).collect::<Vec<_>>()
        };
        assert_eq!(labels(Scale::Linear, 3.0, 950.0), ["0", "200", "400", "600", "800"]);
        assert_eq!(labels(Scale::Linear, -40.0, 50.0), ["-40", "-20", "0", "20", "40"]);
        assert_eq!(labels(Scale::Log, 30.0, 400.0), ["50", "100", "200"]);
        assert_eq!(labels(Scale::Log, 1.0, 1e6), ["1", "10", "100", "1000", "10000", "100000", "1000000"]);
    }
}
