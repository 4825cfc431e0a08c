//! `check` on valid policies: doubts, and what patterns take.

use serde_json::json;

use crate::support::Folder;

#[track_caller]
pub(crate) fn check(policy: &str, expected: &str) {
    Folder::with(&[("p.toml", policy)]).run(&["check", "p.toml"]).assert_prints(0, expected);
}

/// The kinds of the doubts, with their levels and lines.
#[track_caller]
pub(crate) fn doubts(policy: &str) -> Vec<String> {
    let ran = Folder::with(&[("p.toml", policy)]).run(&["check", "--json", "p.toml"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    let document = ran.json();
    let warnings = document["warnings"].as_array().unwrap().iter();
    warnings
        .map(|doubt| {
            format!("{} {}:{}", doubt["level"].as_str().unwrap(), doubt["kind"].as_str().unwrap(), doubt["line"])
        })
        .collect()
}

#[test]
fn a_plain_policy_is_valid_in_one_line() {
    check(
        "allow_origins = [\"https://app.example.com\"]\nallow_methods = [\"PUT\"]\nmax_age = 600\n",
        "p.toml: valid: 1 origin, 1 method, image of _ bytes\n",
    );
}

#[test]
fn patterns_are_shown_with_what_they_take() {
    check(
        "allow_origins = [\"https://example.com\", \"https://*.example.com\"]\n",
        "\
allow_origins[1] \"https://*.example.com\" (p.toml:1:41)
  takes          https://www.example.com
                 https://a.b.example.com
  does not take  https://example.com   (but allow_origins[0] does)
                 https://evilexample.com
                 https://www.example.com.evil.example
                 http://www.example.com
                 https://www.example.com:8443

p.toml: valid: 1 origin and 1 pattern, image of _ bytes
",
    );
}

#[test]
fn examples_can_be_fewer_or_more() {
    let folder = Folder::with(&[("p.toml", "allow_origins = [\"http://localhost:*\", \"https://*.example.com\"]\n")]);
    let none = folder.run(&["check", "p.toml", "--examples", "0"]);
    assert!(none.stdout.starts_with("and 2 more patterns; --examples 2 shows all\n"), "{}", none.stdout);
    let one = folder.run(&["check", "p.toml", "--examples", "1"]);
    assert!(one.stdout.contains("takes          http://localhost\n"), "{}", one.stdout);
    assert!(one.stdout.contains("and 1 more pattern; --examples 2 shows all\n"), "{}", one.stdout);
}

#[test]
fn programs_get_the_same() {
    let ran = Folder::with(&[("p.toml", "allow_origins = [\"https://*.s3.amazonaws.com\"]\n")])
        .run(&["--json", "check", "p.toml"]);
    assert_eq!(ran.code, Some(0));
    let document = ran.json();
    assert_eq!((&document["ok"], &document["problems"]), (&json!(true), &json!([])));
    let warning = &document["warnings"][0];
    assert_eq!(
        json!([
            warning["field"],
            warning["entry"],
            warning["offset"],
            warning["kind"],
            warning["line"],
            warning["column"]
        ]),
        json!(["allow_origins", 0, 0, "public-suffix", 1, 18])
    );
    assert!(
        warning["message"]
            .as_str()
            .unwrap()
            .starts_with("allow_origins[0]: s3.amazonaws.com is on the Public Suffix List")
    );
    let pattern = &document["patterns"][0];
    assert_eq!((&pattern["entry"], &pattern["text"]), (&json!(0), &json!("https://*.s3.amazonaws.com")));
    assert_eq!(pattern["takes"], json!(["https://www.s3.amazonaws.com", "https://a.b.s3.amazonaws.com"]));
    assert!(pattern["does_not_take"].as_array().unwrap().contains(&json!("https://s3.amazonaws.com")));
}

#[test]
fn a_closed_policy_says_so() {
    check(
        "allow_origins = []\n",
        "\
warning[closed]: no origin is listed, so the policy is closed: no page of another origin is allowed anything
 --> p.toml:1:17
  |
1 | allow_origins = []
  |                 ^^

p.toml: valid, with 1 warning: 0 origins, image of _ bytes
",
    );
    assert_eq!(doubts(""), ["warning closed:1"]);
    assert_eq!(doubts("max_age = 600\n"), ["warning closed:1"]);
}

#[test]
fn public_suffixes_are_looked_for_in_the_whole_list() {
    for base in ["s3.amazonaws.com", "myshopify.com", "gov.uk.com", "compute.amazonaws.com", "blogspot.de"] {
        let policy = format!("allow_origins = [\"https://*.{base}\"]\n");
        let is_public = base != "gov.uk.com" && base != "blogspot.de";
        assert_eq!(doubts(&policy).contains(&"warning public-suffix:1".to_owned()), is_public, "{base}");
    }
    assert_eq!(doubts("allow_origins = [\"https://app-*.s3.amazonaws.com\"]\n"), ["warning public-suffix:1"]);
    let meant = "allow_origins = [\"https://*.s3.amazonaws.com\"]\ndangerously_allow_public_suffixes = true\n";
    assert_eq!(doubts(meant), [""; 0]);
}

#[test]
fn a_max_age_over_what_browsers_keep() {
    let policy = |seconds: u32| format!("allow_origins = [\"https://a.example\"]\nmax_age = {seconds}\n");
    assert_eq!(doubts(&policy(600)), [""; 0]);
    assert_eq!(doubts(&policy(601)), ["note max-age-over-browsers:2"]);
    assert_eq!(doubts(&policy(7_200)), ["note max-age-over-browsers:2"]);
    assert_eq!(doubts(&policy(7_201)), ["warning max-age-over-browsers:2"]);
    assert_eq!(doubts(&policy(86_400)), ["warning max-age-over-browsers:2"]);
}

#[test]
fn names_that_need_no_listing() {
    let policy = "\
allow_origins = [\"https://a.example\"]
allow_methods = [\"get\", \"PUT\", \"HEAD\", \"POST\"]
allow_headers = [\"Accept\", \"accept-language\", \"content-language\", \"content-type\", \"range\"]
";
    let expected = vec!["note needs-no-listing:2"; 3].into_iter().chain(vec!["note needs-no-listing:3"; 3]);
    assert_eq!(doubts(policy), expected.collect::<Vec<_>>());
}

#[test]
fn entries_that_a_pattern_covers() {
    check(
        "allow_origins = [\n  \"https://a.example.com\",\n  \"https://*.example.com\",\n]\n",
        "\
note[covered]: allow_origins[1] \"https://*.example.com\" already takes all that this entry takes
 --> p.toml:2:3
  |
2 |   \"https://a.example.com\",
  |   ^^^^^^^^^^^^^^^^^^^^^^^ allow_origins[0]
  = help: remove it, or the pattern if only this entry is meant

allow_origins[1] \"https://*.example.com\" (p.toml:3:3)
  takes          https://www.example.com
                 https://a.b.example.com
  does not take  https://example.com
                 https://evilexample.com
                 https://www.example.com.evil.example
                 http://www.example.com
                 https://www.example.com:8443

p.toml: valid, with 1 note: 1 origin and 1 pattern, image of _ bytes
",
    );
}

#[test]
fn origins_that_anyone_on_the_path_can_speak_as() {
    let policy = "allow_origins = [\"http://a.example\", \"http://localhost:3000\", \"http://127.0.0.1\", \"http://[::1]\", \"http://x.localhost\"]\n";
    assert_eq!(doubts(policy), ["warning insecure-origin:1"]);
    let with_credentials =
        "allow_origins = [\"http://a.example\"]\nallow_credentials = true\ndangerously_allow_insecure_origins = true\n";
    assert_eq!(doubts(with_credentials), [""; 0]);
}

#[test]
fn origins_that_no_page_has() {
    assert_eq!(
        doubts("allow_origins = [\"wss://a.example\", \"ws://a.example\"]\n"),
        vec!["warning websocket-scheme:1"; 2]
    );
    assert_eq!(doubts("allow_origins = [\"capacitor://localhost\"]\n"), [""; 0]);
}

#[test]
fn switches_that_open_much() {
    let policy = "allow_origins = [\"https://a.example\"]\nallow_null_origin = true\n";
    assert_eq!(doubts(policy), ["warning null-origin-allowed:2"]);
    let policy = "allow_origins = [\"https://a.example\"]\nallow_private_network = true\n";
    assert_eq!(doubts(policy), ["warning private-network-retired:2"]);
}

#[test]
fn dangerous_switches_that_nothing_needs() {
    for switch in ["insecure_origins", "public_suffixes", "any_port"] {
        let policy = format!("allow_origins = [\"https://a.example\"]\ndangerously_allow_{switch} = true\n");
        assert_eq!(doubts(&policy), ["warning switch-not-needed:2"], "{switch}");
    }
    for policy in [
        "allow_origins = [\"https://*.github.io\"]\ndangerously_allow_public_suffixes = true\n",
        "allow_origins = [\"https://a.example:*\"]\ndangerously_allow_any_port = true\n",
    ] {
        assert_eq!(doubts(policy), [""; 0], "{policy}");
    }
}

#[test]
fn lists_that_make_a_field_too_long() {
    let names: Vec<String> = (0..1_000).map(|i| format!("\"x-header-{i}\"")).collect();
    let policy = format!("allow_origins = [\"https://a.example\"]\nallow_headers = [{}]\n", names.join(", "));
    assert_eq!(doubts(&policy), ["warning long-field:2"]);
    assert_eq!(doubts(&format!("{policy}minimal_answers = true\n")), [""; 0]);
}

#[test]
fn many_doubts_of_a_kind_are_summed_up() {
    let entries: Vec<String> = (0..40).map(|i| format!("\"http://h{i}.example\"")).collect();
    let ran =
        Folder::with(&[("p.toml", &format!("allow_origins = [{}]\n", entries.join(",")))]).run(&["check", "p.toml"]);
    assert_eq!(ran.stdout.matches("warning[insecure-origin]").count(), 5);
    assert!(ran.stdout.contains("note: and 35 more of insecure-origin; --json lists all\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("p.toml: valid, with 40 warnings: 40 origins,"), "{}", ran.stdout);
}

#[test]
fn any_origin_is_summed_up_as_such() {
    check(
        "allow_origins = [\"*\"]\nallow_methods = [\"*\"]\nallow_headers = [\"*\", \"authorization\"]\nexpose_headers = [\"*\"]\n",
        "p.toml: valid: any origin, any method, any request header, every header exposed, image of _ bytes\n",
    );
}

#[test]
fn a_long_policy_is_checked_fast() {
    let entries: Vec<String> = (0..100_000).map(|i| format!("\"https://h{i}.example\"")).collect();
    let folder = Folder::with(&[("p.toml", &format!("allow_origins = [{}]\n", entries.join(",\n")))]);
    let start = std::time::Instant::now();
    let ran = folder.run(&["check", "p.toml"]);
    assert!(ran.stdout.starts_with("p.toml: valid: 100,000 origins, image of "), "{}", ran.stdout);
    // Some seconds without optimization; hours where anything is quadratic.
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

#[test]
fn standard_input_is_a_file_too() {
    let ran = Folder::with(&[]).run_with(&["check", "-"], b"allow_origins = [\"https://a.example/\"]\n");
    assert!(ran.stdout.contains(" --> <stdin>:1:36\n"), "{}", ran.stdout);
    assert_eq!(ran.code, Some(1));
}
