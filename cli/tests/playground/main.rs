//! `corsac playground`: what it prints, its servers asked without a browser, and its page in a real one.
//!
//! The tests of the page need Debian's chromium and chromium-driver. Where they are missing these say so and pass, but for CI.

mod support;

mod command;
mod documents;
mod servers;

mod browser;
mod mistakes;
mod page;
mod screenshots;
