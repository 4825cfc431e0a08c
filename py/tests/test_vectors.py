"""Python answers every vector as Rust does."""

from __future__ import annotations

from typing import Any

import pytest

import corsac
import vectors

# What the set promises in number: fewer means that a file was lost.
AT_LEAST = {"request": 1400, "expect_error": 440, "guard": 210, "host": 80, "websocket": 35, "screen": 45}


def asking(key: str) -> pytest.MarkDecorator:
    """A test for each vector that asks ``key``; those in ``exceptions.json`` are expected to fail."""

    def param(case: vectors.Case) -> Any:
        reason = vectors.exceptions().get(case.id)
        marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
        return pytest.param(case.data, id=case.id, marks=marks)

    return pytest.mark.parametrize("case", [param(case) for case in vectors.having(key)])


def circumstances(asked: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: asked[key] for key in keys if asked.get(key) is not None}


def method_of(asked: dict[str, Any]) -> str:
    return vectors.text(asked.get("method", "GET"))


def verdict_of(verdict: corsac.Verdict) -> dict[str, Any]:
    assert bool(verdict) is verdict.passes and verdict.explain()
    return {"passes": verdict.passes, "refusal": verdict.refusal, "status": verdict.status}


@asking("request")
def test_request(case: dict[str, Any]) -> None:
    policy, request, expect = vectors.policy_of(case), case["request"], case["expect"]
    decision = policy.decide(method_of(request), vectors.fields_of(request))
    got = (decision.kind, decision.allowed, decision.refusal, decision.status)
    assert got == (expect["kind"], expect["allowed"], expect["refusal"], expect["status"]), case["why"]
    assert vectors.sent(decision.headers) == vectors.expected(expect), case["why"]
    assert decision.explain() == policy.explain(method_of(request), vectors.fields_of(request))


@asking("guard")
def test_guard(case: dict[str, Any]) -> None:
    asked = case["guard"]
    known = circumstances(asked, "scheme", "absent_origin")
    verdict = vectors.policy_of(case).guard(method_of(asked), vectors.fields_of(asked), **known)
    assert (verdict.question, verdict_of(verdict)) == ("guard", case["expect"]), case["why"]


@asking("websocket")
def test_websocket(case: dict[str, Any]) -> None:
    asked = case["websocket"]
    known = circumstances(asked, "scheme", "absent_origin")
    verdict = vectors.policy_of(case).check_websocket(vectors.fields_of(asked), **known)
    assert (verdict.question, verdict_of(verdict)) == ("websocket", case["expect"]), case["why"]


@asking("host")
def test_host(case: dict[str, Any]) -> None:
    asked, policy = case["host"], vectors.policy_of(case)
    known = circumstances(asked, "own_names")
    fields = vectors.fields_of(asked)
    # Which of the fields is the host is for `screen` to say; what it says of a GET without Origin is what the host comes to.
    screening = policy.screen("GET", fields, **known)
    stopped = screening.stopped_by is not None
    got = {
        "passes": not stopped,
        "refusal": screening.refusal if stopped else None,
        "status": screening.status if stopped else None,
    }
    assert got == case["expect"], case["why"]
    assert screening.stopped_by in (None, "host")
    hosts = [value for name, value in fields if name.lower() in (b"host", b":authority")]
    if len(hosts) <= 1:
        verdict = policy.check_host(hosts[0] if hosts else None, **known)
        assert (verdict.question, verdict_of(verdict)) == ("host", case["expect"]), case["why"]


@asking("screen")
def test_screen(case: dict[str, Any]) -> None:
    asked, expect = case["screen"], case["expect"]
    known = circumstances(asked, "scheme", "absent_origin", "own_names")
    screening = vectors.policy_of(case).screen(method_of(asked), vectors.fields_of(asked), **known)
    got = (screening.stopped_by, screening.refusal, screening.status)
    assert got == (expect["stopped_by"], expect["refusal"], expect["status"]), case["why"]
    assert vectors.sent(screening.headers) == vectors.expected(expect), case["why"]
    assert screening.explain()


@asking("expect_error")
def test_error(case: dict[str, Any]) -> None:
    with pytest.raises(corsac.PolicyError) as raised:
        vectors.policy_of(case)
    first = raised.value.problems[0]
    got = {"field": first.field, "entry": first.entry, "kind": first.kind}
    assert got == {"entry": None, **case["expect_error"]}, case["why"]
    assert first.message.startswith(first.field) and first.message in str(raised.value)


def test_the_set_is_whole() -> None:
    counts = {key: sum(1 for _ in vectors.having(key)) for key in AT_LEAST}
    assert sum(counts.values()) == len(vectors.cases())
    assert all(counts[key] >= least for key, least in AT_LEAST.items()), counts
    assert vectors.exceptions().keys() <= {case.id for case in vectors.cases()}


def test_images_answer_alike() -> None:
    for case in vectors.having("request"):
        policy = vectors.policy_of(case.data)
        opened = corsac.Policy.from_image(policy.image)
        request = method_of(case.data["request"]), vectors.fields_of(case.data["request"])
        assert opened == policy and opened.decide(*request).headers == policy.decide(*request).headers, case.id
