//! Policies of 1 to 100,000 patterns: time to compile, size of the image, time to open it.

use std::hint::black_box;

use corsac::{Config, PolicyRef};
use corsac_benches::{names, policies};

use crate::row::{Contender, Rows};
use crate::table::{Table, time};

const SIZES: [usize; 6] = [1, 10, 100, 1_000, 10_000, 100_000];

const COMPILE: &str = "compile";
const OPEN: &str = "open";

pub(crate) fn measure(rows: &mut Rows) {
    for size in SIZES {
        let entries = names::mixture(size);
        let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
        let config = policies::api(&entries);
        let policy = policies::compile(&config);
        assert_eq!(PolicyRef::open(policy.image()), Ok(policy));
        let mut memory = vec![0; policy.image().len()];
        rows.measure(
            &format!("compile/{size}"),
            vec![Contender::whole(COMPILE, move || {
                let policy = black_box(&config).compile_into(&mut memory);
                assert!(black_box(policy).is_ok());
            })],
        );
        rows.measure(
            &format!("open/{size}"),
            vec![Contender::whole(OPEN, move || assert!(PolicyRef::open(black_box(policy.image())).is_ok()))],
        );
    }
}

pub(crate) fn report(rows: &Rows) {
    let mut table = Table::new(["patterns", "image bytes", "a pattern", "compile", "a pattern", "open", "a pattern"]);
    for size in SIZES {
        let compile = rows.median(&format!("compile/{size}"), COMPILE);
        let open = rows.median(&format!("open/{size}"), OPEN);
        let (Some(compile), Some(open)) = (compile, open) else { continue };
        let entries = names::mixture(size);
        let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
        let config: Config<'_> = policies::api(&entries);
        let length = config.image_len().unwrap_or_default();
        let patterns = size as f64;
        table.push([
            size.to_string(),
            length.to_string(),
            format!("{:.1}", length as f64 / patterns),
            time(compile),
            time(compile / patterns),
            time(open),
            time(open / patterns),
        ]);
    }
    table.print("COMPILING AND OPENING (of ten patterns six whole origins, three for subdomains, one in-label)");
}
