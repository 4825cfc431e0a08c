"""``Policy.from_toml``."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

import corsac
from corsac import _core

#: A value of each option, which is not its default.
GOOD: dict[str, Any] = {
    "allow_origins": ["https://app.example.com"],
    "allow_methods": ["PUT"],
    "allow_headers": ["x-a"],
    "expose_headers": ["x-b"],
    "allow_credentials": True,
    "max_age": 600,
    "allow_null_origin": True,
    "allow_private_network": True,
    "static_origin": True,
    "minimal_answers": True,
    "preflight_status": 200,
    "timing_allow_origin": True,
    "allow_hosts": ["printer.local"],
    "allow_content_types": ["application/json"],
    "dangerously_allow_insecure_origins": True,
    "dangerously_allow_public_suffixes": True,
    "dangerously_allow_any_port": True,
}

#: A value of each kind as TOML spells it, and what the command calls it.
KINDS = {
    '"x"': "a string",
    "true": "a switch",
    "1": "a whole number",
    "1.5": "a number with a fraction",
    "[]": "a list",
    "{}": "a table",
    "1979-05-27": "a date or time",
}

NUMBERS = {"max_age": "a whole number of seconds", "preflight_status": "a status from 200 to 299"}


def wanted(option: str) -> str:
    return NUMBERS.get(option) or ("a list of strings" if option in _core.LISTS else "true or false")


def right_kind(option: str) -> str:
    return "a whole number" if option in NUMBERS else "a list" if option in _core.LISTS else "a switch"


#: What makes a value of an option one that a policy takes.
BESIDE: dict[str, dict[str, Any]] = {"static_origin": {"allow_origins": ["https://app.example.com"]}}


def problems(text: str) -> list[tuple[str, int | None, str]]:
    with pytest.raises(corsac.PolicyError) as raised:
        corsac.Policy.from_toml(text)
    return [(problem.field, problem.entry, problem.kind) for problem in raised.value.problems]


def message(text: str) -> str:
    with pytest.raises(corsac.PolicyError) as raised:
        corsac.Policy.from_toml(text)
    (problem,) = raised.value.problems
    return problem.message


@pytest.mark.parametrize("option", _core.OPTIONS)
def test_an_option_is_the_keyword_argument(option: str) -> None:
    options = {option: GOOD[option], **BESIDE.get(option, {})}
    text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in options.items())
    assert corsac.Policy.from_toml(text) == corsac.Policy(**options)
    # Some say something only beside others.
    assert repr(corsac.Policy.from_toml(text)) == repr(corsac.Policy(**options)) != repr(corsac.Policy())


@pytest.mark.parametrize(
    ("option", "value"), [(option, value) for option in _core.OPTIONS for value, kind in KINDS.items() if kind != right_kind(option)]
)
def test_a_value_of_another_kind_is_told(option: str, value: str) -> None:
    hint = '; did you mean ["x"]?' if value == '"x"' and option in _core.LISTS else ""
    assert message(f"{option} = {value}") == f"{option}: `{option}` has to be {wanted(option)}, and this is {KINDS[value]}{hint}"


@pytest.mark.parametrize("option", _core.LISTS)
@pytest.mark.parametrize("value", [value for value in KINDS if KINDS[value] != "a string"])
def test_an_entry_that_is_no_string_is_told(option: str, value: str) -> None:
    assert message(f"{option} = [{value}]") == f"{option}[0]: an entry has to be a string, and this is {KINDS[value]}"


def test_an_empty_file_is_the_closed_policy() -> None:
    assert corsac.Policy.from_toml("") == corsac.Policy()


def test_a_list_in_one_string_is_told_as_a_list() -> None:
    assert message('allow_methods = "PUT, DELETE"').endswith('; did you mean ["PUT", "DELETE"]?')
    assert message('allow_methods = ""').endswith("; did you mean []?")


BAD = """
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


def test_all_that_is_wrong_is_told() -> None:
    assert problems(BAD) == [
        ("allow_origins", None, "wrong-type"),
        ("allow_method", None, "unknown-option"),
        ("allow-credentials", None, "unknown-option"),
        ("nonsense", None, "unknown-option"),
        ("allow_headers", 1, "wrong-type"),
        ("max_age", None, "wrong-type"),
        ("minimal_answers", None, "wrong-type"),
        ("timing_allow_origin", None, "wrong-type"),
        ("expose_headers", 0, "blank"),
        ("preflight_status", None, "preflight-status-not-ok"),
    ]


FILES = {"mixed": BAD} | {kind: "".join(f"{option} = {value}\n" for option in _core.OPTIONS) for value, kind in KINDS.items()}


def without_hint(text: str) -> str:
    return text.partition("; did you mean")[0]


@pytest.mark.parametrize("kind", FILES)
def test_it_is_told_in_the_words_of_the_command(kind: str, tmp_path: Path) -> None:
    """But for what is meant by a value of another kind, which the command takes as well to read on."""
    (tmp_path / "bad.toml").write_text(FILES[kind])
    command = [sys.executable, "-m", "corsac", "check", "bad.toml", "--json"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    theirs = {(one["field"], one["entry"], one["kind"], without_hint(one["message"])) for one in json.loads(ran.stdout)["problems"]}
    with pytest.raises(corsac.PolicyError) as raised:
        corsac.Policy.from_toml(FILES[kind])
    ours = {(one.field, one.entry, one.kind, without_hint(one.message)) for one in raised.value.problems}
    assert ours <= theirs
    of_types = {one for one in theirs if one[2] in ("wrong-type", "unknown-option")}
    assert of_types and of_types <= ours


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("allow_method", "; did you mean `allow_methods`?"),
        ("ALLOW-CREDENTIALS", "; did you mean `allow_credentials`?"),
        ("cors", ""),
    ],
)
def test_an_unknown_option_is_told_with_a_near_one(key: str, hint: str) -> None:
    assert message(f"{key} = true") == f"{key}: there is no option `{key}`{hint}"


def test_a_table_is_an_unknown_option() -> None:
    assert message("[cors]\nallow_origins = []") == "cors: there is no option `cors`"


@pytest.mark.parametrize("key", ["allow_origin_regex", "allow_origin_func", "check_public_suffixes"])
def test_what_is_pythons_own_is_named_as_such(key: str) -> None:
    assert problems(f"{key} = true") == [(key, None, "unknown-option")]
    assert message(f"{key} = true") == f"{key}: no file has `{key}`, which is Python's own; give it to Policy"


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
