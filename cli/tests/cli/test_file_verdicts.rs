//! `test` with rows about the verdicts beside CORS.

use serde_json::json;

use crate::test_files::test;

/// The differences of a row about a policy with hosts and content types.
#[track_caller]
fn differences_beside_cors(row: &str) -> Vec<String> {
    let text = format!(
        "[policy]\nallow_origins = [\"https://app.example.com\"]\nallow_hosts = [\"printer.local\"]\nallow_content_types = [\"application/json\"]\n[[expect]]\n{row}\n"
    );
    let ran = test(&text, &["--json"]);
    assert_eq!(ran.stderr, "", "{row}");
    let differences = ran.json()["results"][0]["differences"].clone();
    assert_eq!(ran.code, Some(i32::from(differences != json!([]))), "{row}");
    serde_json::from_value(differences).unwrap()
}

#[test]
fn the_verdicts_beside_cors_are_asked() {
    for (row, expected) in [
        ("ask = \"guard\"\nmethod = \"POST\"\nfields = [\"Sec-Fetch-Site: same-origin\"]\npasses = true", &[][..]),
        (
            "ask = \"guard\"\nmethod = \"POST\"\nfields = [\"Origin: https://evil.example\", \"Sec-Fetch-Site: cross-site\"]\npasses = true",
            &["passes: expected true, got false"],
        ),
        (
            "ask = \"guard\"\nmethod = \"POST\"\nfields = [\"Origin: https://app.example.com\", \"Content-Type: text/plain\"]\npasses = false\nrefusal = \"content-type-missing\"",
            &["refusal: expected content-type-missing, got content-type-simple"],
        ),
        (
            "ask = \"guard\"\nmethod = \"POST\"\nfields = []\nabsent_origin = \"refuse\"\nrefusal = \"origin-missing\"",
            &[],
        ),
        ("ask = \"guard\"\nmethod = \"POST\"\nfields = []\nabsent_origin = \"pass\"\npasses = true", &[]),
        ("ask = \"host\"\nfields = [\"Host: printer.local\"]\npasses = true", &[]),
        (
            "ask = \"host\"\nfields = [\":authority: evil.example\"]\npasses = false\nrefusal = \"host-not-allowed\"",
            &[],
        ),
        ("ask = \"host\"\nfields = [\"Host: printer-2.local\"]\nown_names = [\"printer-2.local\"]\npasses = true", &[]),
        (
            "ask = \"websocket\"\nfields = [\"Host: a.example\", \"Origin: http://a.example\"]\nscheme = \"https\"\npasses = false\nrefusal = \"scheme-differs\"",
            &[],
        ),
        (
            "ask = \"screen\"\nfields = [\"Host: printer.local\", \"Origin: https://evil.example\"]\npasses = true\nrefusal = \"origin-not-allowed\"\nresponse = { vary = \"Origin\", access-control-allow-origin = false }",
            &[],
        ),
        (
            "ask = \"screen\"\nfields = [\"Host: evil.example\"]\npasses = true\nresponse = { vary = \"Accept\" }",
            &["passes: expected true, got false", "response: vary: expected \"Accept\", got \"Origin\""],
        ),
        ("ask = \"screen\"\nfields = [\"Host: evil.example\"]\npasses = false\nstopped_by = \"host\"", &[]),
        (
            "ask = \"screen\"\nmethod = \"POST\"\nfields = [\"Host: printer.local\", \"Origin: http://evil.example\"]\nstopped_by = \"host\"",
            &["stopped_by: expected host, got guard"],
        ),
        (
            "ask = \"screen\"\nfields = [\"Host: printer.local\"]\nstopped_by = \"guard\"",
            &["stopped_by: expected guard, got none"],
        ),
        (
            "ask = \"screen\"\nmethod = \"POST\"\nfields = [\"Host: printer.local\", \"Origin: http://printer.local\"]\npasses = true",
            &[],
        ),
        ("ask = \"cors\"\nfields = [\"Origin: https://app.example.com\"]\nallowed = true", &[]),
    ] {
        assert_eq!(differences_beside_cors(row), expected, "{row}");
    }
}

#[test]
fn rows_without_a_name_say_what_is_asked() {
    let text = "\
policy = \"p.toml\"
[[expect]]
ask = \"guard\"
method = \"POST\"
fields = [\"Origin: https://evil.example\"]
passes = true
[[expect]]
ask = \"host\"
fields = []
passes = false
";
    test(text, &[]).assert_prints(
        1,
        "\
running 2 expectations of p.toml
test guard: POST with Origin: https://evil.example ... FAILED
test host: GET with no Host ... ok

failures:

t.toml:2:1: guard: POST with Origin: https://evil.example
  passes: expected true, got false
  because: origin \"https://evil.example\" is no entry of allow_origins, and it is not the server's own, as there is no Host; add the origin if its pages may act here

test result: FAILED. 1 passed; 1 failed
",
    );
}

#[test]
fn what_a_verdict_does_not_know_is_misuse_at_its_place() {
    for (row, expected) in [
        (
            "ask = \"gaurd\"\nfields = []\npasses = true",
            "error[unknown-option]: there is no verdict `gaurd`\n --> t.toml:3:7\n",
        ),
        (
            "ask = 1\nfields = []\npasses = true",
            "error[wrong-type]: `ask` has to be a string, and this is a whole number\n",
        ),
        ("ask = \"guard\"\npasses = true", "error[missing]: `fields` is missing\n --> t.toml:2:1\n"),
        ("ask = \"guard\"\nfields = []", "error[missing]: `passes` is missing\n --> t.toml:2:1\n"),
        (
            "fields = []\npasses = true",
            "error[other-verdict]: the verdict cors has no `passes`: whether CORS lets a page read is `allowed`\n --> t.toml:4:1\n",
        ),
        (
            "ask = \"guard\"\nfields = []\nallowed = true",
            "error[other-verdict]: the verdict guard has no `allowed`: its answer is `passes`\n --> t.toml:5:1\n",
        ),
        (
            "ask = \"screen\"\nfields = []\npreflight = true",
            "error[other-verdict]: the verdict screen has no `preflight`: it expects `passes` and `refusal`\n",
        ),
        (
            "ask = \"host\"\nfields = []\nresponse = { vary = true }",
            "error[other-verdict]: the verdict host has no `response`: it makes no response; cors and screen do\n",
        ),
        (
            "fields = []\nscheme = \"http\"\nallowed = true",
            "error[other-verdict]: the verdict cors does not look at `scheme`, but guard, websocket and screen do\n --> t.toml:4:1\n",
        ),
        (
            "ask = \"guard\"\nfields = []\nown_names = []\npasses = true",
            "error[other-verdict]: the verdict guard does not look at `own_names`, but host and screen do\n",
        ),
        (
            "ask = \"host\"\nmethod = \"POST\"\nfields = []\npasses = true",
            "error[other-verdict]: the verdict host does not look at `method`, but cors, guard and screen do\n --> t.toml:4:1\n",
        ),
        (
            "ask = \"guard\"\nfields = []\nstopped_by = \"guard\"",
            "error[other-verdict]: the verdict guard has no `stopped_by`: it stands alone; screen asks several\n --> t.toml:5:1\n",
        ),
        (
            "ask = \"screen\"\nfields = []\nstopped_by = \"gard\"",
            "error[unknown-option]: there is no verdict that stops a request `gard`\n --> t.toml:5:14\n",
        ),
        (
            "ask = \"screen\"\nfields = []\npasses = true\nstopped_by = \"host\"",
            "error[contradiction]: nothing stops what passes; remove one of the two\n",
        ),
        (
            "ask = \"guard\"\nfields = []\nscheme = \"ftp\"\npasses = true",
            "error[unknown-value]: `scheme` is \"http\" or \"https\", and this is \"ftp\"\n --> t.toml:5:10\n",
        ),
        (
            "ask = \"guard\"\nfields = []\nabsent_origin = true\npasses = true",
            "error[wrong-type]: `absent_origin` has to be a string, and this is a switch\n",
        ),
        (
            "ask = \"host\"\nfields = []\nown_names = [\"*.local\"]\npasses = true",
            "error[bad-own-name]: `*.local` takes no host: a host is taken by its exact name",
        ),
        (
            "ask = \"guard\"\nfields = []\npasses = true\nrefusal = \"cross-site\"",
            "error[contradiction]: what passes has no refusal; remove one of the two\n",
        ),
        (
            "from = \"https://a.example\"\nrequest = \"https://b.example\"\npasses = true",
            "error[other-verdict]: the verdict cors has no `passes`",
        ),
        (
            "from = \"https://a.example\"\nrequest = \"https://b.example\"\nask = \"guard\"\nallowed = true",
            "error[unknown-option]: a row with `from` has no key `ask`\n",
        ),
    ] {
        let ran = test(&format!("policy = \"p.toml\"\n[[expect]]\n{row}\n"), &[]);
        assert!(ran.stderr.starts_with(expected), "{row}\n{}", ran.stderr);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{row}");
    }
    let ran = test("policy = \"p.toml\"\n[[expect]]\nask = \"x\"\nown_name = []\nfields = []\npasses = true\n", &[]);
    for help in ["write one of cors, guard, host, websocket, screen\n", "did you mean `own_names`?\n"] {
        assert!(ran.stderr.contains(help), "{}", ran.stderr);
    }
}
