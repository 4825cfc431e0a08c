"""The options of corsac.asgi.CORSMiddleware, which the other wrappers share."""

from __future__ import annotations

from typing import Any

import pytest
from asgi_driver import APP_ORIGIN, application, preflight

import corsac
from corsac.asgi import CORSMiddleware


def test_policies_and_options_exclude_each_other() -> None:
    policy = corsac.Policy(allow_origins=[APP_ORIGIN.decode()])
    assert preflight(CORSMiddleware(application(), policy=policy), method=b"GET").headers[0] == (b"access-control-allow-origin", APP_ORIGIN)
    # A policy is taken as it is.
    assert preflight(CORSMiddleware(application(), policy=policy), headers=b"content-type", method=b"GET").status == 403
    with pytest.raises(TypeError, match="policy= excludes the options of a policy, but there is max_age"):
        CORSMiddleware(application(), policy=policy, max_age=5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"allow_origins": "https://a.example"}, r"allow_origins takes a list of strings.*did you mean"),
        ({"allow_headers": "x-a"}, r"allow_headers takes a list of strings.*did you mean"),
        ({"policy": {}}, "policy takes a corsac.Policy, not a dict"),
        ({"guard": 1}, "guard takes True or False, not an int"),
        ({"own_names": "a.example"}, r"own_names takes a list of strings, not a str: did you mean \['a.example'\]"),
        ({"own_names": [1]}, "own_names takes strings, not an int"),
        ({"paths": []}, "paths takes a mapping of path prefixes to policies, not a list"),
        ({"paths": {"/a": 1}}, r"paths\['/a'\] takes a corsac.Policy, its options or None, not an int"),
        ({"allow_origin": ["*"]}, "allow_origin"),
    ],
)
def test_options_of_another_type_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        CORSMiddleware(application(), **options)


def test_unsafe_options_are_refused_all_at_once() -> None:
    with pytest.raises(corsac.PolicyError) as caught:
        CORSMiddleware(application(), allow_origins=["*", "https://a.example/"], allow_credentials=True)
    assert len(caught.value.problems) >= 2


def test_safelisted_headers_are_added_once() -> None:
    app = CORSMiddleware(application(), allow_origins=["*"], allow_headers=["Content-Type", "X-A"])
    names = preflight(app, method=b"GET").get(b"access-control-allow-headers")
    assert names and sorted(names.lower().split(b",")) == [b"accept", b"accept-language", b"content-language", b"content-type", b"x-a"]
    any_header = CORSMiddleware(application(), allow_origins=["*"], allow_headers=["*", "authorization"])
    names = preflight(any_header, method=b"GET").get(b"access-control-allow-headers")
    assert names and sorted(names.split(b",")) == [b"*", b"authorization"]
