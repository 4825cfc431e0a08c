//! `decide --ask`: the verdicts beside CORS on one request.

use serde_json::json;

use crate::support::{Folder, Ran};

const POLICY: &str = "\
allow_origins = [\"https://app.example.com\"]
allow_headers = [\"content-type\"]
allow_hosts = [\"api.example.com\"]
allow_content_types = [\"application/json\"]
";

#[track_caller]
fn ask(verdict: &str, arguments: &[&str]) -> Ran {
    let arguments: Vec<&str> =
        ["decide", "p.toml", "--ask", verdict].into_iter().chain(arguments.iter().copied()).collect();
    Folder::with(&[("p.toml", POLICY)]).run(&arguments)
}

const FORGED: [&str; 6] = ["-X", "POST", "-H", "Origin: https://evil.example", "-H", "Sec-Fetch-Site: cross-site"];

#[test]
fn the_guard_refuses() {
    ask("guard", &FORGED).assert_prints(
        1,
        "\
cross-site request guard: refused (cross-site)
  why      a page of another site made the request, and its origin \"https://evil.example\" is no entry of allow_origins; add the origin if its pages may act here
  server   respond with 403, without asking the application
",
    );
}

#[test]
fn the_guard_lets_pass() {
    ask("guard", &["-X", "POST", "-H", "Sec-Fetch-Site: same-origin"]).assert_prints(
        0,
        "\
cross-site request guard: passes
  why      the browser says that a page of the same origin made the request (Sec-Fetch-Site)
  server   let the request act; who may read the response is for CORS to say
",
    );
    assert!(ask("guard", &[]).stdout.contains("  why      \"GET\" is a safe method, which is to change nothing\n"));
}

#[test]
fn a_host_is_one_of_the_servers_or_not() {
    ask("host", &["-H", "Host: api.example.com"]).assert_prints(
        0,
        "\
host check: passes
  why      host \"api.example.com\" is taken by allow_hosts[0] \"api.example.com\"
  server   go on with the request; the other verdicts may believe its Host
",
    );
    ask("host", &["-H", "Host: api.example.com:8080"]).assert_prints(
        1,
        "\
host check: refused (host-not-allowed)
  why      host \"api.example.com:8080\" is not in allow_hosts (api.example.com); the port differs: write the name with this port, or with `:*` for any
  server   respond with 421, without asking the application
",
    );
    let ran = ask("host", &["-H", "Host: 192.168.1.7", "--own-name", "api-2", "--own-name", "192.168.1.7"]);
    assert!(
        ran.stdout.contains("  why      host \"192.168.1.7\" is the server's own name \"192.168.1.7\"\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(ran.code, Some(0));
}

#[test]
fn a_websocket_is_opened_or_not() {
    let own = ["-H", "Host: api.example.com", "-H", "Origin: http://api.example.com"];
    ask("websocket", &own).assert_prints(
        0,
        "\
WebSocket origin check: passes
  why      origin \"http://api.example.com\" is the server's own by Host \"api.example.com\"
  server   open the WebSocket
",
    );
    let ran = ask("websocket", &[&own[..], &["--scheme", "https"]].concat());
    assert!(ran.stdout.starts_with("WebSocket origin check: refused (scheme-differs)\n"), "{}", ran.stdout);
    assert_eq!(ran.code, Some(1));
    let ran = ask("websocket", &["--refuse-absent-origin", "--json"]);
    assert_eq!((ran.code, ran.json()["refusal"].as_str()), (Some(1), Some("origin-missing")));
}

#[test]
fn all_verdicts_stop_at_the_first() {
    let forged = [&FORGED[..], &["-H", "Host: api.example.com"]].concat();
    ask("screen", &forged).assert_prints(
        1,
        "\
all verdicts: refused (cross-site), by the cross-site request guard
  why      a page of another site made the request, and its origin \"https://evil.example\" is no entry of allow_origins; add the origin if its pages may act here
  server   respond with 403 and the fields, without asking the application
  fields   Vary: Origin
",
    );
    let ran = ask("screen", &[&FORGED[..], &["-H", "Host: evil.example"]].concat());
    assert!(ran.stdout.starts_with("all verdicts: refused (host-not-allowed), by the host check\n"), "{}", ran.stdout);
    let handshake = ["-H", "Upgrade: websocket", "-H", "Host: api.example.com", "-H", "Origin: https://evil.example"];
    let ran = ask("screen", &handshake);
    assert!(
        ran.stdout.starts_with("all verdicts: refused (origin-not-trusted), by the WebSocket origin check\n"),
        "{}",
        ran.stdout
    );
}

#[test]
fn what_no_verdict_stops_goes_the_way_of_cors() {
    let allowed = ["-H", "Host: api.example.com", "-H", "Origin: https://app.example.com"];
    ask("screen", &allowed).assert_prints(
        0,
        "\
all verdicts: passes
CORS request: allowed
  why      origin \"https://app.example.com\" is allowed by allow_origins[0] \"https://app.example.com\"
  server   continue to the application, and add the fields to its response
  fields   Access-Control-Allow-Origin: https://app.example.com
           Vary: Origin   (merged)
",
    );
    // The browser hides the response from the page; the server lets the request through.
    let hidden = ask("screen", &["-H", "Host: api.example.com", "-H", "Origin: https://evil.example"]);
    assert!(
        hidden.stdout.starts_with("all verdicts: passes; what CORS refuses here is for the browser to enforce\nCORS request: refused (origin-not-allowed)\n"),
        "{}",
        hidden.stdout
    );
    assert_eq!(hidden.code, Some(0));
    let preflight = ["-X", "OPTIONS", "-H", "Access-Control-Request-Method: PUT", "-H", "Origin: https://evil.example"];
    let ran = ask("screen", &[&preflight[..], &["-H", "Host: api.example.com"]].concat());
    assert!(
        ran.stdout.starts_with("all verdicts: refused (origin-not-allowed), by CORS\nCORS-preflight request: refused (origin-not-allowed)\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(ran.code, Some(1));
}

#[test]
fn to_the_servers_own_page_cors_has_nothing_to_say() {
    let own = ["-X", "POST", "-H", "Host: api.example.com", "-H", "Origin: https://api.example.com"];
    let own = [&own[..], &["-H", "Sec-Fetch-Site: same-origin"]].concat();
    ask("screen", &own).assert_prints(
        0,
        "\
all verdicts: passes
  why      the browser says that a page of the same origin made the request (Sec-Fetch-Site)
  server   continue to the application, and add the fields to its response
  fields   Vary: Origin   (merged)
",
    );
    let document = ask("screen", &[&own[..], &["--json"]].concat()).json();
    assert_eq!(json!([document["passes"], document["refusal"]]), json!([true, null]));
    let handshake =
        ["-H", "Upgrade: websocket", "-H", "Host: api.example.com", "-H", "Origin: https://api.example.com"];
    let ran = ask("screen", &handshake);
    assert!(!ran.stdout.contains("refused") && !ran.stdout.contains("console"), "{}", ran.stdout);
}

#[test]
fn long_arguments_are_cut_in_messages() {
    let long = format!("X{}", "a".repeat(9_000));
    let cut = format!("X{}... (9,001 bytes)", "a".repeat(127));
    ask("cors", &["-H", &long])
        .assert_misuse(&format!("error: the header `{cut}` has no colon; write `Name: value`\n"));
    let ran = ask("host", &["--own-name", &long]);
    assert!(ran.stderr.starts_with(&format!("error: --own-name: `{cut}` takes no host: ")), "{}", ran.stderr);
    assert!(ran.stderr.len() < 1_000, "{}", ran.stderr);
}

#[test]
fn programs_get_the_form_of_the_vectors() {
    let keys = |ran: &Ran| ran.json().as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    for verdict in ["guard", "host", "websocket"] {
        let ran = ask(verdict, &["--json"]);
        assert_eq!(keys(&ran), ["passes", "refusal", "status", "explain"], "{verdict}");
    }
    let ran = ask("screen", &["--json"]);
    assert_eq!(keys(&ran), ["passes", "stopped_by", "refusal", "status", "fields", "explain"]);
    let document = ran.json();
    assert_eq!(
        json!([
            document["passes"],
            document["stopped_by"],
            document["refusal"],
            document["status"],
            document["fields"]
        ]),
        json!([false, "host", "host-missing", 400, [["Vary", "Origin"]]])
    );
    assert_eq!(keys(&ask("cors", &["--json"])), ["kind", "allowed", "refusal", "status", "fields", "explain"]);
}

#[test]
fn fields_of_http_2_count() {
    let ran = ask("host", &["-H", ":authority: api.example.com", "--json"]);
    assert_eq!(ran.json()["passes"], json!(true));
    let handshake = ["-X", "CONNECT", "-H", ":protocol: websocket", "-H", ":authority: api.example.com", "--json"];
    let ran = ask("screen", &[&handshake[..], &["-H", "Origin: https://evil.example"]].concat());
    assert_eq!(ran.json()["stopped_by"], "websocket");
    ask("host", &["-H", ":path: /"]).assert_misuse(
        "error: of the pseudo fields only :authority and :protocol are read, in lower case: `:path: /`\n",
    );
}

#[test]
fn what_a_verdict_does_not_look_at_is_misuse() {
    for (verdict, arguments, sentence) in [
        (
            "cors",
            &["--scheme", "http"][..],
            "the verdict cors does not look at `--scheme`, but guard, websocket and screen do",
        ),
        (
            "host",
            &["--scheme", "http"],
            "the verdict host does not look at `--scheme`, but guard, websocket and screen do",
        ),
        (
            "host",
            &["--refuse-absent-origin"],
            "the verdict host does not look at `--refuse-absent-origin`, but guard, websocket and screen do",
        ),
        ("guard", &["--own-name", "a"], "the verdict guard does not look at `--own-name`, but host and screen do"),
        ("cors", &["--own-name", "a"], "the verdict cors does not look at `--own-name`, but host and screen do"),
        ("host", &["-X", "POST"], "the verdict host does not look at `-X`, but cors, guard and screen do"),
        ("websocket", &["-X", "GET"], "the verdict websocket does not look at `-X`, but cors, guard and screen do"),
    ] {
        ask(verdict, arguments).assert_misuse(&format!("error: {sentence}; see --ask\n"));
    }
}

#[test]
fn a_name_that_takes_no_host_is_misuse() {
    ask("host", &["--own-name", "http://Printer/"]).assert_misuse(
        "error: --own-name: `http://Printer/` takes no host: the Host field has no scheme; write the name alone, with its port if that is not the default one: `printer`\n",
    );
    ask("host", &["--own-name", ""])
        .assert_misuse("error: --own-name: `` takes no host: the entry is empty; remove it\n");
}

#[test]
fn unknown_words_are_misuse_with_the_likely_one() {
    let ran = ask("gaurd", &[]);
    assert!(ran.stderr.contains("[possible values: cors, guard, host, websocket, screen]"), "{}", ran.stderr);
    assert!(ran.stderr.contains("a similar value exists: 'guard'"), "{}", ran.stderr);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    assert_eq!(ask("guard", &["--scheme", "ftp"]).code, Some(2));
}
