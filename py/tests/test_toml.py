"""``Policy.from_toml``."""

from __future__ import annotations

import tomllib
from pathlib import PurePosixPath

import pytest

import corsac


def problems(text: str) -> list[tuple[str, int | None, str, str]]:
    with pytest.raises(corsac.PolicyError) as raised:
        corsac.Policy.from_toml(text)
    return [(problem.field, problem.entry, problem.kind, problem.message) for problem in raised.value.problems]


def test_a_file_is_the_keyword_arguments() -> None:
    text = """
        allow_origins = ["https://app.example.com"]  # the application
        allow_methods = ["PUT"]
        allow_credentials = true
        max_age = 600
        preflight_status = 200
    """
    assert corsac.Policy.from_toml(text) == corsac.Policy(
        allow_origins=["https://app.example.com"],
        allow_methods=["PUT"],
        allow_credentials=True,
        max_age=600,
        preflight_status=200,
    )
    assert corsac.Policy.from_toml("") == corsac.Policy()


def test_all_that_is_wrong_is_told() -> None:
    found = problems(
        """
        allow_origins = "https://a.example, https://b.example"
        allow_method = ["PUT"]
        allow-credentials = true
        nonsense = 1
        allow_headers = ["x-a", 7, "cookie"]
        expose_headers = ["etag ", "x-b"]
        max_age = 1979-05-27
        preflight_status = 301
        static_origin = true
        minimal_answers = 1
        timing_allow_origin = "yes"
        """
    )
    assert found == [
        (
            "allow_origins",
            None,
            "wrong-type",
            "allow_origins: `allow_origins` has to be a list of strings, and this is a string; "
            'did you mean ["https://a.example", "https://b.example"]?',
        ),
        (
            "allow_method",
            None,
            "unknown-option",
            "allow_method: there is no option `allow_method`; did you mean `allow_methods`?",
        ),
        (
            "allow-credentials",
            None,
            "unknown-option",
            "allow-credentials: there is no option `allow-credentials`; did you mean `allow_credentials`?",
        ),
        ("nonsense", None, "unknown-option", "nonsense: there is no option `nonsense`"),
        (
            "allow_headers",
            1,
            "wrong-type",
            "allow_headers[1]: an entry has to be a string, and this is a whole number",
        ),
        (
            "max_age",
            None,
            "wrong-type",
            "max_age: `max_age` has to be a whole number of seconds, and this is a date or time",
        ),
        (
            "minimal_answers",
            None,
            "wrong-type",
            "minimal_answers: `minimal_answers` has to be true or false, and this is a whole number",
        ),
        (
            "timing_allow_origin",
            None,
            "wrong-type",
            "timing_allow_origin: `timing_allow_origin` has to be true or false, and this is a string",
        ),
        (
            "expose_headers",
            0,
            "blank",
            'expose_headers[0] "etag ", byte 4: a blank stands in the entry; remove it, and write several values as several '
            'entries: "etag"',
        ),
        (
            "preflight_status",
            None,
            "preflight-status-not-ok",
            "preflight_status: browsers take a preflight's answer only with a status from 200 to 299",
        ),
    ]


def test_only_options_of_every_language_are_keys() -> None:
    for key in ("allow_origin_regex", "allow_origin_func", "check_public_suffixes"):
        ((field, _, kind, _),) = problems(f'{key} = "x"')
        assert (field, kind) == (key, "unknown-option")


def test_a_table_is_an_unknown_option() -> None:
    ((field, entry, kind, message),) = problems("[cors]\nallow_origins = []")
    assert (field, entry, kind, message) == ("cors", None, "unknown-option", "cors: there is no option `cors`")


def test_what_is_pythons_own_is_named_as_such() -> None:
    for key in ("allow_origin_regex", "allow_origin_func", "check_public_suffixes"):
        ((_, _, _, message),) = problems(f"{key} = true")
        assert message == f"{key}: no file has `{key}`, which is Python's own; give it to Policy"


@pytest.mark.parametrize("text", ["allow_origins = [", "max_age = " + "[" * 5_000, "max_age = " + "9" * 5_000])
def test_what_is_no_toml_raises_as_tomllib_does(text: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        corsac.Policy.from_toml(text)


def test_a_mark_at_the_beginning_is_taken_as_by_the_command() -> None:
    assert corsac.Policy.from_toml("\ufeffmax_age = 1") == corsac.Policy(max_age=1)


def test_the_name_of_a_file_is_not_its_text() -> None:
    with pytest.raises(tomllib.TOMLDecodeError, match="from_toml takes the text of a file, not its name"):
        corsac.Policy.from_toml("policies/policy.toml")
    with pytest.raises(TypeError, match=r"^from_toml takes a str, not a PurePosixPath: did you mean .read_text\(\)\?$"):
        corsac.Policy.from_toml(PurePosixPath("policy.toml"))  # type: ignore[arg-type]


def test_only_text_is_taken() -> None:
    with pytest.raises(TypeError) as raised:
        corsac.Policy.from_toml(b"max_age = 1")  # type: ignore[arg-type]
    assert str(raised.value) == "from_toml takes a str, not a bytes: did you mean .decode()?"
    with pytest.raises(TypeError) as raised:
        corsac.Policy.from_toml(7)  # type: ignore[arg-type]
    assert str(raised.value) == "from_toml takes a str, not an int"
