//! Where the standard stops a fetch.

use std::error::Error;
use std::fmt;

use crate::cors_check::CorsCheckFailure;

/// Why a page reads nothing: one variant for each place where the standard stops.
///
/// A page is told next to nothing of it: "TypeError: Failed to fetch". The reason stands in the browser's console, for
/// which see [`Failure::console`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// The method is no token.
    MethodInvalid {
        /// The method as written.
        method: String,
    },
    /// The method is a forbidden one.
    MethodForbidden {
        /// The method as written.
        method: String,
    },
    /// The method is not one of the three that "no-cors" mode knows.
    MethodNotCorsSafelisted {
        /// The method, normalized.
        method: String,
    },
    /// The name of a header is no token.
    HeaderNameInvalid {
        /// The name as written.
        name: String,
    },
    /// The value of a header holds a NUL or a line break.
    HeaderValueInvalid {
        /// The header's name.
        name: String,
    },
    /// The URL of another origin is neither http nor https.
    NotHttpScheme {
        /// The URL's origin.
        url_origin: String,
    },
    /// The response to the preflight did not pass the CORS check.
    PreflightCorsCheck(CorsCheckFailure),
    /// The response to the preflight passed the CORS check, but its status is not one of 200 to 299.
    PreflightStatus {
        /// The status.
        status: u16,
    },
    /// `Access-Control-Allow-Methods` has a member that is no token.
    AllowMethodsUnparsable {
        /// The member.
        found: Vec<u8>,
    },
    /// `Access-Control-Allow-Headers` has a member that is no token.
    AllowHeadersUnparsable {
        /// The member.
        found: Vec<u8>,
    },
    /// `Access-Control-Allow-Methods` does not cover the method.
    MethodNotAllowed {
        /// The method, normalized.
        method: String,
    },
    /// `Access-Control-Allow-Headers` does not list `authorization`, which `*` does not cover.
    NonWildcardHeaderNotAllowed {
        /// The name, in lower case.
        name: String,
    },
    /// `Access-Control-Allow-Headers` does not cover a header.
    HeaderNotAllowed {
        /// The name, in lower case.
        name: String,
    },
    /// The response to the actual request did not pass the CORS check. The server has seen the request all the same.
    CorsCheck(CorsCheckFailure),
    /// The response to the actual request is a redirect. The model does not follow any: redirect mode "error".
    Redirect {
        /// The status.
        status: u16,
    },
}

impl Failure {
    /// A short name of the variant, for programs.
    pub const fn slug(&self) -> &'static str {
        match self {
            Self::MethodInvalid { .. } => "method-invalid",
            Self::MethodForbidden { .. } => "method-forbidden",
            Self::MethodNotCorsSafelisted { .. } => "method-not-cors-safelisted",
            Self::HeaderNameInvalid { .. } => "header-name-invalid",
            Self::HeaderValueInvalid { .. } => "header-value-invalid",
            Self::NotHttpScheme { .. } => "not-http-scheme",
            Self::PreflightCorsCheck(_) => "preflight-cors-check",
            Self::PreflightStatus { .. } => "preflight-status",
            Self::AllowMethodsUnparsable { .. } => "allow-methods-unparsable",
            Self::AllowHeadersUnparsable { .. } => "allow-headers-unparsable",
            Self::MethodNotAllowed { .. } => "method-not-allowed",
            Self::NonWildcardHeaderNotAllowed { .. } => "non-wildcard-header-not-allowed",
            Self::HeaderNotAllowed { .. } => "header-not-allowed",
            Self::CorsCheck(_) => "cors-check",
            Self::Redirect { .. } => "redirect",
        }
    }

    /// The algorithm of the standard that stopped, by its name there.
    pub const fn algorithm(&self) -> &'static str {
        self.place().0
    }

    /// Where the standard has that algorithm.
    pub const fn anchor(&self) -> &'static str {
        self.place().1
    }

    const fn place(&self) -> (&'static str, &'static str) {
        match self {
            Self::MethodInvalid { .. } | Self::MethodForbidden { .. } | Self::MethodNotCorsSafelisted { .. } => {
                ("Request constructor", "https://fetch.spec.whatwg.org/#dom-request")
            }
            Self::HeaderNameInvalid { .. } | Self::HeaderValueInvalid { .. } => {
                ("append to a Headers object", "https://fetch.spec.whatwg.org/#concept-headers-append")
            }
            Self::NotHttpScheme { .. } => ("main fetch", "https://fetch.spec.whatwg.org/#concept-main-fetch"),
            Self::PreflightCorsCheck(_) | Self::CorsCheck(_) => {
                ("CORS check", "https://fetch.spec.whatwg.org/#concept-cors-check")
            }
            Self::PreflightStatus { .. }
            | Self::AllowMethodsUnparsable { .. }
            | Self::AllowHeadersUnparsable { .. }
            | Self::MethodNotAllowed { .. }
            | Self::NonWildcardHeaderNotAllowed { .. }
            | Self::HeaderNotAllowed { .. } => {
                ("CORS-preflight fetch", "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0")
            }
            Self::Redirect { .. } => ("HTTP fetch", "https://fetch.spec.whatwg.org/#concept-http-fetch"),
        }
    }

    /// Tells whether nothing was sent because the call itself was wrong: the page gets a `TypeError` at once.
    pub const fn is_misuse(&self) -> bool {
        matches!(
            self,
            Self::MethodInvalid { .. }
                | Self::MethodForbidden { .. }
                | Self::MethodNotCorsSafelisted { .. }
                | Self::HeaderNameInvalid { .. }
                | Self::HeaderValueInvalid { .. }
        )
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MethodInvalid { method } => write!(f, "the method {method:?} is no token"),
            Self::MethodForbidden { method } => write!(f, "no page may use the method {method}"),
            Self::MethodNotCorsSafelisted { method } => {
                write!(f, "in no-cors mode a page may use GET, HEAD and POST, not {method}")
            }
            Self::HeaderNameInvalid { name } => write!(f, "the header name {name:?} is no token"),
            Self::HeaderValueInvalid { name } => {
                write!(f, "the value of {name} holds a NUL or a line break")
            }
            Self::NotHttpScheme { url_origin } => {
                write!(f, "the URL's origin {url_origin} is neither http nor https")
            }
            Self::PreflightCorsCheck(failure) => write!(f, "in the preflight, {failure}"),
            Self::PreflightStatus { status } => {
                write!(f, "the preflight's status {status} is not one of 200 to 299")
            }
            Self::AllowMethodsUnparsable { found } => {
                write!(f, "Access-Control-Allow-Methods holds \"{}\", which is no method", found.escape_ascii())
            }
            Self::AllowHeadersUnparsable { found } => {
                write!(f, "Access-Control-Allow-Headers holds \"{}\", which is no header name", found.escape_ascii())
            }
            Self::MethodNotAllowed { method } => {
                write!(f, "Access-Control-Allow-Methods does not cover {method}")
            }
            Self::NonWildcardHeaderNotAllowed { name } => {
                write!(f, "Access-Control-Allow-Headers does not list {name}, which * does not cover")
            }
            Self::HeaderNotAllowed { name } => {
                write!(f, "Access-Control-Allow-Headers does not cover {name}")
            }
            Self::CorsCheck(failure) => write!(f, "in the response, {failure}"),
            Self::Redirect { status } => {
                write!(f, "the response redirects ({status}), which is not followed")
            }
        }
    }
}

impl Error for Failure {}
