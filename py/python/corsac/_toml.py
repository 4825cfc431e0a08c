"""A policy in TOML, which has the options of every language as its keys."""

from __future__ import annotations

import difflib
import tomllib
from typing import Any

from . import _core
from .errors import PolicyError, Problem

_NUMBERS = {"max_age": "a whole number of seconds", "preflight_status": "a status from 200 to 299"}
_LISTS = frozenset(
    ("allow_origins", "allow_methods", "allow_headers", "expose_headers", "allow_hosts", "allow_content_types")
)


def policy(cls: type[_core.Policy], text: str) -> _core.Policy:
    """Makes the policy, or raises PolicyError with all that is wrong: here, and by the core in what can be read."""
    if not isinstance(text, str):
        hint = ": did you mean .decode()?" if isinstance(text, bytes) else ""
        raise TypeError(f"from_toml takes a str, not {_article(type(text).__name__)}{hint}")
    options: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, value in tomllib.loads(text).items():
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


def _unknown(key: str) -> list[Problem]:
    near = difflib.get_close_matches(key.lower().replace("-", "_"), _core.OPTIONS, 1)
    hint = f"; did you mean `{near[0]}`?" if near else ""
    shown = ascii(key[:60])[1:-1]
    return [Problem(key, None, 0, "unknown-option", f"{shown}: there is no option `{shown}`{hint}")]


def _wrong(key: str, value: object) -> list[Problem]:
    if key in _NUMBERS:
        is_right, wanted = type(value) is int, _NUMBERS[key]
    elif key in _LISTS:
        is_right, wanted = isinstance(value, list), "a list of strings"
    else:
        is_right, wanted = isinstance(value, bool), "true or false"
    if not is_right:
        hint = ""
        if key in _LISTS and isinstance(value, str):
            meant = ", ".join(f'"{part.strip()}"' for part in value.split(","))
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
