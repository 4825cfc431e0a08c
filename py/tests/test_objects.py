"""Policies, decisions and reasons as objects of Python: equality, hashes, pickles, images, repr."""

from __future__ import annotations

import copy
import pickle
import re
import weakref
from enum import StrEnum
from typing import Any

import pytest

import corsac
import vectors

ORIGIN = "https://app.example.com"


def at_home(origin: str) -> bool:
    return origin.endswith(".home.example")


OPTIONS: dict[str, dict[str, Any]] = {
    "closed": {},
    "one": {"allow_origins": [ORIGIN]},
    "all": {
        "allow_origins": [ORIGIN, "http://localhost:*", "https://*.s3.amazonaws.com"],
        "allow_methods": ["PUT", "delete"],
        "allow_headers": ["*", "Authorization"],
        "expose_headers": ["X-'\"B".replace("'\"", "")],
        "allow_credentials": True,
        "max_age": 0,
        "allow_private_network": True,
        "minimal_answers": True,
        "preflight_status": 200,
        "timing_allow_origin": True,
        "allow_hosts": ["printer.local:*"],
        "allow_content_types": ["application/json"],
        "dangerously_allow_insecure_origins": True,
        "dangerously_allow_public_suffixes": True,
        "dangerously_allow_any_port": True,
        "check_public_suffixes": True,
    },
    "regex": {"allow_origin_regex": r"https://[a-z]+\.'\"example"},
    "regex with flags": {"allow_origin_regex": re.compile(r"https://[a-z]+\.example", re.ASCII | re.VERBOSE)},
    "long regex": {"allow_origin_regex": re.compile("https://(" + "|".join(f"c{n}" for n in range(99)) + ")\\.example", re.ASCII)},
    "static": {"allow_origins": [ORIGIN], "static_origin": True},
}


@pytest.fixture(params=OPTIONS)
def policy(request: pytest.FixtureRequest) -> corsac.Policy:
    return corsac.Policy(**OPTIONS[request.param])


def test_repr_gives_an_equal_policy(policy: corsac.Policy) -> None:
    again = eval(repr(policy), {"corsac": corsac, "re": re})
    assert again == policy and repr(again) == repr(policy)
    opened = corsac.Policy.from_image(policy.image)
    assert eval(repr(opened), {"corsac": corsac}) == opened
    assert repr(opened).startswith("corsac.Policy.from_image(b'corsac\\x03")


def test_repr_names_what_was_given() -> None:
    assert repr(corsac.Policy()) == "corsac.Policy()"
    policy = corsac.Policy(max_age=600, allow_credentials=True, allow_methods={"PUT", "DELETE"}, static_origin=False)
    assert repr(policy) == "corsac.Policy(allow_methods=['DELETE', 'PUT'], allow_credentials=True, max_age=600)"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickle_and_copy_give_an_equal_policy(policy: corsac.Policy, protocol: int) -> None:
    opened = corsac.Policy.from_image(policy.image)
    for one in (policy, opened):
        for again in (pickle.loads(pickle.dumps(one, protocol)), copy.copy(one), copy.deepcopy(one)):
            assert again == one and hash(again) == hash(one) and repr(again) == repr(one)


def test_hooks_travel_with_the_policy() -> None:
    policy = corsac.Policy(allow_origin_regex="https://a\\.example", allow_origin_func=at_home)
    for one in (policy, corsac.Policy.from_image(policy.image, allow_origin_regex="https://a\\.example", allow_origin_func=at_home)):
        again = pickle.loads(pickle.dumps(one))
        assert again == one == policy
        assert [bool(again.decide("GET", {"origin": f"https://{host}.example"}).allowed) for host in ("a", "x.home", "b")] == [
            True,
            True,
            False,
        ]
    assert copy.copy(policy) is copy.deepcopy(policy) is copy.deepcopy([policy])[0] is policy
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(corsac.Policy(allow_origin_func=lambda _: True))


def test_equality_is_about_what_is_decided_by() -> None:
    policies = [corsac.Policy(**options) for options in OPTIONS.values()]
    for i, one in enumerate(policies):
        for j, other in enumerate(policies):
            assert (one == other) is (i == j) and (one != other) is (i != j)
    assert corsac.Policy(allow_origins=(ORIGIN,)) == corsac.Policy(allow_origins=[ORIGIN])
    assert len({*policies, *(corsac.Policy(**options) for options in OPTIONS.values())}) == len(OPTIONS)
    assert corsac.Policy(allow_origin_func=at_home) != corsac.Policy()
    assert corsac.Policy(allow_origin_regex="a") != corsac.Policy(allow_origin_regex="b")
    anything: Any = corsac.Policy()
    assert anything != "corsac.Policy()" and anything.__eq__(None) is NotImplemented
    with pytest.raises(TypeError):
        anything < anything  # noqa: B015


def test_policies_are_frozen_and_final() -> None:
    policy: Any = corsac.Policy()
    for name in ("image", "allow_origins"):
        with pytest.raises(AttributeError):
            setattr(policy, name, b"")
    with pytest.raises(TypeError):
        type("Mine", (corsac.Policy,), {})


def test_a_function_is_named_by_its_own_repr() -> None:
    class Ask:
        flags = 32

        def __call__(self, origin: str) -> bool:
            return False

        def __repr__(self) -> str:
            return "<ask>"

    assert repr(corsac.Policy(allow_origin_func=Ask())) == "corsac.Policy(allow_origin_func=<ask>)"


def test_policies_can_be_referenced_weakly() -> None:
    policy = corsac.Policy()
    reference = weakref.ref(policy)
    assert reference() is policy
    del policy
    assert reference() is None


def test_images_are_checked() -> None:
    image = corsac.Policy(allow_origins=[ORIGIN]).image
    assert type(image) is bytes and image.startswith(b"corsac")
    for same in (bytearray(image), memoryview(image)):
        assert corsac.Policy.from_image(same).image == image
    version = image[:6] + b"\xff" + image[7:]
    altered = image[:40] + bytes((image[40] ^ 1,)) + image[41:]
    for bad, kind in (
        (b"", "not-an-image"),
        (b"x" * 300, "not-an-image"),
        (version, "version"),
        (image[:-1], "length"),
        (image + b"\0", "length"),
        (altered, "checksum"),
    ):
        with pytest.raises(corsac.ImageError) as raised:
            corsac.Policy.from_image(bad)
        assert raised.value.kind == kind and str(raised.value) and isinstance(raised.value, ValueError)
        assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)
    with pytest.raises(TypeError) as type_error:
        corsac.Policy.from_image("corsac")  # type: ignore[arg-type]
    assert str(type_error.value) == "image takes bytes, not a str"


def test_no_byte_of_an_image_can_be_altered_unnoticed() -> None:
    image = corsac.Policy(**OPTIONS["all"]).image
    for at in range(len(image)):
        with pytest.raises(corsac.ImageError):
            corsac.Policy.from_image(image[:at] + bytes((image[at] ^ 0x20,)) + image[at + 1 :])


def test_policy_errors_can_be_pickled() -> None:
    with pytest.raises(corsac.PolicyError) as raised:
        corsac.Policy(allow_origins=["*"], allow_credentials=True, max_age=-1)
    again = pickle.loads(pickle.dumps(raised.value))
    assert again.problems == raised.value.problems and str(again) == str(raised.value)
    assert len(set(again.problems)) == 2


def test_answers_say_what_they_are() -> None:
    policy = corsac.Policy(allow_origins=[ORIGIN], allow_hosts=["a.example"])
    headers = {"host": "a.example", "origin": "https://evil.example"}
    for answer, text in (
        (policy.decide("GET", {}), "<corsac.Decision not-cors>"),
        (policy.decide("GET", {"origin": ORIGIN}), "<corsac.Decision actual allowed>"),
        (policy.decide("GET", headers), "<corsac.Decision actual refused: origin-not-allowed>"),
        (policy.guard("POST", headers), "<corsac.Verdict guard refused: origin-not-trusted>"),
        (policy.check_host("a.example"), "<corsac.Verdict host passes>"),
        (policy.screen("POST", headers), "<corsac.Screening actual stopped by guard: origin-not-trusted>"),
        (policy.screen("GET", headers), "<corsac.Screening actual refused: origin-not-allowed>"),
        (policy.screen("GET", {"host": "a.example"}), "<corsac.Screening not-cors passed>"),
    ):
        assert repr(answer) == text
    for kind in (corsac.Decision, corsac.Verdict, corsac.Screening):
        with pytest.raises(TypeError):
            kind()


def test_every_reason_is_a_member() -> None:
    assert issubclass(corsac.Refusal, StrEnum)
    assert corsac.Refusal.ORIGIN_NOT_ALLOWED.value == str(corsac.Refusal.ORIGIN_NOT_ALLOWED) == "origin-not-allowed"
    assert (corsac.Refusal.ORIGIN_NOT_ALLOWED.number, corsac.Refusal.HOST_MALFORMED.number) == (1, 86)
    for refusal in corsac.Refusal:
        assert refusal.name == refusal.value.upper().replace("-", "_")
        assert refusal.sentence and not refusal.sentence.endswith(".")
        assert pickle.loads(pickle.dumps(refusal)) is refusal is corsac.Refusal(str(refusal))
    shown = {case.data["expect"]["refusal"] for case in vectors.cases() if "expect" in case.data} - {None}
    assert shown <= {str(refusal) for refusal in corsac.Refusal}
    decision = corsac.Policy().decide("GET", {"origin": ORIGIN})
    assert decision.refusal is corsac.Refusal.ORIGIN_NOT_ALLOWED
