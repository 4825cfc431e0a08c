//! The two servers, asked without a browser: whom they answer, and with what.

use serde_json::json;

use crate::support::{Playground, send, send_bare};

#[test]
fn a_foreign_host_is_refused() {
    let playground = Playground::start(&[]);
    for port in playground.ports() {
        for host in ["evil.example", &format!("evil.example:{port}"), "localhost", "localhost:1", "", "127.0.0.1"] {
            for path in ["/", "/api/setup", "/12345678/items/7"] {
                let answer = send_bare(port, &format!("GET {path}"), &format!("Host: {host}\r\n"), "");
                let wanted = if host.is_empty() { 400 } else { 421 };
                assert_eq!(answer.status, wanted, "{port} {host} {path}: {answer:?}");
            }
        }
        let twice = format!("Host: localhost:{port}\r\nHost: localhost:{port}\r\n");
        assert!(matches!(send_bare(port, "GET /", &twice, "").status, 400 | 421));
    }
}

#[test]
fn the_page_and_its_questions_are_under_its_own_name_alone() {
    let playground = Playground::start(&[]);
    let [port, other, _] = playground.ports();
    for (port, host, is_main) in [
        (port, format!("localhost:{port}"), true),
        (port, format!("127.0.0.1:{port}"), false),
        (port, format!("app.localhost:{port}"), false),
        (other, format!("localhost:{other}"), false),
    ] {
        for path in ["/", "/playground.css", "/playground.js", "/exchange.js", "/real.js", "/icon.svg", "/api/setup"] {
            let answer = send_bare(port, &format!("GET {path}"), &format!("Host: {host}\r\n"), "");
            assert_eq!(answer.status, if is_main { 200 } else { 421 }, "{host} {path}: {answer:?}");
        }
        for path in ["/api/check", "/api/explain", "/api/fix", "/api/cases"] {
            let question = "{\"policy\": \"\"}";
            let fields = format!("Host: {host}\r\nOrigin: http://{host}\r\nContent-Length: {}\r\n", question.len());
            let answer = send_bare(port, &format!("POST {path}"), &fields, question);
            assert_eq!(answer.status == 421, !is_main, "{host} {path}: {answer:?}");
        }
        for path in ["/caller", "/caller.js"] {
            let answer = send_bare(port, &format!("GET {path}"), &format!("Host: {host}\r\n"), "");
            assert_eq!(answer.status, 200, "{host} {path}: {answer:?}");
        }
    }
}

#[test]
fn pages_of_others_are_refused() {
    let playground = Playground::start(&[]);
    let [port, other, _] = playground.ports();
    let origins = ["https://evil.example".to_owned(), "null".to_owned(), format!("http://localhost:{other}")];
    for origin in origins {
        for site in ["Sec-Fetch-Site: cross-site\r\n", "Sec-Fetch-Site: same-site\r\n", ""] {
            for path in ["/api/check", "/api/explain", "/api/fix", "/api/cases"] {
                let answer =
                    send(port, &format!("POST {path}"), &format!("Origin: {origin}\r\n{site}"), "{\"policy\": \"\"}");
                assert_eq!(answer.status, 403, "{origin} {site} {path}: {answer:?}");
            }
        }
        let ask = format!("Origin: {origin}\r\nAccess-Control-Request-Method: POST\r\n");
        let preflight = send(port, "OPTIONS /api/check", &ask, "");
        let read = send(port, "GET /api/setup", &format!("Origin: {origin}\r\nSec-Fetch-Site: cross-site\r\n"), "");
        assert_eq!((preflight.status, read.status), (403, 200));
        for answer in [preflight, read] {
            assert!(!answer.fields.iter().any(|(name, _)| name.starts_with("access-control-")), "{answer:?}");
        }
    }
}

#[test]
fn a_long_body_is_refused() {
    let playground = Playground::start(&[]);
    let most = 128 << 10;
    let question = |length: usize| json!({ "policy": format!("#{}", "x".repeat(length)) });
    for path in ["/api/check", "/api/explain", "/api/fix", "/api/cases"] {
        assert_eq!(playground.ask(path, &question(most)).status, 413, "{path}");
    }
    assert_eq!(playground.ask("/api/check", &question(most - 100)).status, 200);
}

#[test]
fn what_is_not_there_is_not_found() {
    let playground = Playground::start(&[]);
    let [port, other, api] = playground.ports();
    for (port, line, status) in [
        (port, "GET /nothing", 404),
        (port, "GET /../Cargo.toml", 404),
        (port, "GET /api/cases/12345678", 404),
        (port, "GET /api/check", 405),
        (port, "DELETE /", 405),
        (other, "GET /nothing", 404),
        (other, "GET /api/cases/12345678", 421),
        (other, "GET /caller", 200),
        (api, "GET /", 404),
        (api, "GET /12345678/items/7", 404),
        (api, "OPTIONS /12345678/items/7", 404),
    ] {
        let answer = send(port, line, "", "");
        assert_eq!(answer.status, status, "{line}: {answer:?}");
    }
    for question in ["", "{", "[]", "{\"call\": {}}", "{\"policy\": 7}", "{\"policy\": \"\"}"] {
        assert_eq!(send(port, "POST /api/explain", "", question).status, 400, "{question}");
    }
}

#[test]
fn nothing_from_elsewhere_is_let_in() {
    let playground = Playground::start(&[]);
    let [port, ..] = playground.ports();
    let page = send(port, "GET /", "", "");
    let caller = send(port, "GET /caller", "", "");
    for (answer, own) in [(&page, "frame-ancestors 'none'"), (&caller, playground.api())] {
        let csp = answer.field("content-security-policy").unwrap();
        assert!(csp.starts_with("default-src 'none'; script-src 'self';"), "{csp}");
        assert!(csp.contains(own) && !csp.contains("unsafe") && !csp.contains('*'), "{csp}");
        for source in csp.split([' ', ';']).filter(|word| word.contains("://")) {
            let is_own = playground.pages().contains(&source) || source == playground.api();
            assert!(is_own, "{source}");
        }
        assert_eq!(answer.field("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.field("cache-control"), Some("no-store"));
    }
}

/// A case whose application sends an `ETag`.
fn open_case(playground: &Playground, policy: &str) -> String {
    let question = json!({ "policy": policy, "response": ["ETag: \"7\"", "Access-Control-Allow-Origin: *"] });
    playground.ask("/api/cases", &question).json()["id"].as_str().unwrap().to_owned()
}

#[test]
fn the_api_answers_as_the_policy_decides() {
    let playground = Playground::start(&[]);
    let [port, _, api] = playground.ports();
    let id = open_case(&playground, "allow_origins = [\"https://a.example\"]\nallow_methods = [\"PUT\"]\n");
    let ask = "Origin: https://a.example\r\nAccess-Control-Request-Method: PUT\r\n";
    let preflight = send(api, &format!("OPTIONS /{id}/items/7"), ask, "");
    assert_eq!((preflight.status, preflight.body.as_str()), (204, ""));
    assert_eq!(preflight.field("access-control-allow-methods"), Some("PUT"));
    let put = send(api, &format!("PUT /{id}/items/7"), "Origin: https://a.example\r\n", "");
    assert_eq!((put.status, put.field("access-control-allow-origin")), (200, Some("https://a.example")));
    assert_eq!((put.field("etag"), put.json()), (Some("\"7\""), json!({ "handled": "PUT" })));
    let get = send(api, &format!("GET /{id}/items/7"), "Origin: https://b.example\r\n", "");
    assert_eq!((get.status, get.field("access-control-allow-origin"), get.field("vary")), (200, None, Some("Origin")));

    let arrivals = send(port, &format!("GET /api/cases/{id}"), "", "").json();
    let arrived: Vec<String> = (0..3)
        .map(|at| &arrivals["arrivals"][at])
        .map(|one| format!("{} {} {}", one["method"], one["allowed"], one["status"]))
        .collect();
    assert_eq!(arrived, ["\"OPTIONS\" true 204", "\"PUT\" true 200", "\"GET\" false 200"]);
    assert_eq!(arrivals["arrivals"][0]["target"], json!(format!("/{id}/items/7")));
    assert!(arrivals["arrivals"][0]["fields"].as_array().unwrap().contains(&json!(["origin", "https://a.example"])));
}

#[test]
fn the_api_adds_what_the_page_is_told() {
    let playground = Playground::start(&[]);
    let [port, _, api] = playground.ports();
    let question = json!({ "policy": "", "response": ["X-A: \u{e4}"] });
    let id = playground.ask("/api/cases", &question).json()["id"].as_str().unwrap().to_owned();
    let answer = send(api, &format!("GET /{id}/items/7"), "", "");
    let names: Vec<&str> = answer.fields.iter().map(|(name, _)| name.as_str()).collect();
    let mut added: Vec<&str> = names.into_iter().filter(|name| !["x-a", "vary", "connection"].contains(name)).collect();
    added.sort_unstable();
    assert_eq!(send(port, "GET /api/setup", "", "").json()["added"], json!(added));
    // One byte, as a page would read it.
    assert_eq!(answer.field("x-a"), Some("\u{e4}"));
}

#[test]
fn a_case_needs_a_valid_policy_and_fields_that_can_be_sent() {
    let playground = Playground::start(&[]);
    let invalid = playground.ask("/api/cases", &json!({ "policy": "allow_origins = [\"https://a.example/\"]" }));
    assert_eq!((invalid.status, &invalid.json()["error"]), (200, &json!("the policy is invalid")));
    let framing = playground.ask("/api/cases", &json!({ "policy": "", "response": ["Content-Length: 7"] }));
    assert_eq!(framing.json(), json!({ "error": "the playground's server sets Content-Length itself" }));
}
