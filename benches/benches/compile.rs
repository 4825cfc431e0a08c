//! Policies of 1 to 1,000,000 patterns: time to compile, size of the image, time to open it.

use std::hint::black_box;

use corsac::PolicyRef;
use corsac_benches::comparisons::{COMPILE, IMAGE, OPEN, PATTERNS};
use corsac_benches::{names, policies};

use crate::row::{Contender, Rows};

pub(crate) fn measure(rows: &mut Rows) {
    for count in PATTERNS {
        let entries = names::mixture(count);
        let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
        let config = policies::api(&entries);
        let policy = policies::compile(&config);
        assert_eq!(PolicyRef::open(policy.image()), Ok(policy));
        let mut memory = vec![0; policy.image().len()];
        let row = format!("compile/{count}");
        let contenders = vec![
            Contender::whole(COMPILE, || {
                let policy = black_box(&config).compile_into(&mut memory);
                assert!(black_box(policy).is_ok());
            }),
            Contender::whole(OPEN, || assert!(PolicyRef::open(black_box(policy.image())).is_ok())),
        ];
        if count < 1_000_000 {
            rows.measure(&row, contenders)
        } else {
            rows.measure_seldom(&row, contenders)
        }
        rows.note(&row, IMAGE, policy.image().len() as f64);
    }
}
