//! The CORS check: whether a response is shared with a page. And its small sister for timing, the TAO check.

use std::fmt;

use crate::fetch_call::Credentials;
use crate::header_list::{Header, get, get_decode_and_split};

/// Checks whether the response is shared with the page. Preflights and actual responses go through the same check.
///
/// `origin` is the page's serialized origin; `null` where it is opaque. `credentials` is the credentials mode of the
/// request that the page asked for, in the check of its preflight too.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#concept-cors-check>
///
/// # Errors
///
/// The step at which the check failed.
///
/// # Complexity
///
/// One pass over the list for each of two names; allocates only for a repeated header or for an error.
///
/// # Examples
///
/// ```
/// use corsac_browser::{CorsCheckFailure, CorsCheckSuccess, Credentials, cors_check};
///
/// let list = [("Access-Control-Allow-Origin".to_owned(), b"*".to_vec())];
/// let shared = cors_check("https://app.example", Credentials::Omit, &list);
/// assert_eq!(shared, Ok(CorsCheckSuccess::AnyOrigin));
/// let refused = cors_check("https://app.example", Credentials::Include, &list);
/// assert_eq!(refused, Err(CorsCheckFailure::AnyOriginWithCredentials));
/// ```
pub fn cors_check(
    origin: &str,
    credentials: Credentials,
    header_list: &[Header],
) -> Result<CorsCheckSuccess, CorsCheckFailure> {
    let Some(allow_origin) = get(header_list, "Access-Control-Allow-Origin") else {
        return Err(CorsCheckFailure::NoAllowOrigin);
    };
    let any_origin = *allow_origin == *b"*";
    if credentials != Credentials::Include && any_origin {
        return Ok(CorsCheckSuccess::AnyOrigin);
    }
    if origin.as_bytes() != &*allow_origin {
        return Err(if any_origin {
            CorsCheckFailure::AnyOriginWithCredentials
        } else {
            CorsCheckFailure::OtherOrigin { allow_origin: allow_origin.into_owned() }
        });
    }
    if credentials != Credentials::Include {
        return Ok(CorsCheckSuccess::ThisOrigin);
    }
    match get(header_list, "Access-Control-Allow-Credentials") {
        Some(allow_credentials) if *allow_credentials == *b"true" => Ok(CorsCheckSuccess::ThisOriginWithCredentials),
        allow_credentials => Err(CorsCheckFailure::NoCredentials {
            allow_credentials: allow_credentials.map(std::borrow::Cow::into_owned),
        }),
    }
}

/// By what the CORS check let a response through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CorsCheckSuccess {
    /// `Access-Control-Allow-Origin: *`, without credentials.
    AnyOrigin,
    /// `Access-Control-Allow-Origin` with the page's origin, without credentials.
    ThisOrigin,
    /// `Access-Control-Allow-Origin` with the page's origin, and `Access-Control-Allow-Credentials: true`.
    ThisOriginWithCredentials,
}

impl fmt::Display for CorsCheckSuccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AnyOrigin => "Access-Control-Allow-Origin is * and no credentials are included",
            Self::ThisOrigin => "Access-Control-Allow-Origin is the page's origin",
            Self::ThisOriginWithCredentials => {
                "Access-Control-Allow-Origin is the page's origin and Access-Control-Allow-Credentials is true"
            }
        })
    }
}

/// At which step of the CORS check a response was withheld.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CorsCheckFailure {
    /// Step 2: there is no `Access-Control-Allow-Origin`.
    NoAllowOrigin,
    /// Step 4, for the value `*`, which is no wildcard when credentials are included.
    AnyOriginWithCredentials,
    /// Step 4: the value, several lines joined by `, `, is not the page's origin byte for byte.
    OtherOrigin {
        /// The value.
        allow_origin: Vec<u8>,
    },
    /// Step 8: credentials are included and `Access-Control-Allow-Credentials` is not `true`, in just that case.
    NoCredentials {
        /// The value, several lines joined by `, `.
        allow_credentials: Option<Vec<u8>>,
    },
}

impl fmt::Display for CorsCheckFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAllowOrigin => f.write_str("there is no Access-Control-Allow-Origin"),
            Self::AnyOriginWithCredentials => {
                f.write_str("Access-Control-Allow-Origin is * and credentials are included")
            }
            Self::OtherOrigin { allow_origin } => {
                write!(f, "Access-Control-Allow-Origin is \"{}\", not the page's origin", allow_origin.escape_ascii())
            }
            Self::NoCredentials { allow_credentials: None } => {
                f.write_str("credentials are included and there is no Access-Control-Allow-Credentials")
            }
            Self::NoCredentials { allow_credentials: Some(value) } => write!(
                f,
                "credentials are included and Access-Control-Allow-Credentials is \"{}\", not \"true\"",
                value.escape_ascii()
            ),
        }
    }
}

/// Checks whether the page may read the timing of a cross-origin response (a same-origin one always may be).
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#concept-tao-check>
///
/// # Examples
///
/// ```
/// let list = [("Timing-Allow-Origin".to_owned(), b"https://a.example, https://b.example".to_vec())];
/// assert!(corsac_browser::tao_check("https://b.example", &list));
/// assert!(!corsac_browser::tao_check("https://c.example", &list));
/// ```
pub fn tao_check(origin: &str, header_list: &[Header]) -> bool {
    get(header_list, "Timing-Allow-Origin").is_some_and(|value| {
        get_decode_and_split(&value).into_iter().any(|listed| listed == b"*" || listed == origin.as_bytes())
    })
}
