//! What a developer finds in the browser's console.

use crate::cors_check::CorsCheckFailure;
use crate::failure::Failure;
use crate::fetch_call::FetchCall;
use crate::response::is_redirect_status;

impl Failure {
    /// The sentence that Chrome's console is likely to show.
    ///
    /// The wording is Chrome's, changes with its versions, and is there to be recognized by people and search engines.
    ///
    /// # Examples
    ///
    /// ```
    /// use corsac_browser::{Failure, FetchCall};
    ///
    /// let call = FetchCall::new("https://app.example", "https://api.example", "/users").method("PUT");
    /// let failure = Failure::MethodNotAllowed { method: "PUT".to_owned() };
    /// assert_eq!(
    ///     failure.console(&call),
    ///     "Access to fetch at 'https://api.example/users' from origin 'https://app.example' has been blocked by CORS \
    ///      policy: Method PUT is not allowed by Access-Control-Allow-Methods in preflight response."
    /// );
    /// ```
    pub fn console(&self, call: &FetchCall) -> String {
        match self {
            Self::MethodInvalid { method } => failed_to_execute(&format!("'{method}' is not a valid HTTP method.")),
            Self::MethodForbidden { method } => failed_to_execute(&format!("'{method}' HTTP method is unsupported.")),
            Self::MethodNotCorsSafelisted { method } => {
                failed_to_execute(&format!("'{method}' is unsupported in no-cors mode."))
            }
            Self::HeaderNameInvalid { .. } => failed_to_execute("Invalid name"),
            Self::HeaderValueInvalid { .. } => failed_to_execute("Invalid value"),
            Self::NotHttpScheme { url_origin } => {
                let scheme = url_origin.split(':').next().unwrap_or_default();
                let url = &call.url;
                format!("Fetch API cannot load {url}. URL scheme \"{scheme}\" is not supported.")
            }
            Self::PreflightCorsCheck(failure) => blocked(call, &format!("{PREFLIGHT}{}", cors_check_sentence(failure))),
            Self::PreflightStatus { status } if is_redirect_status(*status) => {
                blocked(call, &format!("{PREFLIGHT}Redirect is not allowed for a preflight request."))
            }
            Self::PreflightStatus { .. } => blocked(call, &format!("{PREFLIGHT}It does not have HTTP ok status.")),
            Self::AllowMethodsUnparsable { .. } => {
                blocked(call, "Cannot parse Access-Control-Allow-Methods response header field in preflight response.")
            }
            Self::AllowHeadersUnparsable { .. } => {
                blocked(call, "Cannot parse Access-Control-Allow-Headers response header field in preflight response.")
            }
            Self::MethodNotAllowed { method } => blocked(
                call,
                &format!("Method {method} is not allowed by Access-Control-Allow-Methods in preflight response."),
            ),
            Self::NonWildcardHeaderNotAllowed { name } | Self::HeaderNotAllowed { name } => blocked(
                call,
                &format!(
                    "Request header field {name} is not allowed by Access-Control-Allow-Headers in preflight response."
                ),
            ),
            Self::CorsCheck(failure) => blocked(call, &cors_check_sentence(failure)),
            Self::Redirect { .. } => "TypeError: Failed to fetch".to_owned(),
        }
    }
}

const PREFLIGHT: &str = "Response to preflight request doesn't pass access control check: ";

fn failed_to_execute(why: &str) -> String {
    format!("TypeError: Failed to execute 'fetch' on 'Window': {why}")
}

fn blocked(call: &FetchCall, why: &str) -> String {
    let (url, origin) = (&call.url, &call.page_origin);
    format!("Access to fetch at '{url}' from origin '{origin}' has been blocked by CORS policy: {why}")
}

fn cors_check_sentence(failure: &CorsCheckFailure) -> String {
    match failure {
        CorsCheckFailure::NoAllowOrigin => {
            "No 'Access-Control-Allow-Origin' header is present on the requested resource.".to_owned()
        }
        CorsCheckFailure::AnyOriginWithCredentials => {
            "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when \
             the request's credentials mode is 'include'."
                .to_owned()
        }
        CorsCheckFailure::OtherOrigin { allow_origin } => {
            let value = String::from_utf8_lossy(allow_origin);
            if value.contains([' ', ',']) {
                format!(
                    "The 'Access-Control-Allow-Origin' header contains multiple values '{value}', but only one is \
                     allowed."
                )
            } else if !has_scheme(&value) {
                format!("The 'Access-Control-Allow-Origin' header contains the invalid value '{value}'.")
            } else {
                format!(
                    "The 'Access-Control-Allow-Origin' header has a value '{value}' that is not equal to the supplied \
                     origin."
                )
            }
        }
        CorsCheckFailure::NoCredentials { allow_credentials } => {
            let value = allow_credentials.as_deref().unwrap_or_default();
            let value = String::from_utf8_lossy(value);
            format!(
                "The value of the 'Access-Control-Allow-Credentials' header in the response is '{value}' which must be \
                 'true' when the request's credentials mode is 'include'."
            )
        }
    }
}

/// Roughly what Chrome takes for a URL here: something, a colon and two slashes, something.
fn has_scheme(value: &str) -> bool {
    value.split_once("://").is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty())
}
