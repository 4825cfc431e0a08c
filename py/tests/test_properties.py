"""What holds for any policy and any request."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import corsac
import vectors

settings.register_profile("corsac", deadline=None, max_examples=300, derandomize=True)
settings.load_profile("corsac")

ORIGIN = "https://app.example.com"
POLICY = corsac.Policy(
    allow_origins=[ORIGIN, "https://*.preview.example.com", "http://localhost:*"],
    allow_methods=["PUT", "DELETE"],
    allow_headers=["authorization", "content-type"],
    allow_credentials=True,
    allow_hosts=["api.example.com"],
    allow_content_types=["application/json"],
    allow_origin_func=lambda origin: "b" in origin,
)

names = st.sampled_from(
    [
        "origin",
        "Origin",
        "access-control-request-method",
        "Access-Control-Request-Headers",
        "access-control-request-private-network",
        "host",
        "sec-fetch-site",
        "content-type",
        "upgrade",
        "x-a",
    ]
)
values = st.sampled_from(
    [ORIGIN, "https://a.preview.example.com", "http://localhost:8080", "null", "PUT", "GET", "content-type,authorization"]
) | st.text(st.characters(max_codepoint=0xFF), max_size=60)
fields = st.lists(st.tuples(names, values), max_size=12)
methods = st.sampled_from(["OPTIONS", "GET", "POST", "PUT", "options"]) | st.text(max_size=8)

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.binary(max_size=8)
    | names
    | values
    | st.builds(object),
    lambda inner: st.lists(inner, max_size=4)
    | st.tuples(inner, inner)
    | st.dictionaries(st.text(max_size=8) | names, inner, max_size=4),
    max_leaves=12,
)


def answer(decision: corsac.Decision) -> tuple[Any, ...]:
    return decision.kind, decision.allowed, decision.refusal, decision.status, decision.headers, decision.explain()


@given(methods, fields)
def test_text_and_bytes_agree(method: str, pairs: list[tuple[str, str]]) -> None:
    as_bytes = [(name.encode(), value.encode("latin-1")) for name, value in pairs]
    one = POLICY.decide(method, pairs)
    assert answer(one) == answer(POLICY.decide(method, as_bytes))
    assert answer(one) == answer(POLICY.decide(method.encode("utf-8", "surrogatepass"), iter(as_bytes))) or not method.isascii()
    text, data = POLICY.screen(method, pairs), POLICY.screen(method, as_bytes)
    assert (text.stopped_by, text.refusal, text.headers) == (data.stopped_by, data.refusal, data.headers)


@given(methods, st.dictionaries(names, values, max_size=8))
def test_a_mapping_and_its_pairs_agree(method: str, mapping: dict[str, str]) -> None:
    assert answer(POLICY.decide(method, mapping)) == answer(POLICY.decide(method, list(mapping.items())))


@given(methods, fields)
def test_names_are_compared_without_case(method: str, pairs: list[tuple[str, str]]) -> None:
    upper = [(name.upper(), value) for name, value in pairs]
    assert answer(POLICY.decide(method, pairs)) == answer(POLICY.decide(method, upper))


HOST, UPGRADE = ("host", "api.example.com"), ("upgrade", "websocket")


@given(methods, fields, st.sampled_from([[], [HOST], [HOST, UPGRADE]]))
def test_screening_agrees_with_its_parts(method: str, pairs: list[tuple[str, str]], first: list[tuple[str, str]]) -> None:
    # Without these nearly all is stopped for its host.
    pairs = [*first, *(pair for pair in pairs if not first or pair[0] != "host")]
    screening, decision = POLICY.screen(method, pairs), POLICY.decide(method, pairs)
    assert screening.kind == decision.kind
    if screening.stopped_by is None:
        assert (screening.refusal, screening.status) == (decision.refusal, decision.status)
        assert screening.headers == decision.headers
    elif screening.stopped_by == "guard":
        assert POLICY.guard(method, pairs).refusal == screening.refusal
    elif screening.stopped_by == "websocket":
        assert POLICY.check_websocket(pairs).refusal == screening.refusal
    else:
        hosts = [value for name, value in pairs if name == "host"]
        expected = "host-repeated" if len(hosts) > 1 else POLICY.check_host(hosts[0] if hosts else None).refusal
        assert (screening.stopped_by, screening.refusal) == ("host", expected)


@given(methods, fields)
def test_what_is_sent_can_be_sent(method: str, pairs: list[tuple[str, str]]) -> None:
    for name, value in POLICY.decide(method, pairs).headers:
        assert name == name.lower() and value == value.strip(b" \t")
        assert all(0x20 <= byte < 0x7F or byte == 9 for byte in value)


@given(anything, anything)
def test_odd_objects_raise_type_errors_and_nothing_else(method: Any, headers: Any) -> None:
    for call in (
        lambda: POLICY.decide(method, headers),
        lambda: POLICY.guard(method, headers),
        lambda: POLICY.check_websocket(headers),
        lambda: POLICY.screen(method, headers),
        lambda: POLICY.check_host(headers),
    ):
        try:
            assert call().explain()
        except TypeError as error:
            assert str(error).startswith(("method takes", "headers", "the name in headers[", "the value in headers[", "host takes"))


@given(st.dictionaries(st.sampled_from(vectors.option_names()), anything, max_size=5))
def test_odd_options_raise_type_errors_or_policy_errors(options: dict[str, Any]) -> None:
    try:
        policy = corsac.Policy(**options)
    except corsac.PolicyError as error:
        assert error.problems and all(problem.field in options for problem in error.problems)
    except TypeError as error:
        assert any(str(error).startswith(name) for name in options)
    else:
        assert eval(repr(policy), {"corsac": corsac}) == policy


@given(st.lists(values | st.text(max_size=20), max_size=6), st.booleans())
def test_any_texts_are_a_policy_or_problems_with_places(origins: list[str], credentials: bool) -> None:
    try:
        policy = corsac.Policy(allow_origins=origins, allow_credentials=credentials)
    except corsac.PolicyError as error:
        for problem in error.problems:
            entry = origins[problem.entry] if problem.entry is not None else ""
            assert problem.offset <= len(entry.encode("utf-8", "replace")) and problem.message.isascii()
    else:
        assert corsac.Policy.from_image(policy.image) == policy
