//! Every check that a browser made on its way, by its name in the standard, up to the one that stopped it.

use crate::failure::Failure;
use crate::fetch_call::{Exchange, Outcome};
use crate::header_list::get;
use crate::method::is_cors_safelisted_method;
use crate::step::Step;

/// The part of a fetch to which a check belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a fetch has these four parts")]
pub enum Stage {
    /// Before anything is sent: what the page asks for, and whether a preflight has to go ahead of it.
    Before,
    /// On the response to the preflight.
    Preflight,
    /// Between the two: the request itself is sent.
    Sending,
    /// On the response to the request.
    Response,
}

impl Stage {
    /// A short name, for programs.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Preflight => "preflight",
            Self::Sending => "sending",
            Self::Response => "response",
        }
    }
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a check has these outcomes")]
pub enum Mark {
    /// It held.
    Passed,
    /// It did not, and the fetch ended here.
    Failed,
    /// It only decided on the way from there.
    Noted,
}

impl Mark {
    /// A short name, for programs.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Noted => "noted",
        }
    }
}

/// One check of the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// The part of the fetch.
    pub stage: Stage,
    /// How it came out.
    pub mark: Mark,
    /// The algorithm or definition of the standard, by its name there.
    pub algorithm: &'static str,
    /// Where the standard has it.
    pub anchor: &'static str,
    /// What was found.
    pub text: String,
}

impl Outcome {
    /// Every check that the browser made, in order. A failed one is the last that the page's answer depends on.
    ///
    /// The steps of [`Outcome::steps`] say what was decided; these also name the checks of a preflight's response one by one.
    ///
    /// # Examples
    ///
    /// ```
    /// use corsac_browser::{Browser, FetchCall, Mark, WireResponse};
    ///
    /// let call = FetchCall::new("https://app.example", "https://api.example", "/users/7").method("PUT");
    /// let allow_origin = ("Access-Control-Allow-Origin", "https://app.example");
    /// let outcome = Browser::new().fetch(&call, 0, &mut |_| WireResponse::new(204, &[allow_origin]));
    ///
    /// let checks = outcome.checks();
    /// let failed = checks.iter().find(|check| check.mark == Mark::Failed).unwrap();
    /// assert_eq!(failed.algorithm, "CORS-preflight fetch");
    /// assert!(checks.iter().any(|check| check.algorithm == "CORS check" && check.mark == Mark::Passed));
    /// ```
    pub fn checks(&self) -> Vec<Check> {
        let mut checks = Vec::new();
        let mut failure = self.result.as_ref().err();
        for step in &self.steps {
            match step {
                Step::PreflightPassed { .. } => checks.extend(self.on_preflight(None)),
                // Forgetting comes after the failure.
                Step::PreflightCacheCleared { .. } => checks.extend(self.failed(failure.take())),
                _ => {}
            }
            checks.push(of_step(step, checks.last().map_or(Stage::Before, |last| last.stage)));
        }
        checks.extend(self.failed(failure));
        checks
    }

    /// The check that failed, after those of the same response that held.
    fn failed(&self, failure: Option<&Failure>) -> Vec<Check> {
        let Some(failure) = failure else { return Vec::new() };
        let stage = match self.exchanges.last() {
            None => Stage::Before,
            Some(exchange) if exchange.request.is_preflight => Stage::Preflight,
            Some(_) => Stage::Response,
        };
        let mut checks = if stage == Stage::Preflight { self.on_preflight(Some(failure)) } else { Vec::new() };
        let (algorithm, anchor) = (failure.algorithm(), failure.anchor());
        checks.push(Check { stage, mark: Mark::Failed, algorithm, anchor, text: failure.to_string() });
        checks
    }

    /// What held on the response to the preflight after its CORS check, in the order of CORS-preflight fetch.
    fn on_preflight(&self, failure: Option<&Failure>) -> Vec<Check> {
        let Some(exchange) = self.preflight() else { return Vec::new() };
        let held = match failure {
            Some(Failure::PreflightCorsCheck(_) | Failure::PreflightStatus { .. }) => 0,
            Some(
                Failure::AllowMethodsUnparsable { .. }
                | Failure::AllowHeadersUnparsable { .. }
                | Failure::MethodNotAllowed { .. },
            ) => 1,
            Some(Failure::NonWildcardHeaderNotAllowed { .. } | Failure::HeaderNotAllowed { .. }) => 2,
            // None of these is found on such a response.
            Some(
                Failure::MethodInvalid { .. }
                | Failure::MethodForbidden { .. }
                | Failure::MethodNotCorsSafelisted { .. }
                | Failure::HeaderNameInvalid { .. }
                | Failure::HeaderValueInvalid { .. }
                | Failure::NotHttpScheme { .. }
                | Failure::CorsCheck(_)
                | Failure::Redirect { .. },
            )
            | None => usize::MAX,
        };
        preflight_checks(exchange).into_iter().take(held).collect()
    }
}

/// The checks on a preflight's response as they read where they hold.
fn preflight_checks(exchange: &Exchange) -> Vec<Check> {
    let (algorithm, anchor) = ("CORS-preflight fetch", "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0");
    let of_fetch = |text| Check { stage: Stage::Preflight, mark: Mark::Passed, algorithm, anchor, text };
    let asked = |name| get(&exchange.request.fields, name).map(|value| String::from_utf8_lossy(&value).into_owned());
    let status = format!("the status {} is one of 200 to 299", exchange.response.status);
    let method = asked("Access-Control-Request-Method").unwrap_or_default();
    let method = match is_cors_safelisted_method(method.as_bytes()) {
        true => format!("{method} needs no listing"),
        false => format!("Access-Control-Allow-Methods covers {method}"),
    };
    let mut checks = vec![of_fetch(status), of_fetch(method)];
    if let Some(names) = asked("Access-Control-Request-Headers") {
        checks.push(of_fetch(format!("Access-Control-Allow-Headers covers {}", names.replace(',', ", "))));
    }
    checks
}

/// A step as a check; what has no part of its own belongs to the `current` one.
fn of_step(step: &Step, current: Stage) -> Check {
    use Mark::{Noted, Passed};
    use Stage::{Before, Preflight, Response, Sending};
    let (stage, mark, (algorithm, anchor)) = match step {
        Step::MethodNormalized { .. } => {
            (Before, Noted, ("normalize a method", "https://fetch.spec.whatwg.org/#concept-method-normalize"))
        }
        Step::HeaderDropped { .. } => {
            (Before, Noted, ("forbidden request-header", "https://fetch.spec.whatwg.org/#forbidden-request-header"))
        }
        Step::SameOrigin | Step::CrossOrigin | Step::PreflightNotNeeded => {
            (Before, Noted, ("main fetch", "https://fetch.spec.whatwg.org/#concept-main-fetch"))
        }
        Step::MethodSafelisted { .. } | Step::MethodNotSafelisted { .. } => {
            (Before, Noted, ("CORS-safelisted method", "https://fetch.spec.whatwg.org/#cors-safelisted-method"))
        }
        Step::HeaderUnsafe { .. } => (
            Before,
            Noted,
            ("CORS-unsafe request-header names", "https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names"),
        ),
        Step::PreflightNeeded => (Before, Noted, ("HTTP fetch", "https://fetch.spec.whatwg.org/#concept-http-fetch")),
        Step::PreflightCacheHit => {
            (Before, Noted, ("cache entry match", "https://fetch.spec.whatwg.org/#concept-cache-match"))
        }
        Step::PreflightCorsCheckPassed(_) => {
            (Preflight, Passed, ("CORS check", "https://fetch.spec.whatwg.org/#concept-cors-check"))
        }
        Step::PreflightPassed { .. } => {
            (Preflight, Passed, ("CORS-preflight cache", "https://fetch.spec.whatwg.org/#concept-cache"))
        }
        Step::ActualSent { .. } => (
            Sending,
            Noted,
            ("HTTP-network-or-cache fetch", "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch"),
        ),
        Step::CorsCheckPassed(_) => {
            (Response, Passed, ("CORS check", "https://fetch.spec.whatwg.org/#concept-cors-check"))
        }
        Step::ExposeHeadersUnparsable { .. } => (
            Response,
            Noted,
            ("extract header list values", "https://fetch.spec.whatwg.org/#extract-header-list-values"),
        ),
        Step::Readable { .. } => {
            (Response, Passed, ("filtered response", "https://fetch.spec.whatwg.org/#concept-filtered-response"))
        }
        Step::PreflightCacheCleared { .. } => {
            (current, Noted, ("clear cache entries", "https://fetch.spec.whatwg.org/#concept-cache-clear"))
        }
    };
    Check { stage, mark, algorithm, anchor, text: text_of(step) }
}

/// The step's sentence; the name of a CORS check stands beside it already.
fn text_of(step: &Step) -> String {
    match step {
        Step::PreflightCorsCheckPassed(by) | Step::CorsCheckPassed(by) => by.to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::Browser;
    use crate::fetch_call::{FetchCall, WireResponse};

    /// The checks of a PUT with a header, as `stage mark algorithm`, where the preflight is answered by `status` and `fields`.
    fn checks(status: u16, fields: &[(&str, &str)]) -> Vec<String> {
        let call = FetchCall::new("https://a.example", "https://b.example", "/").method("PUT").header("X-A", "1");
        let outcome = Browser::new().fetch(&call, 0, &mut |_| WireResponse::new(status, fields));
        let checks = outcome.checks();
        assert_eq!(
            checks.iter().filter(|check| check.mark == Mark::Failed).count(),
            usize::from(outcome.result.is_err())
        );
        let after = checks.into_iter().filter(|check| check.stage != Stage::Before);
        after.map(|check| format!("{} {} {}", check.stage.slug(), check.mark.slug(), check.algorithm)).collect()
    }

    const ORIGIN: (&str, &str) = ("Access-Control-Allow-Origin", "*");
    const METHODS: (&str, &str) = ("Access-Control-Allow-Methods", "PUT");
    const HEADERS: (&str, &str) = ("Access-Control-Allow-Headers", "x-a");
    const CORS: &str = "preflight passed CORS check";
    const PASSED: &str = "preflight passed CORS-preflight fetch";
    const FAILED: &str = "preflight failed CORS-preflight fetch";

    #[test]
    fn each_stop_comes_after_what_held() {
        assert_eq!(checks(204, &[]), ["preflight failed CORS check"]);
        assert_eq!(checks(403, &[ORIGIN]), [CORS, FAILED]);
        assert_eq!(checks(204, &[ORIGIN]), [CORS, PASSED, FAILED]);
        assert_eq!(checks(204, &[ORIGIN, ("Access-Control-Allow-Methods", "a b")]), [CORS, PASSED, FAILED]);
        assert_eq!(checks(204, &[ORIGIN, METHODS]), [CORS, PASSED, PASSED, FAILED]);
        let all = checks(200, &[ORIGIN, METHODS, HEADERS]);
        assert_eq!(all[..5], [CORS, PASSED, PASSED, PASSED, "preflight passed CORS-preflight cache"]);
        assert_eq!(
            all[5..],
            [
                "sending noted HTTP-network-or-cache fetch",
                "response passed CORS check",
                "response passed filtered response"
            ]
        );
    }

    #[test]
    fn what_stops_before_anything_is_sent_is_the_last() {
        let call = FetchCall::new("https://a.example", "https://b.example", "/").method("TRACE");
        let checks = Browser::new().fetch(&call, 0, &mut |_| WireResponse::new(200, &[])).checks();
        let last = checks.last().unwrap();
        assert_eq!((last.stage, last.mark, last.algorithm), (Stage::Before, Mark::Failed, "Request constructor"));
    }
}
