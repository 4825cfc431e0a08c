"""``allow_origin_regex`` and ``allow_origin_func``."""

from __future__ import annotations

import gc
import re
import weakref
from typing import Any

import pytest

import corsac

GOOD = "https://x.preview.example.com"


def asked(policy: corsac.Policy, origin: str | bytes) -> bool | None:
    value = origin if isinstance(origin, bytes) else origin.encode("latin-1")
    return policy.decide("GET", [(b"origin", value)]).allowed


def test_a_pattern_matches_the_whole_origin() -> None:
    for regex in (r"https://[a-z]+\.preview\.example\.com", re.compile(r"https://[a-z]+\.preview\.example\.com")):
        policy = corsac.Policy(allow_origin_regex=regex)
        assert asked(policy, GOOD) is True
        for origin in (GOOD + ".evil.example", "https://evil.example", GOOD + ":8443", "null"):
            assert asked(policy, origin) is False, origin


def test_alternatives_match_as_a_whole_too() -> None:
    policy = corsac.Policy(allow_origin_regex=r"https://a\.example|https://b\.example")
    assert asked(policy, "https://a.example") and asked(policy, "https://b.example")
    assert asked(policy, "https://a.example.evil.example") is False


def test_a_pattern_over_bytes_is_no_pattern() -> None:
    with pytest.raises(TypeError) as raised:
        corsac.Policy(allow_origin_regex=re.compile(b"x"))  # type: ignore[arg-type]
    assert str(raised.value) == "allow_origin_regex takes a pattern over str, not over bytes"


def test_the_function_is_asked_only_about_origins_that_no_entry_takes() -> None:
    seen: list[str] = []

    def ask(origin: str) -> bool:
        seen.append(origin)
        return origin == "https://db.example"

    policy = corsac.Policy(allow_origins=["https://listed.example"], allow_origin_func=ask)
    assert asked(policy, "https://listed.example") is True
    assert asked(policy, "https://db.example") is True
    assert asked(policy, "https://other.example:8443") is False
    for odd in (b"null", b"", b"x", b"https://", b"https://A.example", b"https://\xff.example", b"https://a.example/", b"a" * 400):
        assert asked(policy, odd) is False, odd
    twice = [(b"origin", b"https://db.example")] * 2
    assert policy.decide("GET", twice).refusal == "origin-repeated"
    assert seen == ["https://db.example", "https://other.example:8443"]
    assert "server's own function" in policy.explain("GET", {"origin": "https://db.example"})


def test_the_pattern_is_asked_before_the_function() -> None:
    policy = corsac.Policy(allow_origin_regex="https://a\\.example", allow_origin_func=lambda origin: origin == "https://b.example")
    assert [asked(policy, f"https://{name}.example") for name in "abc"] == [True, True, False]


def test_a_decision_is_asked_once() -> None:
    count = 0

    def ask(origin: str) -> bool:
        nonlocal count
        count += 1
        return count == 1

    decision = corsac.Policy(allow_origin_func=ask).decide("GET", {"origin": GOOD})
    assert decision.allowed and len(decision.headers) == 2 and "is allowed" in decision.explain()
    assert count == 1


def test_what_a_hook_raises_goes_to_the_caller() -> None:
    def ask(origin: str) -> bool:
        raise LookupError(origin)

    policy = corsac.Policy(allow_origin_func=ask)
    headers = {"origin": GOOD, "host": "api.example", "upgrade": "websocket"}
    for call in (
        lambda: policy.decide("GET", headers),
        lambda: policy.explain("GET", headers),
        lambda: policy.guard("POST", headers),
        lambda: policy.check_websocket(headers),
        lambda: corsac.Policy(allow_hosts=["api.example"], allow_origin_func=ask).screen("POST", headers),
    ):
        with pytest.raises(LookupError, match=GOOD):
            call()
    assert policy.decide("GET", {}).allowed is None


@pytest.mark.parametrize("said", [1, "yes", None, [True], object()])
def test_only_a_bool_counts(said: Any) -> None:
    policy = corsac.Policy(allow_origin_func=lambda _: said)
    with pytest.raises(TypeError, match="^allow_origin_func has to return True or False, not "):
        policy.decide("GET", {"origin": GOOD})


def test_a_coroutine_allows_nobody() -> None:
    async def ask(origin: str) -> bool:
        return True

    with pytest.raises(TypeError) as raised:
        corsac.Policy(allow_origin_func=ask)  # type: ignore[arg-type]
    assert str(raised.value) == (
        "allow_origin_func takes a function that answers at once, not an async one; look the origins up beforehand"
    )
    hidden = corsac.Policy(allow_origin_func=lambda origin: ask(origin))  # type: ignore[arg-type, return-value]
    with pytest.raises(TypeError) as raised:
        hidden.decide("GET", {"origin": GOOD})
    assert str(raised.value) == "allow_origin_func has to return True or False, not a coroutine"


def test_hooks_take_part_in_every_verdict() -> None:
    policy = corsac.Policy(allow_hosts=["api.example"], allow_origin_func=lambda origin: origin == GOOD)
    for origin, passes in ((GOOD, True), ("https://evil.example", False)):
        headers = {"origin": origin, "host": "api.example"}
        verdicts = policy.guard("POST", headers), policy.check_websocket(headers)
        assert [bool(verdict) for verdict in verdicts] == [passes, passes]
        assert all(verdict.explain() for verdict in verdicts)
        screening = policy.screen("POST", headers)
        assert (screening.stopped_by is None) is passes and screening.explain()
        assert len(screening.headers) == (2 if passes else 1)


def test_a_decision_under_star_asks_nobody() -> None:
    def ask(origin: str) -> bool:
        raise AssertionError(origin)

    assert asked(corsac.Policy(allow_origins=["*"], allow_origin_func=ask), GOOD) is True


def test_a_cycle_through_a_hook_is_collected() -> None:
    class Owner:
        policy: corsac.Policy

        def ask(self, origin: str) -> bool:
            return False

    owner = Owner()
    owner.policy = corsac.Policy(allow_origin_func=owner.ask)
    gone = weakref.ref(owner.policy)
    del owner
    gc.collect()
    assert gone() is None


def problems(**options: Any) -> list[tuple[str, int, str]]:
    with pytest.raises(corsac.PolicyError) as raised:
        corsac.Policy(**options)
    return [(problem.field, problem.offset, problem.kind) for problem in raised.value.problems]


def test_a_pattern_that_takes_every_origin_is_star_and_excludes_credentials() -> None:
    for regex in (".*", "https://.*", "http://.*", r"https?://[^/]+", re.compile(".+", re.DOTALL), r"https://[a-z0-9.-]*"):
        assert problems(allow_origin_regex=regex, allow_credentials=True) == [("allow_origin_regex", 0, "any-origin-with-credentials")]
        corsac.Policy(allow_origin_regex=regex)
        # Of a policy that was compiled elsewhere it is known too.
        image = corsac.Policy(allow_origins=["https://a.example"], allow_credentials=True).image
        with pytest.raises(corsac.PolicyError, match="^allow_origin_regex: it takes every origin"):
            corsac.Policy.from_image(image, allow_origin_regex=regex)
        corsac.Policy.from_image(corsac.Policy(allow_origins=["*"]).image, allow_origin_regex=regex)
    corsac.Policy(allow_origin_regex=r"https://.*\.example\.com", allow_credentials=True)


def test_problems_of_the_pattern_are_told_with_all_others() -> None:
    assert problems(allow_origin_regex="\u00fc(", allow_origins=["x"], max_age=-1) == [
        ("allow_origins", 0, "missing-scheme"),
        ("max_age", 0, "max-age-negative"),
        ("allow_origin_regex", 2, "regex-malformed"),
    ]
    with pytest.raises(corsac.PolicyError) as raised:
        corsac.Policy(allow_origin_regex="\u00fc(")
    assert str(raised.value) == (
        r'allow_origin_regex "\u{fc}(", byte 2: missing ), unterminated subpattern; '
        "write an expression of Python's re, or patterns such as https://*.example.com in allow_origins"
    )
    for regex in ("(" * 10_000, "a{99999999999999999999}"):
        assert problems(allow_origin_regex=regex)[0][2] == "regex-malformed"
    with pytest.raises(corsac.PolicyError):
        corsac.Policy.from_image(corsac.Policy().image, allow_origin_regex="(")


def test_hooks_that_nothing_asks_are_refused() -> None:
    options: dict[str, Any] = {"allow_origins": ["https://a.example"], "static_origin": True}
    hooks: dict[str, Any] = {"allow_origin_regex": "x", "allow_origin_func": bool}
    for name, hook in hooks.items():
        assert problems(**options, **{name: hook}) == [(name, 0, "hook-with-static-origin")]
        with pytest.raises(corsac.PolicyError, match=f"^{name}: under static_origin no other origin is ever asked about"):
            corsac.Policy.from_image(corsac.Policy(**options).image, **{name: hook})


def test_under_star_only_the_verdicts_ask() -> None:
    policy = corsac.Policy(allow_origins=["*"], allow_origin_func=lambda origin: origin == GOOD)
    for origin, passes in ((GOOD, True), ("https://evil.example", False)):
        assert policy.decide("GET", {"origin": origin}).allowed
        assert policy.guard("POST", {"origin": origin}).passes is passes


def test_only_a_coroutine_is_closed() -> None:
    closed: list[int] = []

    class Cursor:
        def close(self) -> None:
            closed.append(1)

    with pytest.raises(TypeError, match="not a Cursor"):
        corsac.Policy(allow_origin_func=lambda _: Cursor()).decide("GET", {"origin": GOOD})  # type: ignore[arg-type, return-value]
    assert closed == []
