"""One policy is asked by many threads, for a long time."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from typing import Any

import corsac
import vectors
from driver import by_eight_threads

ORIGIN = b"https://app.example.com"
HEADERS = [
    (b"host", b"api.example.com"),
    (b"origin", ORIGIN),
    (b"access-control-request-method", b"PUT"),
    (b"access-control-request-headers", b"x-a"),
]


def policy(**options: Any) -> corsac.Policy:
    return corsac.Policy(
        allow_origins=[ORIGIN.decode()], allow_methods=["PUT"], allow_headers=["x-a"], allow_hosts=["api.example.com"], **options
    )


def requests() -> list[tuple[str, list[tuple[bytes, bytes]]]]:
    cases = [case.data["request"] for case in vectors.having("request")]
    return [(vectors.text(case["method"]), vectors.fields_of(case)) for case in cases]


def answers(shared: corsac.Policy) -> list[tuple[Any, ...]]:
    decisions = [shared.decide(*request) for request in requests()]
    return [(one.kind, one.refusal, one.status, one.headers, one.explain()) for one in decisions]


def test_eight_threads_agree_with_one() -> None:
    for hook in (None, lambda origin: "b" in origin):
        alone = answers(policy(allow_origin_func=hook))
        # A policy that nobody has asked yet, so that the threads meet where it prepares its answers.
        shared = policy(allow_origin_func=hook)
        assert by_eight_threads(partial(answers, shared)) == [alone] * 8


def test_threads_may_make_policies_at_once() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: corsac.Policy(allow_origins=[f"https://a{i}.example" for i in range(500)]), range(64)))
    assert len(set(made)) == 1


def leaks(work: Callable[[], object], times: int) -> bool:
    """Whether memory grows by an object or more a repetition, in each of three rounds; the smallest object has 32 bytes.

    That it does not grow at all cannot be asked: the interpreter's own caches and free lists come and go.
    """
    rounds = []
    for _ in range(100):
        work()
    tracemalloc.start()
    try:
        for _ in range(4):
            for _ in range(times):
                work()
            gc.collect()
            rounds.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    return min(after - before for before, after in pairwise(rounds)) >= 16 * times


def test_a_leak_would_be_seen() -> None:
    kept: list[object] = []
    assert leaks(lambda: kept.append(object()), 1_000)


def test_a_hundred_thousand_decisions_leave_nothing() -> None:
    shared = policy(allow_origin_regex="https://b\\.example", allow_origin_func=lambda origin: False)
    text = [(name.decode(), value.decode()) for name, value in HEADERS]
    other = [(b"origin", b"https://c.example"), (b"host", b"api.example.com")]
    watched = [*(part for pair in HEADERS for part in pair), shared, HEADERS, other]
    before = [sys.getrefcount(one) for one in watched]

    def work() -> None:
        for method, headers in (("OPTIONS", HEADERS), ("GET", HEADERS), ("GET", other), ("BREW", other)):
            decision = shared.decide(method, headers)
            assert decision.headers and decision.kind and (decision.refusal is None) is bool(decision.allowed)
        shared.decide("OPTIONS", text).explain()
        shared.guard("POST", HEADERS)
        shared.check_host(b"api.example.com", own_names=["a.example"])
        shared.screen("POST", dict(text)).headers  # noqa: B018
        try:
            shared.decide("GET", [(b"origin", 7)])  # type: ignore[list-item]
        except TypeError:
            pass

    assert not leaks(work, 5_000)
    assert [sys.getrefcount(one) for one in watched] == before


def test_policies_and_errors_leave_nothing() -> None:
    def work() -> None:
        made = policy(allow_origin_func=lambda origin: False)
        corsac.Policy.from_image(made.image).decide("OPTIONS", HEADERS).headers  # noqa: B018
        repr(made)
        try:
            corsac.Policy(allow_origins=["*", "https://a.example/"], allow_credentials=True)
        except corsac.PolicyError:
            pass
        try:
            corsac.Policy.from_image(b"corsac")
        except corsac.ImageError:
            pass

    assert not leaks(work, 1_000)


def test_a_large_policy_costs_a_decision_nothing() -> None:
    large = corsac.Policy(allow_origins=[f"https://a{i}.example" for i in range(20_000)])
    assert large.decide("GET", {"origin": "https://a19999.example"}).allowed
    assert not leaks(lambda: large.decide("GET", {"origin": "https://b.example"}).headers, 1_000)
