//! What `check` advises beside the sentence of a problem.

use crate::problems::assert_problems;
use crate::support::Folder;

#[test]
fn a_duplicate_names_the_first_one() {
    assert_problems(
        "allow_methods = [\"PUT\", \"put\"]\n",
        "\
error[duplicate]: the entry repeats an earlier one; remove it
 --> p.toml:1:26
  |
1 | allow_methods = [\"PUT\", \"put\"]
  |                          ^^^ allow_methods[1]
  = help: allow_methods[0] at p.toml:1:18 is the first one

error: p.toml has 1 problem
",
    );
}

#[test]
fn a_duplicate_in_a_wrong_spelling_is_to_be_removed() {
    assert_problems(
        "allow_hosts = [\"a.example\", \"A.example\"]\n",
        "\
error[upper-case]: an upper-case letter stands where browsers always send lower case; write it in lower case
 --> p.toml:1:30
  |
1 | allow_hosts = [\"a.example\", \"A.example\"]
  |                              ^ allow_hosts[1]
  = help: write \"a.example\"

error[duplicate]: the entry repeats an earlier one; remove it
 --> p.toml:1:30
  |
1 | allow_hosts = [\"a.example\", \"A.example\"]
  |                              ^^^^^^^^^ allow_hosts[1]
  = help: allow_hosts[0] at p.toml:1:16 is the first one

error: p.toml has 2 problems
",
    );
    let ran = Folder::with(&[("p.toml", "allow_hosts = [\"a.example\", \"A.example\"]\n")])
        .run(&["check", "p.toml", "--json"]);
    let message = "allow_hosts[1] \"A.example\": the entry repeats an earlier one; remove it";
    assert_eq!(ran.json()["problems"][1]["message"], message);
}

#[test]
fn one_content_type_an_entry() {
    let ran = Folder::with(&[("p.toml", "allow_content_types = [\"application/json, text/xml\"]\n")])
        .run(&["check", "p.toml"]);
    let help = "  = help: write one content type an entry: [\"application/json\", \"text/xml\"]\n";
    assert!(ran.stdout.contains(help), "{}", ran.stdout);
}

#[test]
fn an_unknown_option_is_told_with_the_likely_one() {
    assert_problems(
        "allow_origin = []\nx = 1\n",
        "\
error[unknown-option]: there is no option `allow_origin`
 --> p.toml:1:1
  |
1 | allow_origin = []
  | ^^^^^^^^^^^^
  = help: did you mean `allow_origins`?

error[unknown-option]: there is no option `x`
 --> p.toml:2:1
  |
2 | x = 1
  | ^

error: p.toml has 2 problems
",
    );
}

#[test]
fn camel_case_and_hyphens_are_understood() {
    for (written, meant) in [
        ("allowOrigins", "allow_origins"),
        ("max-age", "max_age"),
        ("Allow-Credentials", "allow_credentials"),
        ("expose_header", "expose_headers"),
        ("hosts", "allow_hosts"),
        ("content_types", "allow_content_types"),
        ("contentTypes", "allow_content_types"),
    ] {
        let ran = Folder::with(&[("p.toml", &format!("{written} = 1\n"))]).run(&["check", "p.toml"]);
        assert!(ran.stdout.contains(&format!("did you mean `{meant}`?")), "{written}: {}", ran.stdout);
    }
}
