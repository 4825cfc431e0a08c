"""What the options take, and the whole message where they do not."""

from __future__ import annotations

import datetime
import gc
from collections import deque
from http import HTTPMethod, HTTPStatus
from typing import Any

import pytest

import corsac

ORIGIN = "https://app.example.com"

TYPE_ERRORS: list[tuple[dict[str, Any], str]] = [
    (
        {"allow_origins": ORIGIN},
        'allow_origins takes a list of strings, not a str: did you mean ["https://app.example.com"]?',
    ),
    ({"allow_origins": "*"}, 'allow_origins takes a list of strings, not a str: did you mean ["*"]?'),
    (
        {"allow_methods": "PUT, DELETE"},
        'allow_methods takes a list of strings, not a str: did you mean ["PUT", "DELETE"]?',
    ),
    ({"allow_headers": b"x-a"}, "allow_headers takes a list of strings, not a bytes"),
    ({"expose_headers": bytearray(b"x-a")}, "expose_headers takes a list of strings, not a bytearray"),
    ({"allow_hosts": None}, "allow_hosts takes a list of strings, not None"),
    ({"allow_hosts": 7}, "allow_hosts takes a list of strings, not an int"),
    ({"allow_origins": [ORIGIN, 7]}, "allow_origins[1] is an int, not a str"),
    ({"allow_origins": [ORIGIN.encode()]}, "allow_origins[0] is a bytes, not a str"),
    ({"allow_content_types": [None]}, "allow_content_types[0] is None, not a str"),
    ({"allow_credentials": 1}, "allow_credentials takes True or False, not an int"),
    ({"allow_credentials": "true"}, "allow_credentials takes True or False, not a str"),
    ({"static_origin": None}, "static_origin takes True or False, not None"),
    ({"check_public_suffixes": 0}, "check_public_suffixes takes True or False, not an int"),
    ({"max_age": True}, "max_age takes a whole number of seconds or None, not a bool"),
    ({"max_age": 600.0}, "max_age takes a whole number of seconds or None, not a float"),
    ({"max_age": "600"}, "max_age takes a whole number of seconds or None, not a str"),
    (
        {"max_age": datetime.timedelta(seconds=1)},
        "max_age takes a whole number of seconds or None, not a timedelta",
    ),
    ({"preflight_status": None}, "preflight_status takes a status from 200 to 299, not None"),
    ({"preflight_status": False}, "preflight_status takes a status from 200 to 299, not a bool"),
    ({"allow_origin": [ORIGIN]}, "Policy() got an unexpected keyword argument 'allow_origin': did you mean 'allow_origins'?"),
    ({"origins": [ORIGIN]}, "Policy() got an unexpected keyword argument 'origins': did you mean 'allow_origins'?"),
    ({"zzz": 1}, "Policy() got an unexpected keyword argument 'zzz'"),
    ({"allow_origin_regex": 7}, "allow_origin_regex takes a str or a compiled pattern, not an int"),
    ({"allow_origin_func": 7}, "allow_origin_func takes a function from str to bool, not an int"),
]


@pytest.mark.parametrize(("options", "message"), TYPE_ERRORS)
def test_a_value_of_another_type_is_a_type_error(options: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError) as raised:
        corsac.Policy(**options)
    assert str(raised.value) == message


def test_options_are_keywords() -> None:
    with pytest.raises(TypeError, match="positional"):
        corsac.Policy([ORIGIN])  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "origins",
    [
        [ORIGIN, "https://b.example"],
        (ORIGIN, "https://b.example"),
        {ORIGIN: 1, "https://b.example": 2},
        {"https://b.example", ORIGIN},
        frozenset(("https://b.example", ORIGIN)),
        deque([ORIGIN, "https://b.example"]),
        iter([ORIGIN, "https://b.example"]),
        (origin for origin in [ORIGIN, "https://b.example"]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_any_iterable_of_str_is_a_list(origins: Any) -> None:
    assert corsac.Policy(allow_origins=origins) == corsac.Policy(allow_origins=[ORIGIN, "https://b.example"])


def test_what_is_a_str_or_an_int_by_inheritance_is_one() -> None:
    policy = corsac.Policy(allow_methods=[HTTPMethod.PUT], preflight_status=HTTPStatus.OK)
    assert policy == corsac.Policy(allow_methods=["PUT"], preflight_status=200)


def test_what_an_iterable_raises_goes_to_the_caller() -> None:
    def broken() -> Any:
        yield ORIGIN
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        corsac.Policy(allow_origins=broken())


def test_defaults_are_the_closed_policy() -> None:
    closed = corsac.Policy()
    spelled = corsac.Policy(
        allow_origins=(),
        allow_methods=(),
        allow_headers=(),
        expose_headers=(),
        allow_credentials=False,
        max_age=None,
        allow_null_origin=False,
        allow_private_network=False,
        static_origin=False,
        minimal_answers=False,
        preflight_status=204,
        timing_allow_origin=False,
        allow_hosts=(),
        allow_content_types=(),
        dangerously_allow_insecure_origins=False,
        dangerously_allow_public_suffixes=False,
        dangerously_allow_any_port=False,
        allow_origin_regex=None,
        allow_origin_func=None,
        check_public_suffixes=False,
    )
    assert closed == spelled
    assert closed.decide("GET", {"origin": ORIGIN}).allowed is False


def problems(**options: Any) -> list[tuple[str, int | None, int, str]]:
    with pytest.raises(corsac.PolicyError) as raised:
        corsac.Policy(**options)
    found = raised.value.problems
    assert str(raised.value) == "\n".join(problem.message for problem in found)
    return [(problem.field, problem.entry, problem.offset, problem.kind) for problem in found]


def test_all_problems_are_told_at_once() -> None:
    found = problems(
        allow_origins=["https://app.example.com/", "*", "http://a.example"],
        allow_methods=["patch", "TRACE"],
        allow_headers=["cookie"],
        allow_credentials=True,
        max_age=90_000,
        allow_null_origin=True,
        preflight_status=301,
        allow_hosts=["http://printer.local"],
    )
    assert found == [
        ("allow_origins", 0, 23, "trailing-slash"),
        ("allow_origins", 1, 0, "any-origin-with-credentials"),
        ("allow_origins", 2, 0, "insecure-origin-with-credentials"),
        ("allow_methods", 0, 0, "method-case"),
        ("allow_methods", 1, 0, "forbidden-method"),
        ("allow_headers", 0, 0, "forbidden-request-header"),
        ("max_age", None, 0, "max-age-too-large"),
        ("allow_null_origin", None, 0, "null-origin-with-credentials"),
        ("preflight_status", None, 0, "preflight-status-not-ok"),
        ("allow_hosts", 0, 0, "host-with-scheme"),
    ]


def test_a_problem_names_the_safe_spelling() -> None:
    with pytest.raises(corsac.PolicyError) as raised:
        corsac.Policy(allow_origins=["https://Example.com/"])
    (problem,) = raised.value.problems
    assert str(problem) == problem.message == str(raised.value)
    assert problem.message == (
        'allow_origins[0] "https://Example.com/", byte 8: an upper-case letter stands where browsers always send lower case; '
        'write it in lower case: "https://example.com"'
    )


def test_numbers_out_of_any_range_are_problems() -> None:
    assert problems(max_age=-1) == [("max_age", None, 0, "max-age-negative")]
    assert problems(max_age=-(10**30)) == [("max_age", None, 0, "max-age-negative")]
    assert problems(max_age=10**30) == [("max_age", None, 0, "max-age-too-large")]
    for status in (-1, 0, 199, 300, 2**16 + 204, 2**32 + 204, 10**30, -(10**30)):
        assert problems(preflight_status=status) == [("preflight_status", None, 0, "preflight-status-not-ok")]
    for seconds in (0, 1, 86_400):
        corsac.Policy(max_age=seconds)


def test_text_that_is_no_unicode_is_a_problem() -> None:
    assert problems(allow_origins=["https://a\ud800.example"]) == [("allow_origins", 0, 9, "non-ascii")]
    assert problems(allow_origins=["https://b\u00fccher.example"]) == [("allow_origins", 0, 9, "non-ascii")]


def test_the_whole_public_suffix_list_is_looked_at_on_request() -> None:
    pattern = "https://*.s3.amazonaws.com"
    corsac.Policy(allow_origins=[pattern])
    assert problems(allow_origins=[ORIGIN, pattern], check_public_suffixes=True) == [
        ("allow_origins", 1, 10, "public-suffix")
    ]
    with pytest.raises(corsac.PolicyError) as raised:
        corsac.Policy(allow_origins=[pattern], check_public_suffixes=True)
    assert str(raised.value) == (
        'allow_origins[0] "https://*.s3.amazonaws.com", byte 10: anyone can register a name below this suffix; '
        "name your own domain, or set dangerously_allow_public_suffixes"
    )
    corsac.Policy(allow_origins=[pattern], check_public_suffixes=True, dangerously_allow_public_suffixes=True)
    # A suffix that the core knows is told once.
    assert len(problems(allow_origins=["https://*.github.io"], check_public_suffixes=True)) == 1
    corsac.Policy(allow_origins=["https://*.example.com", "https://s3.amazonaws.com"], check_public_suffixes=True)


def test_a_policy_error_is_a_value_error_with_data() -> None:
    error = corsac.PolicyError([corsac.Problem("max_age", None, 0, "made-up", "max_age: made up")])
    assert isinstance(error, ValueError) and error.problems[0].kind == "made-up" and str(error) == "max_age: made up"
    with pytest.raises(AttributeError):
        error.problems[0].kind = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("options", "corrected"),
    [
        ({"allow_origins": ["https://b\u00fccher.example"]}, "https://xn--bcher-kva.example"),
        ({"allow_origins": ["https://*.B\u00dcCHER.example:8443/x"]}, "https://*.xn--bcher-kva.example:8443"),
        ({"allow_origins": ["https://stra\u00dfe.example"]}, "https://xn--strae-oqa.example"),
        ({"allow_hosts": ["k\u00fcche.local"]}, "xn--kche-0ra.local"),
        ({"allow_origins": ["https://b\u00fc cher.example"]}, None),
        ({"allow_headers": ["x-\u00fc"]}, None),
    ],
)
def test_international_names_are_told_as_browsers_send_them(options: dict[str, Any], corrected: str | None) -> None:
    with pytest.raises(corsac.PolicyError) as raised:
        corsac.Policy(**options)
    (message,) = str(raised.value).splitlines()
    assert message.endswith(f': "{corrected}"') is (corrected is not None), message
    assert message.isascii()
    if corrected is not None:
        again: dict[str, Any] = {name: [corrected] for name in options}
        corsac.Policy(**again)


def test_a_dict_of_options_may_change_while_it_is_read() -> None:
    origins = [ORIGIN]

    def names() -> Any:
        for holder in gc.get_referrers(origins):
            if isinstance(holder, dict) and "allow_headers" in holder:
                holder["more"] = 1
        yield "x-a"

    options: dict[str, Any] = {"allow_headers": names(), "allow_origins": origins}
    assert corsac.Policy(**options) == corsac.Policy(allow_headers=["x-a"], allow_origins=[ORIGIN])
