"""The conformance vectors, which every language runs; see ``vectors/README.md``."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import corsac

FOLDER = Path(os.environ.get("CORSAC_ROOT") or Path(__file__).parents[2]) / "vectors"

LISTS = ("access-control-allow-methods", "access-control-allow-headers", "access-control-expose-headers", "vary")

Fields = dict[str, list[list[str]]]


class Case(NamedTuple):
    """One vector."""

    id: str
    file: str
    data: dict[str, Any]


@cache
def cases() -> tuple[Case, ...]:
    """All vectors of all files."""
    files = sorted(file for file in FOLDER.glob("*.json") if file.name != "exceptions.json")
    return tuple(Case(data["id"], file.name, data) for file in files for data in json.loads(file.read_bytes()))


@cache
def exceptions() -> dict[str, str]:
    """The vectors that are known to fail, with the reason."""
    return {one["id"]: one["reason"] for one in json.loads((FOLDER / "exceptions.json").read_bytes())}


def having(key: str) -> Iterator[Case]:
    """The vectors that ask ``key``."""
    return (case for case in cases() if key in case.data)


def text(value: Any) -> str:
    """A text, a repeated text, or several of these one after another."""
    match value:
        case str():
            return value
        case {"repeat": str(repeated), "times": int(times)}:
            return repeated * times
        case list():
            return "".join(text(part) for part in value)
    raise AssertionError(value)


def fields_of(case: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    """The fields of a request as a server hands them over."""
    pairs = case.get("fields", [])
    return [(text(name).encode("latin-1"), text(value).encode("latin-1")) for name, value in pairs]


def options_of(data: dict[str, Any]) -> dict[str, Any]:
    """The options of a vector's policy, with generators expanded."""
    return {
        key: [text(entry) for entry in value] if isinstance(value, list) else value
        for key, value in data["policy"].items()
    }


def policy_of(data: dict[str, Any]) -> corsac.Policy:
    return corsac.Policy(**options_of(data))


def comparable(fields: Iterable[tuple[str, str]]) -> Fields:
    """By name, the lines in any order; a line of a list is the set of its members, any other line is one member as it is."""
    by_name: Fields = defaultdict(list)
    for name, value in fields:
        name = name.lower()
        if name in LISTS:
            members = sorted({member for part in value.split(",") if (member := part.strip(" \t"))})
        else:
            members = [value]
        by_name[name].append(members)
    return {name: sorted(lines) for name, lines in by_name.items()}


def expected(case: dict[str, Any]) -> Fields:
    return comparable((name, text(value)) for name, value in case["fields"])


def sent(headers: list[tuple[bytes, bytes]]) -> Fields:
    for name, _ in headers:
        assert name == name.lower(), "names are in lower case"
    return comparable((name.decode(), value.decode("latin-1")) for name, value in headers)


def option_names() -> list[str]:
    """The options that every language has."""
    from corsac import _core

    return list(_core.OPTIONS)
