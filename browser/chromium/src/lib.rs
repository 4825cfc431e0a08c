//! Debian's Chromium, headless, driven by its chromedriver: what corsac's own checks need of a browser, and no more.
//!
//! Nothing is downloaded. `chromium` (or `chromium-browser`) and `chromedriver` are looked for in `PATH`, as Debian's packages
//! `chromium` and `chromium-driver` bring them; [`Error::Needs`] says so where one is missing. The browser has a profile of its own
//! that goes with it, and reaches this machine alone: names under `.example` are this machine, all others do not resolve.
//! Pages can so have origins like `http://app.example:8080`.
//!
//! ```no_run
//! # async fn open() -> Result<(), corsac_chromium::Error> {
//! use corsac_chromium::{Chromium, ColorScheme, json};
//!
//! let chromium = Chromium::start().await?;
//! chromium.resize(390, 844).await?;
//! chromium.prefer(ColorScheme::Dark).await?;
//! chromium.open("http://app.example:8080/").await?;
//! chromium.click("#try").await?;
//! let answer = chromium.run("const [url, done] = arguments; fetch(url).then(() => done(true), () => done(false));", &[
//!     json!("http://api.example:8081/"),
//! ]).await?;
//! assert_eq!(answer, json!(true));
//! chromium.quit().await
//! # }
//! ```

mod chromium;
mod error;
mod service;

pub use chromium::{Chromium, ColorScheme, Network};
pub use error::{Error, skip};
/// What scripts are given and give back.
pub use serde_json::{Value, json};
/// Keys that have no character, for [`Chromium::type_keys`].
pub use thirtyfour::Key;
