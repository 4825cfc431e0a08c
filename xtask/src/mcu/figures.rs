//! What was measured, held to ceilings, and written as a page.

use core::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::firmware::{self, Driven};
use super::images::{Costs, Depths, MEASURED};
use crate::report::Stop;
use crate::toolchain::Toolchain;

/// What a hard-coded answer for one origin takes: less is not to be had.
const FLOOR: &str = "floor-of-actual-allowed-1";

/// The most instructions on the Cortex-M3 of the decision alone. The promise is 1,500 for an actual request with one listed origin and
/// 4,000 for a preflight with three names; the ceilings stand a little above what was last measured, so that growth is noticed. Raise
/// one with a reason. (Sixteen origins went from 580 and 370 when long lists got cells: a cell may be some away from home.)
const INSTRUCTIONS: [(&str, u32); 17] = [
    (FLOOR, 100),
    ("no-origin", 50),
    ("actual-allowed-1", 400),
    ("actual-refused-1", 400),
    ("actual-allowed-4", 400),
    ("actual-refused-4", 1_200),
    ("pattern-allowed-4", 800),
    ("in-label-allowed-1", 680),
    ("patterns-8-refused-253-bytes", 9_200),
    ("actual-allowed-16", 800),
    ("actual-refused-16", 420),
    ("preflight-3-names-1", 2_050),
    ("preflight-3-names-16", 2_200),
    ("preflight-refused-1", 410),
    ("hostile-names-8191-bytes", 135_000),
    ("hostile-names-refused-late", 2_750),
    ("hostile-names-64-KiB", 700),
];

/// The most bytes of stack below the caller's frame, whatever the vector: on the Cortex-M3, and on any other target. The promise is 512
/// for `decide`, of which the deepest is a preflight whose origin a pattern of a long list takes.
const STACK: [(&str, u32, u32); 5] = [
    ("open", 200, 304),
    ("decide", 512, 640),
    ("screen", 620, 680),
    ("compile", 1_700, 1_980),
    ("explain", 980, 1_080),
];

/// The most bytes of images, and of the types that a caller holds. (The image of sixteen origins had 1,520 before long lists got cells.)
const BYTES: [(&str, u32); 8] = [
    ("image-1-origin", 600),
    ("image-4-origins", 790),
    ("image-16-origins", 2_400),
    ("PolicyRef", 16),
    ("Request", 192),
    ("Decision", 48),
    ("ScreenRequest", 272),
    ("Screening", 56),
];

/// All that was measured.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(crate) stack: Vec<(&'static str, Depths)>,
    pub(crate) costs: Costs,
    pub(crate) flash: Vec<(&'static str, Vec<(&'static str, u32)>)>,
    pub(crate) firmware: Vec<(&'static str, Driven)>,
}

impl Figures {
    /// What is above its ceiling, has none, or was not measured.
    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let decided: Vec<_> =
            self.costs.instructions.iter().map(|(name, decide, _)| (name.as_str(), *decide)).collect();
        hold(&mut faults, "instructions", &decided, &INSTRUCTIONS);
        let bytes: Vec<_> = self.costs.bytes.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
        hold(&mut faults, "bytes", &bytes, &BYTES);
        if !self.stack.iter().any(|(target, _)| *target == MEASURED) {
            faults.push(format!("no stack on {MEASURED}"));
        }
        if self.firmware.len() != firmware::BOARDS.len() {
            faults.push("not all firmwares were driven to the end".into());
        }
        for (target, depths) in &self.stack {
            let depths: Vec<_> = depths.iter().map(|(name, (depth, _))| (name.as_str(), *depth)).collect();
            let ceilings =
                STACK.map(|(name, measured, other)| (name, if *target == MEASURED { measured } else { other }));
            hold(&mut faults, &format!("bytes of stack on {target}"), &depths, &ceilings);
        }
        faults
    }

    /// What was promised, and what is.
    fn bars(&self) -> String {
        let mut text = String::from("\n## Bars\n\nOn a Cortex-M3; what is above its bar is a fault that is known.\n\n");
        row(&mut text, "what", &["promise", "measured", "of the promise"]);
        row(&mut text, "---", &["---:"; 3]);
        let on_measured = |all: &[(&str, Vec<(&str, u32)>)]| {
            let images = all.iter().find(|(target, _)| *target == MEASURED)?;
            images.1.iter().find(|(image, _)| *image == "decide").map(|(_, bytes)| *bytes)
        };
        let depths = self.stack.iter().find(|(target, _)| *target == MEASURED);
        let stack = depths.and_then(|(_, depths)| depths.get("decide")).map(|(depth, _)| *depth);
        let decided =
            |name| self.costs.instructions.iter().find(|(known, ..)| known == name).map(|(_, decide, _)| *decide);
        for (what, promise, measured) in [
            ("flash of `open` and `decide`, bytes", 8_192, on_measured(&self.flash)),
            ("stack of `decide`, bytes", 512, stack),
            ("an actual request, one listed origin, instructions", 1_500, decided("actual-allowed-1")),
            ("a preflight with three names, instructions", 4_000, decided("preflight-3-names-1")),
        ] {
            let Some(measured) = measured else { continue };
            let share = f64::from(measured) / f64::from(promise) * 100.0;
            row(&mut text, what, &[grouped(promise), grouped(measured), format!("{share:.0} %")]);
        }
        if let (Some(floor), Some(decide)) = (decided(FLOOR), decided("actual-allowed-1")) {
            let times = f64::from(decide) / f64::from(floor.max(1));
            let _ = writeln!(
                text,
                "\nThe floor of an actual request, one comparison and constant fields, is {floor} instructions; `decide` takes \
                 {times:.1} times as many."
            );
        }
        text
    }

    /// The tables, as Markdown.
    pub(crate) fn tables(&self) -> String {
        let mut text = self.bars();
        if !self.flash.is_empty() {
            text.push_str(ABOUT_FLASH);
            let names = self.flash.first().map(|(_, images)| images.iter().map(|(name, _)| *name).collect::<Vec<_>>());
            row(&mut text, "target", &names.clone().unwrap_or_default());
            row(&mut text, "---", &vec!["---:"; names.map_or(0, |names| names.len())]);
            for (target, images) in &self.flash {
                row(&mut text, target, &images.iter().map(|(_, bytes)| grouped(*bytes)).collect::<Vec<_>>());
            }
        }
        text.push_str(
            "\n## Stack\n\nThe most bytes below the frame of the caller, which holds the result, over all vectors.\n\n",
        );
        row(&mut text, "target", &STACK.map(|(name, ..)| name));
        row(&mut text, "---", &STACK.map(|_| "---:"));
        for (target, depths) in &self.stack {
            let depth = |name: &str| depths.get(name).map_or("-".into(), |(depth, _)| grouped(*depth));
            row(&mut text, target, &STACK.map(|(name, ..)| depth(name)));
        }
        row(&mut text, &format!("ceiling, {MEASURED}"), &STACK.map(|(_, ceiling, _)| grouped(ceiling)));
        row(&mut text, "ceiling, others", &STACK.map(|(.., ceiling)| grouped(ceiling)));
        if let Some((_, depths)) = self.stack.iter().find(|(target, _)| *target == MEASURED) {
            let cases: Vec<_> = depths.iter().map(|(name, (_, case))| format!("{name}: {case}")).collect();
            let _ = writeln!(text, "\nDeepest on {MEASURED}: {}.", cases.join("; "));
        }
        text.push_str(ABOUT_INSTRUCTIONS);
        row(&mut text, "request", &["decide", "ceiling", "whole"]);
        row(&mut text, "---", &["---:"; 3]);
        for (name, decide, whole) in &self.costs.instructions {
            let ceiling =
                INSTRUCTIONS.iter().find(|(known, _)| known == name).map_or("-".into(), |(_, most)| grouped(*most));
            row(&mut text, name, &[grouped(*decide), ceiling, grouped(*whole)]);
        }
        text.push_str("\n## Bytes of a policy and of what a caller holds\n\n");
        row(&mut text, "what", &["bytes", "ceiling"]);
        row(&mut text, "---", &["---:"; 2]);
        for (name, bytes) in &self.costs.bytes {
            let ceiling = BYTES.iter().find(|(known, _)| known == name).map_or("-".into(), |(_, most)| grouped(*most));
            row(&mut text, name, &[grouped(*bytes), ceiling]);
        }
        text.push_str("\n## Firmware\n\nServer, network, page and policy together; memory without the stack.\n\n");
        row(&mut text, "board", &["flash", "memory", "requests answered"]);
        row(&mut text, "---", &["---:"; 3]);
        for (board, driven) in &self.firmware {
            let requests = u32::try_from(driven.requests).unwrap_or(u32::MAX);
            row(&mut text, board, &[grouped(driven.flash), grouped(driven.memory), grouped(requests)]);
        }
        text
    }

    /// Writes `docs/embedded.md`.
    pub(crate) fn write(&self, root: &Path) -> Result<(), Stop> {
        let version = Toolchain::find(MEASURED)?.version();
        let text = format!("{}{}", HEAD.replace("COMPILER", &version), self.tables());
        fs::write(root.join("docs/embedded.md"), text).map_err(|error| Stop::failed(error.to_string()))
    }
}

/// What stands above the tables.
const HEAD: &str = include_str!("page.md");

/// What stands above two of them.
const ABOUT_FLASH: &str = "
## Flash

Bytes of each image, the compiler's own `memcpy` and its like included. None has static memory. `decide` is `open`, `Request`, the
decision and the response fields; its request stays where it is made. A program that moves one, as it may return it from a function, also
needs `memcpy`, up to 900 bytes of it, if nothing else in it does.

";
const ABOUT_INSTRUCTIONS: &str = "
## Instructions on a Cortex-M3

`decide`: the decision. Whole: to pick the fields out of a browser's list, to decide, and to take every response field.

";

/// Holds measured figures to ceilings; each has to have the other.
fn hold(faults: &mut Vec<String>, what: &str, measured: &[(&str, u32)], ceilings: &[(&str, u32)]) {
    for (name, ceiling) in ceilings {
        match measured.iter().find(|(measured, _)| measured == name) {
            Some((_, figure)) if figure > ceiling => {
                faults.push(format!("{name}: {figure} {what}, {ceiling} allowed"));
            }
            Some(_) => {}
            None => faults.push(format!("{name}: {what} not measured")),
        }
    }
    for (name, _) in measured {
        if !ceilings.iter().any(|(known, _)| known == name) {
            faults.push(format!("{name}: {what} without a ceiling"));
        }
    }
}

fn row(text: &mut String, name: &str, cells: &[impl AsRef<str>]) {
    let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
    let _ = writeln!(text, "| {name} | {} |", cells.join(" | "));
}

/// A number with a comma between thousands.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_is_named() {
        let faults = |measured: &[(&str, u32)]| {
            let mut faults = Vec::new();
            hold(&mut faults, "bytes", measured, &[("a", 10)]);
            faults
        };
        assert_eq!(faults(&[("a", 10)]), Vec::<String>::new());
        assert_eq!(faults(&[("a", 11)]), ["a: 11 bytes, 10 allowed"]);
        assert_eq!(faults(&[]), ["a: bytes not measured"]);
        assert_eq!(faults(&[("a", 1), ("b", 1)]), ["b: bytes without a ceiling"]);
    }

    /// The page is written by the long run alone; what it shares with this file is not to drift until then.
    #[test]
    fn the_page_has_these_words_and_ceilings() {
        let page = include_str!("../../../docs/embedded.md");
        let (before, after) = HEAD.split_once("COMPILER").expect("a place for the compiler");
        assert!(page.starts_with(before) && page.contains(after), "what stands above the tables is another");
        assert!(page.contains(ABOUT_FLASH) && page.contains(ABOUT_INSTRUCTIONS));
        let cells = |ceilings: [u32; STACK.len()]| ceilings.map(grouped).join(" | ");
        for ceilings in [STACK.map(|(_, ceiling, _)| ceiling), STACK.map(|(.., ceiling)| ceiling)] {
            assert!(page.contains(&cells(ceilings)), "other ceilings of the stack");
        }
        let ceiling =
            |name: &str| page.lines().find(|line| line.starts_with(&format!("| {name} |")))?.split(" | ").nth(2);
        for (name, most) in INSTRUCTIONS {
            assert_eq!(ceiling(name), Some(&*grouped(most)), "{name}");
        }
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!([7, 100, 1_000, 122_383, 1_234_567].map(grouped), ["7", "100", "1,000", "122,383", "1,234,567"]);
    }
}
