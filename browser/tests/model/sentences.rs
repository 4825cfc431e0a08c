use corsac_browser::{Browser, CorsCheckFailure, Failure};

use crate::support::{call, check, fetch, including, server, shared};

/// The blocked call: what Chrome writes before the reason.
const BLOCKED: &str =
    "Access to fetch at 'https://api.example/' from origin 'https://app.example' has been blocked by CORS policy: ";
const PREFLIGHT: &str = "Response to preflight request doesn't pass access control check: ";

struct Row {
    failure: Failure,
    algorithm: &'static str,
    anchor: &'static str,
    display: &'static str,
    /// Without [`BLOCKED`], where it begins with that.
    console: &'static str,
}

#[rustfmt::skip]
fn rows() -> Vec<Row> {
    let text = str::to_owned;
    let row = |failure, algorithm, anchor, display, console| Row { failure, algorithm, anchor, display, console };
    let constructor = ("Request constructor", "dom-request");
    let headers = ("append to a Headers object", "concept-headers-append");
    let preflight = ("CORS-preflight fetch", "cors-preflight-fetch-0");
    let cors_check = ("CORS check", "concept-cors-check");
    let other = |value: &str| CorsCheckFailure::OtherOrigin { allow_origin: value.into() };
    vec![
        row(Failure::MethodInvalid { method: text("a b") }, constructor.0, constructor.1,
            "the method \"a b\" is no token",
            "TypeError: Failed to execute 'fetch' on 'Window': 'a b' is not a valid HTTP method."),
        row(Failure::MethodForbidden { method: text("TRACE") }, constructor.0, constructor.1,
            "no page may use the method TRACE",
            "TypeError: Failed to execute 'fetch' on 'Window': 'TRACE' HTTP method is unsupported."),
        row(Failure::MethodNotCorsSafelisted { method: text("PUT") }, constructor.0, constructor.1,
            "in no-cors mode a page may use GET, HEAD and POST, not PUT",
            "TypeError: Failed to execute 'fetch' on 'Window': 'PUT' is unsupported in no-cors mode."),
        row(Failure::HeaderNameInvalid { name: text("a b") }, headers.0, headers.1,
            "the header name \"a b\" is no token",
            "TypeError: Failed to execute 'fetch' on 'Window': Invalid name"),
        row(Failure::HeaderValueInvalid { name: text("x-a") }, headers.0, headers.1,
            "the value of x-a holds a NUL or a line break",
            "TypeError: Failed to execute 'fetch' on 'Window': Invalid value"),
        row(Failure::NotHttpScheme { url_origin: text("ws://api.example") }, "main fetch", "concept-main-fetch",
            "the URL's origin ws://api.example is neither http nor https",
            "Fetch API cannot load https://api.example/. URL scheme \"ws\" is not supported."),
        row(Failure::PreflightCorsCheck(CorsCheckFailure::NoAllowOrigin), cors_check.0, cors_check.1,
            "in the preflight, there is no Access-Control-Allow-Origin",
            "Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource."),
        row(Failure::PreflightCorsCheck(CorsCheckFailure::AnyOriginWithCredentials), cors_check.0, cors_check.1,
            "in the preflight, Access-Control-Allow-Origin is * and credentials are included",
            "Response to preflight request doesn't pass access control check: The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'."),
        row(Failure::PreflightStatus { status: 404 }, preflight.0, preflight.1,
            "the preflight's status 404 is not one of 200 to 299",
            "Response to preflight request doesn't pass access control check: It does not have HTTP ok status."),
        row(Failure::PreflightStatus { status: 301 }, preflight.0, preflight.1,
            "the preflight's status 301 is not one of 200 to 299",
            "Response to preflight request doesn't pass access control check: Redirect is not allowed for a preflight request."),
        row(Failure::AllowMethodsUnparsable { found: b"a@\xff".to_vec() }, preflight.0, preflight.1,
            "Access-Control-Allow-Methods holds \"a@\\xff\", which is no method",
            "Cannot parse Access-Control-Allow-Methods response header field in preflight response."),
        row(Failure::AllowHeadersUnparsable { found: b"a b".to_vec() }, preflight.0, preflight.1,
            "Access-Control-Allow-Headers holds \"a b\", which is no header name",
            "Cannot parse Access-Control-Allow-Headers response header field in preflight response."),
        row(Failure::MethodNotAllowed { method: text("PUT") }, preflight.0, preflight.1,
            "Access-Control-Allow-Methods does not cover PUT",
            "Method PUT is not allowed by Access-Control-Allow-Methods in preflight response."),
        row(Failure::NonWildcardHeaderNotAllowed { name: text("authorization") }, preflight.0, preflight.1,
            "Access-Control-Allow-Headers does not list authorization, which * does not cover",
            "Request header field authorization is not allowed by Access-Control-Allow-Headers in preflight response."),
        row(Failure::HeaderNotAllowed { name: text("x-a") }, preflight.0, preflight.1,
            "Access-Control-Allow-Headers does not cover x-a",
            "Request header field x-a is not allowed by Access-Control-Allow-Headers in preflight response."),
        row(Failure::CorsCheck(CorsCheckFailure::NoAllowOrigin), cors_check.0, cors_check.1,
            "in the response, there is no Access-Control-Allow-Origin",
            "No 'Access-Control-Allow-Origin' header is present on the requested resource."),
        row(Failure::CorsCheck(other("https://b.example")), cors_check.0, cors_check.1,
            "in the response, Access-Control-Allow-Origin is \"https://b.example\", not the page's origin",
            "The 'Access-Control-Allow-Origin' header has a value 'https://b.example' that is not equal to the supplied origin."),
        row(Failure::CorsCheck(other("*, *")), cors_check.0, cors_check.1,
            "in the response, Access-Control-Allow-Origin is \"*, *\", not the page's origin",
            "The 'Access-Control-Allow-Origin' header contains multiple values '*, *', but only one is allowed."),
        row(Failure::CorsCheck(other("app.example")), cors_check.0, cors_check.1,
            "in the response, Access-Control-Allow-Origin is \"app.example\", not the page's origin",
            "The 'Access-Control-Allow-Origin' header contains the invalid value 'app.example'."),
        row(Failure::CorsCheck(CorsCheckFailure::NoCredentials { allow_credentials: None }), cors_check.0, cors_check.1,
            "in the response, credentials are included and there is no Access-Control-Allow-Credentials",
            "The value of the 'Access-Control-Allow-Credentials' header in the response is '' which must be 'true' when the request's credentials mode is 'include'."),
        row(Failure::CorsCheck(CorsCheckFailure::NoCredentials { allow_credentials: Some(b"True".to_vec()) }), cors_check.0, cors_check.1,
            "in the response, credentials are included and Access-Control-Allow-Credentials is \"True\", not \"true\"",
            "The value of the 'Access-Control-Allow-Credentials' header in the response is 'True' which must be 'true' when the request's credentials mode is 'include'."),
        row(Failure::Redirect { status: 302 }, "HTTP fetch", "concept-http-fetch",
            "the response redirects (302), which is not followed",
            "TypeError: Failed to fetch"),
    ]
}

#[test]
fn what_a_failure_says() {
    for row in rows() {
        let id = row.failure.slug();
        check(id, "algorithm", row.failure.algorithm(), row.algorithm);
        let anchor = format!("https://fetch.spec.whatwg.org/#{}", row.anchor);
        check(id, "anchor", row.failure.anchor(), anchor.as_str());
        check(id, "sentence", row.failure.to_string().as_str(), row.display);
        let console = row.failure.console(&call());
        let console = console.strip_prefix(BLOCKED).unwrap_or(&console);
        check(id, "console", console, row.console);
        let is_about_the_preflight =
            matches!(row.failure, Failure::PreflightCorsCheck(_) | Failure::PreflightStatus { .. });
        check(id, "console names the preflight", console.starts_with(PREFLIGHT), is_about_the_preflight);
    }
}

#[test]
fn the_story_of_a_preflight() {
    let put = call().method("put").header("Host", "x").header("Content-Type", "application/json").header("X-A", "1");
    let allow = [
        ("Access-Control-Allow-Methods", "PUT"),
        ("Access-Control-Allow-Headers", "content-type, x-a"),
        ("Access-Control-Max-Age", "600"),
    ];
    let actual = shared(201, &[("Content-Type", "text/plain"), ("ETag", "1")]);
    let mut server = server(shared(204, &allow), actual);
    let mut browser = Browser::new();
    let outcome = browser.fetch(&including(put.clone()), 0, &mut server);
    let story: Vec<_> = outcome.steps.iter().map(ToString::to_string).collect();
    let checked = "Access-Control-Allow-Origin is the page's origin and Access-Control-Allow-Credentials is true";
    assert_eq!(
        story,
        [
            "method put is normalized to PUT",
            "header Host belongs to the browser and is silently left out",
            "the page asks another origin",
            "method PUT is not CORS-safelisted",
            "header Content-Type is CORS-unsafe: its value is none of application/x-www-form-urlencoded, \
             multipart/form-data and text/plain",
            "header X-A is CORS-unsafe: its name is not on the safelist",
            "preflight needed",
            &format!("CORS check of the preflight passed: {checked}"),
            "the preflight allows the request and is remembered for 600 s",
            "PUT is sent with credentials",
            &format!("CORS check passed: {checked}"),
            "the page reads status 201 and the headers content-type",
        ]
    );
    let outcome = browser.fetch(&put, 599, &mut server);
    assert_eq!(outcome.steps[6].to_string(), "preflight cache hit: an earlier preflight allows the request");
}

#[test]
fn the_story_of_a_refusal() {
    let outcome = fetch(&call().method("PUT"), &[("Access-Control-Allow-Methods", "GET")]);
    let story: Vec<_> = outcome.steps.iter().map(ToString::to_string).collect();
    assert_eq!(
        story,
        [
            "the page asks another origin",
            "method PUT is not CORS-safelisted",
            "preflight needed",
            "CORS check of the preflight passed: Access-Control-Allow-Origin is the page's origin",
        ]
    );
    let story = fetch(&call(), &[]).steps;
    let story: Vec<_> = story.iter().map(ToString::to_string).collect();
    assert_eq!(
        story,
        [
            "the page asks another origin",
            "method GET is CORS-safelisted",
            "no preflight needed",
            "GET is sent without credentials",
            "CORS check passed: Access-Control-Allow-Origin is the page's origin",
            "the page reads status 200 and no header",
        ]
    );
}
