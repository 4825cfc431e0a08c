//! What can go wrong with a browser.

use core::fmt;
use std::io;

use thirtyfour::error::WebDriverError;

/// Why the browser could not be started, or did not do what it was told.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The machine lacks what the text names.
    Needs(&'static str),
    /// A program or a folder could not be had.
    Io(io::Error),
    /// chromedriver did not say where it listens.
    NoPort,
    /// The browser, or chromedriver, refused.
    WebDriver(Box<WebDriverError>),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Needs(what) => write!(f, "needs {what}"),
            Self::Io(error) => error.fmt(f),
            Self::NoPort => f.write_str("chromedriver does not say on which port it listens"),
            Self::WebDriver(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for Error {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Needs(_) | Self::NoPort => None,
            Self::Io(error) => Some(error),
            Self::WebDriver(error) => Some(error),
        }
    }
}

/// Says that a test is skipped because the machine lacks something, as in [`Error::Needs`].
///
/// # Panics
///
/// With `CI=true` in the environment, where nothing may be skipped.
pub fn skip(needs: &str) {
    println!("skipped: needs {needs}");
    assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "nothing is skipped in CI, and this needs {needs}");
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<WebDriverError> for Error {
    fn from(error: WebDriverError) -> Self {
        Self::WebDriver(Box::new(error))
    }
}
