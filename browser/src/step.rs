//! The decisions of a browser on its way, for people who want to know why.

use std::fmt;

use crate::cors_check::CorsCheckSuccess;
use crate::request_header::WhyUnsafe;

/// One decision that the browser took.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// The method was put into upper case.
    MethodNormalized {
        /// As the page wrote it.
        written: String,
        /// As it is sent.
        normalized: String,
    },
    /// A header that belongs to the browser was left out.
    HeaderDropped {
        /// The header's name.
        name: String,
    },
    /// The page asks its own origin: the CORS protocol is not involved.
    SameOrigin,
    /// The page asks another origin.
    CrossOrigin,
    /// The method by itself needs no preflight.
    MethodSafelisted {
        /// The method.
        method: String,
    },
    /// The method needs a preflight.
    MethodNotSafelisted {
        /// The method.
        method: String,
    },
    /// The header needs a preflight.
    HeaderUnsafe {
        /// The header's name as sent.
        name: String,
        /// What makes it unsafe.
        why: WhyUnsafe,
    },
    /// Neither the method nor a header needs a preflight.
    PreflightNotNeeded,
    /// A preflight is sent.
    PreflightNeeded,
    /// An earlier preflight, still remembered, allows everything.
    PreflightCacheHit,
    /// The response to the preflight passed the CORS check.
    PreflightCorsCheckPassed(CorsCheckSuccess),
    /// The preflight allows the request.
    PreflightPassed {
        /// For how many seconds its answer is remembered.
        max_age: u64,
    },
    /// The request itself is sent.
    ActualSent {
        /// The method.
        method: String,
        /// Whether cookies go along.
        includes_credentials: bool,
    },
    /// The response passed the CORS check.
    CorsCheckPassed(CorsCheckSuccess),
    /// `Access-Control-Expose-Headers` has a member that is no header name, and so exposes nothing.
    ExposeHeadersUnparsable {
        /// The member.
        found: Vec<u8>,
    },
    /// The page reads the response.
    Readable {
        /// The status.
        status: u16,
        /// The names of the headers that it can read.
        names: Vec<String>,
    },
    /// What preflights said about this page and URL is forgotten because the fetch failed.
    PreflightCacheCleared {
        /// How many entries there were.
        entries: usize,
    },
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MethodNormalized { written, normalized } => {
                write!(f, "method {written} is normalized to {normalized}")
            }
            Self::HeaderDropped { name } => write!(f, "header {name} belongs to the browser and is silently left out"),
            Self::SameOrigin => f.write_str("the page asks its own origin: no CORS"),
            Self::CrossOrigin => f.write_str("the page asks another origin"),
            Self::MethodSafelisted { method } => write!(f, "method {method} is CORS-safelisted"),
            Self::MethodNotSafelisted { method } => {
                write!(f, "method {method} is not CORS-safelisted")
            }
            Self::HeaderUnsafe { name, why } => write!(f, "header {name} is CORS-unsafe: {why}"),
            Self::PreflightNotNeeded => f.write_str("no preflight needed"),
            Self::PreflightNeeded => f.write_str("preflight needed"),
            Self::PreflightCacheHit => f.write_str("preflight cache hit: an earlier preflight allows the request"),
            Self::PreflightCorsCheckPassed(by) => {
                write!(f, "CORS check of the preflight passed: {by}")
            }
            Self::PreflightPassed { max_age } => {
                write!(f, "the preflight allows the request and is remembered for {max_age} s")
            }
            Self::ActualSent { method, includes_credentials } => {
                let credentials = if *includes_credentials { "with" } else { "without" };
                write!(f, "{method} is sent {credentials} credentials")
            }
            Self::CorsCheckPassed(by) => write!(f, "CORS check passed: {by}"),
            Self::ExposeHeadersUnparsable { found } => write!(
                f,
                "Access-Control-Expose-Headers holds \"{}\", which is no header name, and exposes nothing",
                found.escape_ascii()
            ),
            Self::Readable { status, names } if names.is_empty() => {
                write!(f, "the page reads status {status} and no header")
            }
            Self::Readable { status, names } => {
                write!(f, "the page reads status {status} and the headers {}", names.join(", "))
            }
            Self::PreflightCacheCleared { entries } => {
                write!(f, "the fetch failed: {entries} entries of the preflight cache are forgotten")
            }
        }
    }
}
