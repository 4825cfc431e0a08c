//! `check` on invalid policies: every problem, at its place.

use serde_json::json;

use crate::support::Folder;

#[track_caller]
pub(crate) fn assert_problems(policy: &str, expected: &str) {
    Folder::with(&[("p.toml", policy)]).run(&["check", "p.toml"]).assert_prints(1, expected);
}

#[test]
fn a_problem_is_shown_under_its_byte() {
    assert_problems(
        "# mine\nallow_origins = [\n    \"https://app.example.com\",\n    \"https://Example.com/\",\n]\n",
        "\
error[upper-case]: an upper-case letter stands where browsers always send lower case; write it in lower case
 --> p.toml:4:14
  |
4 |     \"https://Example.com/\",
  |              ^ allow_origins[1], byte 8
  = help: write \"https://example.com\"

error: p.toml has 1 problem
",
    );
}

#[test]
fn all_problems_are_told_in_the_order_of_the_file() {
    let policy = "\
allow_headers = [\"cookie\", \"x-a\", \"X-A\"]
allow_methods = [\"patch\", \"TRACE\"]
allow_origins = [\"example.com\", \"https://*.github.io\", \"https://a.example:443\"]
max_age = 90000
preflight_status = 301
";
    let ran = Folder::with(&[("p.toml", policy)]).run(&["check", "--json", "p.toml"]);
    assert_eq!(ran.code, Some(1));
    let document = ran.json();
    assert_eq!(document["ok"], json!(false));
    assert_eq!(document["warnings"], json!([]));
    let problems = document["problems"].as_array().unwrap();
    let found: Vec<_> = problems
        .iter()
        .map(|problem| {
            json!([
                problem["field"],
                problem["entry"],
                problem["offset"],
                problem["kind"],
                problem["line"],
                problem["column"]
            ])
        })
        .collect();
    let expected = [
        json!(["allow_headers", 0, 0, "forbidden-request-header", 1, 19]),
        json!(["allow_headers", 2, 0, "duplicate", 1, 36]),
        json!(["allow_methods", 0, 0, "method-case", 2, 19]),
        json!(["allow_methods", 1, 0, "forbidden-method", 2, 28]),
        json!(["allow_origins", 0, 0, "missing-scheme", 3, 19]),
        json!(["allow_origins", 1, 10, "public-suffix", 3, 44]),
        json!(["allow_origins", 2, 17, "default-port", 3, 74]),
        json!(["max_age", null, 0, "max-age-too-large", 4, 11]),
        json!(["preflight_status", null, 0, "preflight-status-not-ok", 5, 20]),
    ];
    assert_eq!(found, expected);
    assert_eq!(
        problems[4]["message"],
        "allow_origins[0] \"example.com\": an origin begins with its scheme; write it, for instance https://: \"https://example.com\""
    );
}

#[test]
fn international_names_get_their_punycode() {
    assert_problems(
        "allow_origins = [\"https://*.bücher.example\"]\n",
        "\
error[non-ascii]: the byte is not ASCII; an international domain name is written as Punycode (xn--...)
 --> p.toml:1:30
  |
1 | allow_origins = [\"https://*.bücher.example\"]
  |                              ^ allow_origins[0], byte 11
  = help: write \"https://*.xn--bcher-kva.example\"

error: p.toml has 1 problem
",
    );
}

#[test]
fn escapes_in_strings_do_not_move_the_mark() {
    assert_problems(
        "allow_origins = [\"\\u0068ttps://a.example/\"]\n",
        "\
error[trailing-slash]: nothing stands after the host or port; remove the slash
 --> p.toml:1:41
  |
1 | allow_origins = [\"\\u0068ttps://a.example/\"]
  |                                         ^ allow_origins[0], byte 17
  = help: write \"https://a.example\"

error: p.toml has 1 problem
",
    );
}

#[test]
fn hosts_are_corrected_at_their_byte() {
    assert_problems(
        "allow_hosts = [\"printer.local\", \"http://Printer.local:8080/\", \"*.local\", \"bücher.local\"]\n",
        "\
error[host-with-scheme]: the Host field has no scheme; write the name alone, with its port if that is not the default one
 --> p.toml:1:34
  |
1 | allow_hosts = [\"printer.local\", \"http://Printer.local:8080/\", \"*.local\", \"bücher.local\"]
  |                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^ allow_hosts[1]
  = help: write \"printer.local:8080\"

error[wildcard-in-host]: a host is taken by its exact name, as any other name may be pointed at the server; list each name
 --> p.toml:1:64
  |
1 | allow_hosts = [\"printer.local\", \"http://Printer.local:8080/\", \"*.local\", \"bücher.local\"]
  |                                                                ^ allow_hosts[2]

error[non-ascii]: the byte is not ASCII; an international domain name is written as Punycode (xn--...)
 --> p.toml:1:76
  |
1 | allow_hosts = [\"printer.local\", \"http://Printer.local:8080/\", \"*.local\", \"bücher.local\"]
  |                                                                            ^ allow_hosts[3], byte 1
  = help: write \"xn--bcher-kva.local\"

error: p.toml has 3 problems
",
    );
}

#[test]
fn content_types_are_corrected_at_their_byte() {
    assert_problems(
        "allow_content_types = [\"text/css; q=1\", \"json\", \"a/b@\", \"image/*\"]\n",
        "\
error[media-type-parameter]: parameters of a content type do not count; write it without them
 --> p.toml:1:33
  |
1 | allow_content_types = [\"text/css; q=1\", \"json\", \"a/b@\", \"image/*\"]
  |                                 ^^^^^ allow_content_types[0], byte 8
  = help: write \"text/css\"

error[not-a-media-type]: a content type is a type, a slash and a subtype; write it so, for instance application/json
 --> p.toml:1:42
  |
1 | allow_content_types = [\"text/css; q=1\", \"json\", \"a/b@\", \"image/*\"]
  |                                          ^^^^ allow_content_types[1]

error[not-a-media-type]: a content type is a type, a slash and a subtype; write it so, for instance application/json
 --> p.toml:1:53
  |
1 | allow_content_types = [\"text/css; q=1\", \"json\", \"a/b@\", \"image/*\"]
  |                                                     ^ allow_content_types[2], byte 3

error[media-type-wildcard]: a content type is taken by its full name; list each one
 --> p.toml:1:64
  |
1 | allow_content_types = [\"text/css; q=1\", \"json\", \"a/b@\", \"image/*\"]
  |                                                                ^ allow_content_types[3], byte 6

error: p.toml has 4 problems
",
    );
}

#[test]
fn the_lists_of_the_other_verdicts_are_lists() {
    for (line, help) in [
        ("allow_hosts = \"printer.local, localhost:*\"", "did you mean [\"printer.local\", \"localhost:*\"]?"),
        ("allow_content_types = \"application/json\"", "did you mean [\"application/json\"]?"),
        ("allow_host = []", "did you mean `allow_hosts`?"),
        ("allowContentTypes = []", "did you mean `allow_content_types`?"),
        (
            "allow_content_types = [\"application/json\", \"Application/JSON\"]",
            "allow_content_types[0] at p.toml:1:24 is the first one",
        ),
        ("allow_hosts = [\"a.example\", \"a.example\"]", "allow_hosts[0] at p.toml:1:16 is the first one"),
    ] {
        let ran = Folder::with(&[("p.toml", line)]).run(&["check", "p.toml"]);
        assert!(ran.stdout.contains(help), "{line}: {}", ran.stdout);
        assert_eq!(ran.code, Some(1), "{line}");
    }
}

#[test]
fn a_string_where_a_list_belongs() {
    assert_problems(
        "allow_origins = \"https://a.example\"\n",
        "\
error[wrong-type]: `allow_origins` has to be a list of strings, and this is a string
 --> p.toml:1:17
  |
1 | allow_origins = \"https://a.example\"
  |                 ^^^^^^^^^^^^^^^^^^^
  = help: did you mean [\"https://a.example\"]?

error: p.toml has 1 problem
",
    );
}

#[test]
fn a_string_with_commas_is_read_as_the_list_that_it_is() {
    let ran = Folder::with(&[("p.toml", "allow_methods = \"PUT, patch\"\n")]).run(&["check", "p.toml"]);
    assert!(ran.stdout.contains("did you mean [\"PUT\", \"patch\"]?"), "{}", ran.stdout);
    assert!(ran.stdout.contains("error[method-case]"), "{}", ran.stdout);
}

#[test]
fn other_wrong_types_are_named() {
    for (line, sentence) in [
        ("allow_credentials = \"yes\"", "`allow_credentials` has to be true or false, and this is a string"),
        ("allow_credentials = 1", "`allow_credentials` has to be true or false, and this is a whole number"),
        ("allow_origins = true", "`allow_origins` has to be a list of strings, and this is a switch"),
        ("allow_origins = [1]", "an entry has to be a string, and this is a whole number"),
        ("allow_origins = [[\"https://a.example\"]]", "an entry has to be a string, and this is a list"),
        ("allow_origins = {}", "`allow_origins` has to be a list of strings, and this is a table"),
        ("max_age = \"600\"", "`max_age` has to be a whole number of seconds, and this is a string"),
        ("max_age = 600.0", "`max_age` has to be a whole number of seconds, and this is a number with a fraction"),
        ("max_age = 1979-05-27", "`max_age` has to be a whole number of seconds, and this is a date or time"),
        ("preflight_status = true", "`preflight_status` has to be a status from 200 to 299, and this is a switch"),
    ] {
        let ran = Folder::with(&[("p.toml", line)]).run(&["check", "p.toml"]);
        assert!(
            ran.stdout.starts_with(&format!("error[wrong-type]: {sentence}\n --> p.toml:1:")),
            "{line}: {}",
            ran.stdout
        );
        assert!(ran.stdout.ends_with("error: p.toml has 1 problem\n"), "{line}: {}", ran.stdout);
        assert_eq!(ran.code, Some(1), "{line}");
    }
}

#[test]
fn likely_values_are_proposed() {
    for (line, help) in [
        ("allow_credentials = \"true\"", "did you mean true?"),
        ("allow_credentials = \"off\"", "did you mean false?"),
        ("allow_credentials = 1", "did you mean true?"),
        ("max_age = \"600\"", "did you mean 600?"),
        ("max_age = 600.0", "did you mean 600?"),
        ("allow_origins = false", "did you mean []?"),
    ] {
        let ran = Folder::with(&[("p.toml", line)]).run(&["check", "p.toml"]);
        assert!(ran.stdout.contains(help), "{line}: {}", ran.stdout);
    }
}

#[test]
fn numbers_out_of_range_are_told_at_their_line() {
    for (line, kind) in [
        ("max_age = -1", "max-age-negative"),
        ("max_age = -99999999999999999999999999", "max-age-negative"),
        ("max_age = 86401", "max-age-too-large"),
        ("max_age = 4294967296", "max-age-too-large"),
        ("max_age = 99999999999999999999999999", "max-age-too-large"),
        ("max_age = 0xffffffffffffffffffff", "max-age-too-large"),
        ("preflight_status = 0", "preflight-status-not-ok"),
        ("preflight_status = -204", "preflight-status-not-ok"),
        ("preflight_status = 65740", "preflight-status-not-ok"),
        ("preflight_status = 99999999999999999999999999", "preflight-status-not-ok"),
    ] {
        let ran = Folder::with(&[("p.toml", &format!("\n{line}\n"))]).run(&["check", "p.toml"]);
        assert!(ran.stdout.starts_with(&format!("error[{kind}]: ")), "{line}: {}", ran.stdout);
        assert!(ran.stdout.contains(" --> p.toml:2:"), "{line}: {}", ran.stdout);
        assert_eq!(ran.code, Some(1), "{line}");
    }
}

#[test]
fn numbers_may_be_written_in_every_way_of_toml() {
    for line in ["max_age = 6_0_0", "max_age = 0x258", "max_age = 0o1130", "max_age = 0b1001011000", "max_age = +600"] {
        let ran = Folder::with(&[("p.toml", &format!("allow_origins = [\"https://a.example\"]\n{line}\n"))])
            .run(&["check", "p.toml"]);
        ran.assert_prints(0, "p.toml: valid: 1 origin, image of _ bytes\n");
    }
}

#[test]
fn what_could_not_be_read_blames_nothing_else() {
    // Without its origins nothing is known of static_origin.
    let ran = Folder::with(&[("p.toml", "static_origin = true\nallow_origins = 7\n")]).run(&["check", "p.toml"]);
    assert!(ran.stdout.ends_with("error: p.toml has 1 problem\n"), "{}", ran.stdout);
    // The indices of the other entries stay right.
    let policy = "allow_origins = [7, \"https://a.example/\"]\n";
    let ran = Folder::with(&[("p.toml", policy)]).run(&["check", "p.toml", "--json"]);
    let problems = ran.json()["problems"].clone();
    assert_eq!((&problems[0]["entry"], &problems[1]["entry"]), (&json!(0), &json!(1)));
    assert_eq!(problems.as_array().unwrap().len(), 2);
}

#[test]
fn combinations_blame_the_option_that_has_to_change() {
    for (policy, place) in [
        ("allow_origins = [\"*\"]\nallow_credentials = true\n", "error[any-origin-with-credentials]"),
        (
            "allow_credentials = true\nallow_origins = [\"http://a.example\"]\n",
            "error[insecure-origin-with-credentials]",
        ),
        ("allow_origins = [\"*\"]\nallow_null_origin = true\n", "error[null-origin-with-any-origin]"),
        ("static_origin = true\n", "error[static-origin-not-one]"),
    ] {
        let ran = Folder::with(&[("p.toml", policy)]).run(&["check", "p.toml"]);
        assert!(ran.stdout.starts_with(place), "{policy}: {}", ran.stdout);
    }
}

#[test]
fn a_test_file_is_recognized() {
    let ran = Folder::with(&[("p.toml", "policy = \"app.toml\"\n")]).run(&["check", "p.toml"]);
    assert!(ran.stdout.contains("this looks like a test file: see corsac test --help"), "{}", ran.stdout);
}

#[test]
fn names_with_escapes_are_shown_and_not_obeyed() {
    let ran = Folder::with(&[("p.toml", "\"\\u001b[31m\\u202e\" = 1\n")]).run(&["check", "p.toml"]);
    assert!(ran.stdout.contains("there is no option `\\u{1b}[31m\\u{202e}`"), "{}", ran.stdout);
}

#[test]
fn a_very_long_line_is_cut_around_the_problem() {
    let entries: Vec<String> = (0..3_000).map(|i| format!("\"https://h{i}.example\"")).collect();
    let policy = format!("allow_origins = [{}, \"https://x.example/\", \"https://y.example\"]\n", entries.join(", "));
    let ran = Folder::with(&[("p.toml", &policy)]).run(&["check", "p.toml"]);
    assert!(ran.stdout.lines().all(|line| line.len() < 140), "{}", ran.stdout);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    let mark = lines[4].find('^').unwrap();
    assert_eq!(&lines[3][mark - 1..=mark + 1], "e/\"");
}
