use crate::support::{call, check, check_ids, fetch, slug};

struct Row {
    id: &'static str,
    why: &'static str,
    method: &'static str,
    /// The method on the wire and whether a preflight went before it, or the slug of the failure.
    wanted: Result<(&'static str, bool), &'static str>,
}

const fn row(
    id: &'static str,
    method: &'static str,
    wanted: Result<(&'static str, bool), &'static str>,
    why: &'static str,
) -> Row {
    Row { id, why, method, wanted }
}

const SENT: bool = false;
const AFTER_PREFLIGHT: bool = true;

#[rustfmt::skip]
const ROWS: &[Row] = &[
    row("get", "GET", Ok(("GET", SENT)), "CORS-safelisted"),
    row("head", "HEAD", Ok(("HEAD", SENT)), "CORS-safelisted"),
    row("post", "POST", Ok(("POST", SENT)), "CORS-safelisted"),
    row("get-lower", "get", Ok(("GET", SENT)), "normalized first, and then safelisted"),
    row("head-mixed", "hEaD", Ok(("HEAD", SENT)), "normalized first, and then safelisted"),
    row("post-lower", "post", Ok(("POST", SENT)), "normalized first, and then safelisted"),
    row("put", "PUT", Ok(("PUT", AFTER_PREFLIGHT)), "not safelisted"),
    row("put-lower", "put", Ok(("PUT", AFTER_PREFLIGHT)), "one of the six that are normalized"),
    row("delete-mixed", "Delete", Ok(("DELETE", AFTER_PREFLIGHT)), "one of the six that are normalized"),
    row("options", "OPTIONS", Ok(("OPTIONS", AFTER_PREFLIGHT)), "a page's own OPTIONS is preflighted like any other"),
    row("options-lower", "options", Ok(("OPTIONS", AFTER_PREFLIGHT)), "one of the six that are normalized"),
    row("patch", "PATCH", Ok(("PATCH", AFTER_PREFLIGHT)), "listed as written"),
    row("patch-lower", "patch", Err("method-not-allowed"), "PATCH is not normalized, and methods are case-sensitive"),
    row("patch-mixed", "Patch", Err("method-not-allowed"), "PATCH is not normalized, and methods are case-sensitive"),
    row("query", "QUERY", Err("method-not-allowed"), "a method like any other, and not listed"),
    row("get-longer", "GETS", Err("method-not-allowed"), "only whole names are safelisted"),
    row("connect", "CONNECT", Err("method-forbidden"), "forbidden method"),
    row("trace", "TRACE", Err("method-forbidden"), "forbidden method"),
    row("track-mixed", "Track", Err("method-forbidden"), "forbidden in any case"),
    row("trace-longer", "TRACER", Err("method-not-allowed"), "only whole names are forbidden"),
    row("empty", "", Err("method-invalid"), "a token has at least one byte"),
    row("space", "GET ", Err("method-invalid"), "a method is not stripped"),
    row("comma", "GET,POST", Err("method-invalid"), "the comma is no token byte"),
    row("non-ascii", "GÉT", Err("method-invalid"), "a token is ASCII"),
    row("line-break", "GET\r\nX: y", Err("method-invalid"), "no request splitting"),
    row("token-signs", "!#$%&'*+-.^_`|~", Ok(("!#$%&'*+-.^_`|~", AFTER_PREFLIGHT)), "every sign that a token may hold"),
    row("asterisk", "*", Ok(("*", AFTER_PREFLIGHT)), "`*` is a token, and listed literally"),
];

#[test]
fn methods() {
    let listed = "PUT, DELETE, OPTIONS, PATCH, *foo, !#$%&'*+-.^_`|~";
    for row in ROWS {
        let allow_methods = if row.method == "*" { "*" } else { listed };
        let outcome = fetch(&call().method(row.method), &[("Access-Control-Allow-Methods", allow_methods)]);
        let got = match (slug(&outcome), outcome.actual()) {
            ("ok", Some(actual)) => Ok((actual.request.method.as_str(), outcome.preflight().is_some())),
            (failure, _) => Err(failure),
        };
        check(row.id, row.why, got, row.wanted);
    }
    check_ids(ROWS.iter().map(|row| row.id));
}

#[test]
fn a_wrong_method_sends_nothing() {
    for method in ["TRACE", "", "a b"] {
        let outcome = fetch(&call().method(method), &[]);
        assert!(outcome.exchanges.is_empty(), "{method:?}");
        assert!(outcome.result.is_err_and(|failure| failure.is_misuse()), "{method:?}");
    }
}

#[test]
fn the_method_is_judged_before_the_headers() {
    let outcome = fetch(&call().method("TRACE").header("a b", ""), &[]);
    assert_eq!(slug(&outcome), "method-forbidden");
}
