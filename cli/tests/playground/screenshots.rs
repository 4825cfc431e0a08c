//! The pictures of the documents, taken anew: `cargo test -p corsac-cli --test playground -- --ignored screenshots`.

use std::path::Path;

use corsac_chromium::{ColorScheme, json};

use crate::browser::visit;

#[test]
#[ignore = "writes docs/playground.png and docs/playground-dark.png"]
fn screenshots() {
    visit(async |page| {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
        page.chromium.resize(1200, 1290).await.unwrap();
        page.chromium.devtools("Emulation.setScrollbarsHidden", json!({ "hidden": true })).await.unwrap();
        for (scheme, file) in [(ColorScheme::Light, "playground.png"), (ColorScheme::Dark, "playground-dark.png")] {
            page.chromium.prefer(scheme).await.unwrap();
            page.try_out("header").await;
            page.chromium.screenshot(&docs.join(file)).await.unwrap();
        }
    });
}
