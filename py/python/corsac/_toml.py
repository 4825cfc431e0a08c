"""A policy in TOML, which has the options of every language as its keys."""

from __future__ import annotations

import difflib
import sys
import tomllib
from pathlib import PurePath
from typing import Any

from . import _core
from .errors import PolicyError, Problem

_NUMBERS = {"max_age": "a whole number of seconds", "preflight_status": "a status from 200 to 299"}
#: Options of `Policy` that no file has, as no other language does.
_OF_PYTHON = ("allow_origin_regex", "allow_origin_func", "check_public_suffixes")


def policy(cls: type[_core.Policy], text: str) -> _core.Policy:
    """Makes the policy, or raises PolicyError with all that is wrong: here, and by the core in what can be read."""
    if not isinstance(text, str):
        hint = ""
        if isinstance(text, bytes):
            hint = ": did you mean .decode()?"
        elif isinstance(text, PurePath):
            hint = ": did you mean .read_text()?"
        raise TypeError(f"from_toml takes a str, not {_article(type(text).__name__)}{hint}")
    options: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, value in _read(text).items():
        found = _unknown(key) if key not in _core.OPTIONS else _wrong(key, value)
        problems += found
        if not found:
            options[key] = value
    if not problems:
        return cls(**options)
    try:
        cls(**options)
    except PolicyError as error:
        # What options say together is uncertain where one of them could not be read.
        problems += (problem for problem in error.problems if problem.entry is not None or problem.field in _NUMBERS)
    raise PolicyError(problems)


def _read(text: str) -> dict[str, Any]:
    """The keys of the text. Whatever the parser raises is its own error."""
    try:
        # As the command does, take the mark that some editors put at the beginning of a file.
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        if text.endswith(".toml") and "\n" not in text:
            raise _error(f"{error}: from_toml takes the text of a file, not its name", text) from None
        raise
    except RecursionError:
        raise _error("it is nested too deeply", text) from None
    except ValueError as error:
        # A number of thousands of digits, which Python does not read.
        raise _error(str(error), text) from None


def _error(message: str, text: str) -> tomllib.TOMLDecodeError:
    # From Python 3.14 on it wants to know the place.
    arguments = (message, text, 0) if sys.version_info >= (3, 14) else (message,)
    return tomllib.TOMLDecodeError(*arguments)


def _unknown(key: str) -> list[Problem]:
    if key in _OF_PYTHON:
        return [Problem(key, None, 0, "unknown-option", f"{key}: no file has `{key}`, which is Python's own; give it to Policy")]
    near = difflib.get_close_matches(key.lower().replace("-", "_"), _core.OPTIONS, 1)
    hint = f"; did you mean `{near[0]}`?" if near else ""
    shown = ascii(key[:60])[1:-1]
    return [Problem(key, None, 0, "unknown-option", f"{shown}: there is no option `{shown}`{hint}")]


def _wrong(key: str, value: object) -> list[Problem]:
    if key in _NUMBERS:
        is_right, wanted = type(value) is int, _NUMBERS[key]
    elif key in _core.LISTS:
        is_right, wanted = isinstance(value, list), "a list of strings"
    else:
        is_right, wanted = isinstance(value, bool), "true or false"
    if not is_right:
        hint = ""
        if key in _core.LISTS and isinstance(value, str):
            meant = ", ".join(f'"{part.strip()}"' for part in value.split(",")) if value else ""
            hint = f"; did you mean [{meant}]?"
        message = f"{key}: `{key}` has to be {wanted}, and this is {_kind(value)}{hint}"
        return [Problem(key, None, 0, "wrong-type", message)]
    entries = value if isinstance(value, list) else []
    return [
        Problem(key, i, 0, "wrong-type", f"{key}[{i}]: an entry has to be a string, and this is {_kind(entry)}")
        for i, entry in enumerate(entries)
        if not isinstance(entry, str)
    ]


def _kind(value: object) -> str:
    """The kind of a value in the words of the command."""
    kinds: dict[type, str] = {
        str: "a string",
        bool: "a switch",
        int: "a whole number",
        float: "a number with a fraction",
        list: "a list",
        dict: "a table",
    }
    return kinds.get(type(value), "a date or time")


def _article(name: str) -> str:
    return f"an {name}" if name[:1].lower() in "aeio" else f"a {name}"
