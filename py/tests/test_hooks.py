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


def test_a_bad_pattern_is_no_policy() -> None:
    with pytest.raises(re.error):
        corsac.Policy(allow_origin_regex="(")
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


def test_star_and_static_origin_ask_nobody() -> None:
    def ask(origin: str) -> bool:
        raise AssertionError(origin)

    assert asked(corsac.Policy(allow_origins=["*"], allow_origin_func=ask), GOOD) is True
    static = corsac.Policy(allow_origins=["https://a.example"], static_origin=True, allow_origin_func=ask)
    assert asked(static, GOOD) is False


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
