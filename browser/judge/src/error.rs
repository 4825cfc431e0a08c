//! What keeps a run from its end. A disagreement does not.

use core::fmt;
use std::io;

/// Why there is no verdict.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The browser.
    Chromium(corsac_chromium::Error),
    /// A server, a file or a program.
    Io(io::Error),
    /// The page does not say what it should.
    Page(serde_json::Error),
    /// The page's script threw something.
    Script(String),
    /// A server that an adapter stands in does not come up.
    Server(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chromium(error) => error.fmt(f),
            Self::Io(error) => error.fmt(f),
            Self::Page(error) => write!(f, "what the page says cannot be read: {error}"),
            Self::Script(what) => write!(f, "the page's script threw {what}"),
            Self::Server(what) => f.write_str(what),
        }
    }
}

impl core::error::Error for Error {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Chromium(error) => Some(error),
            Self::Io(error) => Some(error),
            Self::Page(error) => Some(error),
            Self::Script(_) | Self::Server(_) => None,
        }
    }
}

impl From<corsac_chromium::Error> for Error {
    fn from(error: corsac_chromium::Error) -> Self {
        Self::Chromium(error)
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
