//! `check` on the options of the verdicts beside CORS: doubts, and what hosts and content types are taken.

use serde_json::json;

use crate::check::{check, doubts};
use crate::support::Folder;

#[test]
fn hosts_are_shown_with_what_they_take() {
    check(
        "\
allow_origins = [\"https://app.example.com\"]
allow_hosts = [\"printer.local\", \"192.168.1.7:8080\", \"localhost:*\"]
allow_credentials = true
",
        "\
allow_hosts[0] \"printer.local\" (p.toml:2:16)
  takes          printer.local
                 PRINTER.LOCAL
  does not take  printer.local:80
                 printer.local:8080
                 www.printer.local
                 printer.local.evil.example

allow_hosts[1] \"192.168.1.7:8080\" (p.toml:2:33)
  takes          192.168.1.7:8080
  does not take  192.168.1.7
                 192.168.1.7:8081
                 192.168.1.7.evil.example:8080

allow_hosts[2] \"localhost:*\" (p.toml:2:53)
  takes          localhost
                 localhost:3000
                 localhost:65535
  does not take  127.0.0.1
                 localhost.evil.example

p.toml: valid: 1 origin, 3 hosts, credentials, image of _ bytes
",
    );
}

#[test]
fn content_types_are_shown_with_what_they_take() {
    let policy = "\
allow_origins = [\"https://app.example.com\"]
allow_headers = [\"content-type\"]
allow_content_types = [\"application/json\"]
";
    check(
        policy,
        "\
note[content-types-without-hosts]: allow_hosts is empty, and then `screen` answers 421 to every request; list the names under which the server is reached, unless it asks the guard alone, has own names or checks the host by itself
 --> p.toml:3:23
  |
3 | allow_content_types = [\"application/json\"]
  |                       ^^^^^^^^^^^^^^^^^^^^

allow_content_types (p.toml:3:1), where a listed origin's page changes something
  takes          application/json
                 APPLICATION/JSON; charset=utf-8
  does not take  text/plain
                 application/x-www-form-urlencoded
                 multipart/form-data
                 a request without Content-Type

p.toml: valid, with 1 note: 1 origin, 1 request header, 1 content type, image of _ bytes
",
    );
}

#[test]
fn content_types_that_are_not_shown_are_counted() {
    let folder = Folder::with(&[("p.toml", &with_types("\"a/a\", \"a/b\", \"a/c\", \"a/d\", \"a/e\""))]);
    let ran = folder.run(&["check", "p.toml"]);
    assert!(ran.stdout.contains("  takes          a/a\n") && !ran.stdout.contains(" more "), "{}", ran.stdout);
    for taken in ["a/b", "a/c", "a/d", "a/e", "A/A; charset=utf-8"] {
        assert!(ran.stdout.contains(&format!("                 {taken}\n")), "{taken}: {}", ran.stdout);
    }
    let ran = folder.run(&["check", "p.toml", "--examples", "3"]);
    assert!(ran.stdout.contains("\nand 2 more content types; --examples 5 shows all\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("a/c\n") && !ran.stdout.contains("a/d\n"), "{}", ran.stdout);
    let ran = folder.run(&["check", "p.toml", "--examples", "0"]);
    assert!(ran.stdout.contains("and 5 more content types; --examples 5 shows all\n"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("takes"), "{}", ran.stdout);
}

#[test]
fn programs_get_hosts_and_content_types() {
    let policy = "\
allow_origins = [\"https://app.example.com\"]
allow_headers = [\"*\"]
allow_hosts = [\"a.example\", \"a.example:8080\"]
allow_content_types = [\"application/json\"]
";
    let folder = Folder::with(&[("p.toml", policy)]);
    let document = folder.run(&["check", "p.toml", "--json", "--examples", "1"]).json();
    assert_eq!(
        document["hosts"],
        json!([{
            "entry": 0,
            "text": "a.example",
            "takes": ["a.example", "A.EXAMPLE"],
            "does_not_take": ["a.example:80", "a.example:8080", "www.a.example", "a.example.evil.example"],
        }])
    );
    assert_eq!(
        document["content_types"],
        json!({
            "takes": ["application/json", "APPLICATION/JSON; charset=utf-8"],
            "does_not_take": ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"],
            "takes_missing": false,
        })
    );
    let ran = folder.run(&["check", "p.toml", "--examples", "1"]);
    assert!(ran.stdout.contains("a.example:8080   (but allow_hosts[1] does)\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("\nand 1 more host; --examples 2 shows all\n"), "{}", ran.stdout);
    let document = Folder::with(&[("p.toml", "max_age = 5\n")]).run(&["check", "p.toml", "--json"]).json();
    assert_eq!((&document["hosts"], &document["content_types"]), (&json!([]), &json!(null)));
}

#[test]
fn hosts_without_origins_are_a_policy_for_the_other_verdicts() {
    assert_eq!(doubts("allow_hosts = [\"printer.local\"]\n"), ["note closed:1"]);
}

#[test]
fn hosts_that_browsers_name_without_the_port() {
    let origins = "allow_origins = [\"*\"]\n";
    check(
        &format!("{origins}allow_hosts = [\"printer.local:80\"]\n"),
        "\
warning[default-port-in-host]: browsers leave out port 80 of http, so http://printer.local is not taken
 --> p.toml:2:16
  |
2 | allow_hosts = [\"printer.local:80\"]
  |                ^^^^^^^^^^^^^^^^^^ allow_hosts[0]
  = help: write \"printer.local\", in place of this entry or beside it

allow_hosts[0] \"printer.local:80\" (p.toml:2:16)
  takes          printer.local:80
                 PRINTER.LOCAL:80
  does not take  printer.local
                 printer.local:8080
                 www.printer.local:80
                 printer.local.evil.example:80

p.toml: valid, with 1 warning: any origin, 1 host, image of _ bytes
",
    );
    let of = |hosts: &str| doubts(&format!("{origins}allow_hosts = [{hosts}]\n"));
    assert_eq!(of("\"[fd00::7]:443\""), ["warning default-port-in-host:2"]);
    assert_eq!(of("\"a.example:443\", \"a.example\""), [""; 0]);
    assert_eq!(of("\"a.example:8443\", \"printer\""), [""; 0]);
}

#[test]
fn hosts_that_another_entry_covers() {
    let of = |hosts: &str| doubts(&format!("allow_origins = [\"*\"]\nallow_hosts = [{hosts}]\n"));
    assert_eq!(of("\"localhost\", \"localhost:80\", \"localhost:*\""), vec!["note covered:2"; 2]);
    assert_eq!(of("\"a.localhost\", \"localhost:*\""), [""; 0]);
}

/// A policy with these content types and nothing to say about it otherwise.
fn with_types(types: &str) -> String {
    format!(
        "allow_origins = [\"https://a.example\"]\nallow_headers = [\"Content-Type\"]\nallow_content_types = [{types}]\nallow_hosts = [\"a.example\"]\n"
    )
}

#[test]
fn content_types_that_need_no_preflight() {
    assert_eq!(doubts(&with_types("\"application/json\", \"application/vnd.api+json\"")), [""; 0]);
    let simple =
        "\"Text/Plain\", \"application/x-www-form-urlencoded\", \"multipart/form-data\", \"application/csp-report\"";
    assert_eq!(doubts(&with_types(simple)), vec!["warning simple-content-type:3"; 4]);
    let ran = Folder::with(&[("p.toml", &with_types("\"text/plain\""))]).run(&["check", "p.toml"]);
    let expected = "\
warning[simple-content-type]: browsers send text/plain without a preflight, so this lets requests act that never asked
 --> p.toml:3:24
  |
3 | allow_content_types = [\"text/plain\"]
  |                        ^^^^^^^^^^^^ allow_content_types[0]
  = help: have pages send a type that a preflight asks for, such as application/json, and remove this
";
    assert!(ran.stdout.starts_with(expected), "{}", ran.stdout);
}

#[test]
fn content_types_that_are_for_nobody() {
    let types = "allow_content_types = [\"application/json\"]\nallow_hosts = [\"a.example\"]\n";
    assert_eq!(doubts(&format!("allow_origins = [\"*\"]\n{types}")), ["warning content-types-for-nobody:2"]);
    assert_eq!(doubts(types), ["note closed:1", "warning content-types-for-nobody:1"]);
    let document = Folder::with(&[("p.toml", &format!("allow_origins = [\"*\"]\n{types}"))])
        .run(&["check", "p.toml", "--json"])
        .json();
    assert_eq!(
        document["warnings"][0]["message"],
        "allow_content_types: it limits what the pages of trusted origins send, and `*` trusts nobody: it is for nobody, unless the server brings a function of its own"
    );
}

#[test]
fn content_types_that_no_preflight_allows() {
    let policy = |headers: &str, types: &str| {
        format!(
            "allow_origins = [\"https://a.example\"]\nallow_headers = [{headers}]\nallow_content_types = [{types}]\nallow_hosts = [\"a.example\"]\n"
        )
    };
    assert_eq!(doubts(&policy("\"x-a\"", "\"application/json\"")), ["warning content-type-not-requestable:3"]);
    assert_eq!(doubts(&policy("\"*\"", "\"application/json\"")), [""; 0]);
    // This one needs no preflight.
    assert_eq!(doubts(&policy("\"x-a\"", "\"text/plain\"")), ["warning simple-content-type:3"]);
    let ran =
        Folder::with(&[("p.toml", &policy("", "\"text/plain\", \"application/json\""))]).run(&["check", "p.toml"]);
    let expected = "warning[content-type-not-requestable]: no page of another origin can send application/json: a preflight asks for it, and allow_headers does not have content-type\n";
    assert!(ran.stdout.contains(expected), "{}", ran.stdout);
}

#[test]
fn a_delete_has_no_content_type() {
    for (methods, expected) in [
        ("\"PUT\"", &[][..]),
        ("\"delete\"", &["note delete-without-content-type:3"]),
        ("\"*\"", &["note delete-without-content-type:3"]),
    ] {
        let policy = format!("{}allow_methods = [{methods}]\n", with_types("\"application/json\""));
        assert_eq!(doubts(&policy), expected, "{methods}");
    }
    assert_eq!(doubts("allow_origins = [\"https://a.example\"]\nallow_methods = [\"DELETE\"]\n"), [""; 0]);
}

#[test]
fn content_types_without_hosts() {
    let policy = with_types("\"application/json\"").replace("allow_hosts = [\"a.example\"]\n", "");
    assert_eq!(doubts(&policy), ["note content-types-without-hosts:3"]);
}

#[test]
fn addresses_to_listen_on() {
    let of = |hosts: &str| doubts(&format!("allow_origins = [\"*\"]\nallow_hosts = [{hosts}]\n"));
    for host in ["0.0.0.0", "[::]", "0.0.0.0:80", "0.0.0.0:8080", "[::]:*"] {
        assert_eq!(of(&format!("\"{host}\"")), ["warning bind-address:2"], "{host}");
    }
    assert_eq!(of("\"[::1]\", \"127.0.0.1:*\", \"10.0.0.0\""), [""; 0]);
    check(
        "allow_origins = [\"*\"]\nallow_hosts = [\"0.0.0.0:8080\"]\n",
        "\
warning[bind-address]: 0.0.0.0 is an address to listen on, and browsers reach the server by another name or address
 --> p.toml:2:16
  |
2 | allow_hosts = [\"0.0.0.0:8080\"]
  |                ^^^^^^^^^^^^^^ allow_hosts[0]
  = help: write what stands in the address bar, such as \"printer.local:8080\" or \"localhost:8080\"

allow_hosts[0] \"0.0.0.0:8080\" (p.toml:2:16)
  takes          0.0.0.0:8080
  does not take  0.0.0.0
                 0.0.0.0:8081
                 0.0.0.0.evil.example:8080

p.toml: valid, with 1 warning: any origin, 1 host, image of _ bytes
",
    );
}

#[test]
fn origins_that_act_with_cookies_without_credentials() {
    let origins = "allow_origins = [\"https://a.example\"]\n";
    let hosts = "allow_hosts = [\"b.example\"]\n";
    assert_eq!(doubts(&format!("{origins}{hosts}")), ["note acts-without-credentials:1"]);
    assert_eq!(doubts(&format!("{origins}{hosts}allow_credentials = true\n")), [""; 0]);
    assert_eq!(doubts(&with_types("\"application/json\"")), [""; 0]);
    // Nobody is trusted, or no verdict is asked.
    assert_eq!(doubts(&format!("allow_origins = [\"*\"]\n{hosts}")), [""; 0]);
    assert_eq!(doubts(hosts), ["note closed:1"]);
    assert_eq!(doubts(origins), [""; 0]);
    let ran = Folder::with(&[("p.toml", &format!("{origins}{hosts}"))]).run(&["check", "p.toml"]);
    let expected = "note[acts-without-credentials]: the guard trusts a POST of these origins, with cookies, though allow_credentials is off; list the types that their pages send in allow_content_types, so that a preflight asks first\n --> p.toml:1:17\n";
    assert!(ran.stdout.starts_with(expected), "{}", ran.stdout);
}

#[test]
fn patterns_that_may_act() {
    let of = |origin: &str, rest: &str| {
        doubts(&format!("allow_origins = [\"{origin}\"]\nallow_credentials = true\n{rest}allow_headers = [\"*\"]\n"))
    };
    let hosts = "allow_hosts = [\"a.example.com\"]\n";
    let types = "allow_hosts = [\"a.example.com\"]\nallow_content_types = [\"a/b\"]\n";
    for verdicts in [hosts, types] {
        for pattern in ["https://*.example.com", "https://pr-*.example.com", "https://*.example.com:8443"] {
            assert_eq!(of(pattern, verdicts), ["note pattern-may-act:1"], "{pattern}");
        }
        assert_eq!(of("http://localhost:*", verdicts), [""; 0]);
    }
    assert_eq!(of("https://*.example.com", ""), [""; 0]);
    let policy = format!("allow_origins = [\"https://*.example.com\"]\nallow_credentials = true\n{hosts}");
    let ran = Folder::with(&[("p.toml", &policy)]).run(&["check", "p.toml"]);
    let expected = "\
note[pattern-may-act]: the guard trusts every name under example.com that this takes to act here, and so one that was lost to somebody else
 --> p.toml:1:18
  |
1 | allow_origins = [\"https://*.example.com\"]
  |                  ^^^^^^^^^^^^^^^^^^^^^^^ allow_origins[0]
  = help: list the origins whose pages are to act, each by its name
";
    assert!(ran.stdout.starts_with(expected), "{}", ran.stdout);
}
