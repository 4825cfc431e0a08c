"""The shapes of methods and headers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email.message import Message
from types import MappingProxyType
from typing import Any

import pytest

import corsac

ORIGIN = "https://app.example.com"
POLICY = corsac.Policy(allow_origins=[ORIGIN], allow_methods=["PUT"], allow_headers=["x-a"])
PREFLIGHT = {"Origin": ORIGIN, "access-control-request-method": "PUT", "ACCESS-CONTROL-REQUEST-HEADERS": "x-a"}


class Items:
    """What is no Mapping, but has `items`, as some libraries' headers do."""

    def items(self) -> list[tuple[str, str]]:
        return list(PREFLIGHT.items())

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("iterating would give the names alone")


def message() -> Message:
    headers = Message()
    for name, value in PREFLIGHT.items():
        headers[name] = value
    return headers


# Functions, as some of these can be read once only.
SHAPES: dict[str, Callable[[], Any]] = {
    "dict of str": lambda: PREFLIGHT,
    "dict of bytes": lambda: {name.encode(): value.encode() for name, value in PREFLIGHT.items()},
    "another mapping": lambda: MappingProxyType(PREFLIGHT),
    "something with items": Items,
    "a message": message,
    "list of pairs": lambda: list(PREFLIGHT.items()),
    "tuple of pairs": lambda: tuple(PREFLIGHT.items()),
    "view of pairs": PREFLIGHT.items,
    "list of pairs of bytes": lambda: [(name.encode(), value.encode()) for name, value in PREFLIGHT.items()],
    "mixed pairs": lambda: [(name, value.encode()) for name, value in PREFLIGHT.items()],
    "lists of two": lambda: [[name, value] for name, value in PREFLIGHT.items()],
    "generator": lambda: ((name, value) for name, value in PREFLIGHT.items()),
    "iterators of two": lambda: (iter(pair) for pair in PREFLIGHT.items()),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("method", ["OPTIONS", b"OPTIONS"])
def test_every_shape_says_the_same(method: str | bytes, shape: str) -> None:
    decision = POLICY.decide(method, SHAPES[shape]())
    assert (decision.kind, decision.allowed, decision.status) == ("preflight", True, 204)


def test_a_dict_may_hold_a_name_several_times() -> None:
    class Several(dict[str, list[str]]):
        def items(self) -> Any:
            return [(name, value) for name, values in super().items() for value in values]

    assert POLICY.decide("GET", Several(origin=[ORIGIN])).allowed
    assert POLICY.decide("GET", Several(origin=[ORIGIN, "https://evil.example"])).refusal == "origin-repeated"


def test_no_headers() -> None:
    nothing: list[Any] = [None, [], {}, (), iter([])]
    for none in nothing:
        decision = POLICY.decide("GET", none)
        assert (decision.kind, decision.allowed, decision.refusal, decision.status) == ("not-cors", None, None, None)
        assert decision.headers == [(b"vary", b"Origin")]


TYPE_ERRORS: list[tuple[Any, Any, str]] = [
    (None, [], "method takes a str or bytes, not None"),
    (7, [], "method takes a str or bytes, not an int"),
    ("GET", "origin", "headers takes a mapping or an iterable of pairs, not a str"),
    ("GET", b"origin", "headers takes a mapping or an iterable of pairs, not a bytes"),
    ("GET", 7, "headers takes a mapping or an iterable of pairs, not an int"),
    ("GET", [None], "headers[0] is not a pair of bytes or str but None"),
    ("GET", ["ab"], "headers[0] is not a pair of bytes or str but a str"),
    ("GET", [(b"a", b"b"), b"ab"], "headers[1] is not a pair of bytes or str but a bytes"),
    ("GET", [(b"origin",)], "headers[0] is not a pair of bytes or str but a tuple"),
    ("GET", [(b"a", b"b", b"c")], "headers[0] is not a pair of bytes or str but a tuple"),
    ("GET", [(7, b"b")], "the name in headers[0] is an int, not bytes or str"),
    ("GET", {"origin": None}, "the value in headers[0] is None, not bytes or str"),
    ("GET", [("origin", ["a"])], "the value in headers[0] is a list, not bytes or str"),
]


@pytest.mark.parametrize(("method", "headers", "text"), TYPE_ERRORS)
def test_what_is_no_headers_is_a_type_error(method: Any, headers: Any, text: str) -> None:
    with pytest.raises(TypeError) as raised:
        POLICY.decide(method, headers)
    assert str(raised.value) == text


def test_what_an_iterable_raises_goes_to_the_caller() -> None:
    def broken() -> Iterator[tuple[str, str]]:
        yield "origin", ORIGIN
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        POLICY.decide("GET", broken())


@pytest.mark.parametrize("value", ["https://b\u00fccher.example", "https://\u4f8b.example", "\ud800", "\udcff", "\x00", ORIGIN + "\u200b"])
def test_text_that_is_not_ascii_is_refused(value: str) -> None:
    decision = POLICY.decide("GET", {"origin": value})
    assert decision.refusal == "origin-not-allowed" and decision.headers == [(b"vary", b"Origin")]
    assert decision.explain().isascii()
    assert POLICY.decide(value, {"origin": ORIGIN}).kind == "actual"
    assert POLICY.decide("GET", {value: ORIGIN}).kind == "not-cors"


def test_a_header_list_is_new_each_time() -> None:
    decision = POLICY.decide("GET", {"origin": ORIGIN})
    first = decision.headers
    first.append((b"set-cookie", b"x"))
    assert decision.headers == first[:-1] and POLICY.decide("GET", {"origin": ORIGIN}).headers == first[:-1]


def test_headers_are_exactly_bytes() -> None:
    class Odd(bytes):
        def lower(self) -> bytes:
            raise AssertionError

    decision = POLICY.decide("GET", [(Odd(b"origin"), Odd(ORIGIN.encode()))])
    assert decision.allowed
    assert {type(part) for pair in decision.headers for part in pair} == {bytes}


def test_a_decision_outlives_what_it_came_from() -> None:
    value = bytearray(ORIGIN.encode())
    policy = corsac.Policy(allow_origins=[ORIGIN])
    headers = [(b"origin", bytes(value))]
    decision = policy.decide("GET", headers)
    headers.clear()
    value[:] = b"x"
    del policy
    assert decision.headers == [(b"access-control-allow-origin", ORIGIN.encode()), (b"vary", b"Origin")]
    assert ORIGIN in decision.explain()


def test_arguments_beside_the_headers() -> None:
    with pytest.raises(ValueError) as raised:
        POLICY.guard("POST", {}, scheme="ftp")  # type: ignore[arg-type]
    assert str(raised.value) == 'scheme is "http", "https", "ws" or "wss", not "ftp"'
    with pytest.raises(ValueError) as raised:
        POLICY.check_websocket({}, absent_origin="allow")  # type: ignore[arg-type]
    assert str(raised.value) == 'absent_origin is "pass" or "refuse", not "allow"'
    with pytest.raises(TypeError) as type_error:
        POLICY.check_host("printer.local", own_names="printer.local")
    assert str(type_error.value) == 'own_names takes a list of strings, not a str: did you mean ["printer.local"]?'
    with pytest.raises(TypeError) as type_error:
        POLICY.check_host(7)  # type: ignore[arg-type]
    assert str(type_error.value) == "host takes a str, bytes or None, not an int"
    assert POLICY.check_host(b"printer.local", own_names=("printer.local",)).passes
    assert POLICY.check_host(None).refusal == "host-missing"
    assert POLICY.guard("POST", {}, absent_origin="refuse").refusal == "origin-missing"
