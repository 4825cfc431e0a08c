"""The options of corsac.asgi.CORSMiddleware, which the other wrappers share."""

from __future__ import annotations

from typing import Any

import pytest
from driver import APP_ORIGIN, application, preflight

import corsac
from corsac.asgi import CORSMiddleware, PolicyOptions, make_policy
from corsac.wsgi import CORSMiddleware as WSGIMiddleware


def test_policies_and_options_exclude_each_other() -> None:
    policy = corsac.Policy(allow_origins=[APP_ORIGIN.decode()])
    assert preflight(CORSMiddleware(application(), policy=policy), method=b"GET").headers[0] == (b"access-control-allow-origin", APP_ORIGIN)
    # A policy is taken as it is.
    assert preflight(CORSMiddleware(application(), policy=policy), headers=b"content-type", method=b"GET").status == 403
    with pytest.raises(TypeError, match="policy= excludes the options of a policy, but there is max_age"):
        CORSMiddleware(application(), policy=policy, max_age=5)


async def later() -> list[str]:
    return []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"allow_origins": "https://a.example"}, r"allow_origins takes a list of strings.*did you mean"),
        ({"allow_headers": "x-a"}, r"allow_headers takes a list of strings.*did you mean"),
        ({"policy": {}}, "policy takes a corsac.Policy, not a dict"),
        ({"guard": 1}, "guard takes True or False, not an int"),
        ({"own_names": "a.example"}, r'own_names takes a list of strings, not a str: did you mean \["a.example"\]'),
        ({"own_names": [1]}, r"own_names\[0\] is an int, not a str"),
        ({"own_names": None}, "own_names takes a list of strings, not None"),
        ({"own_names": 5}, "own_names takes a list of strings, not an int"),
        ({"own_names": later, "check_host": True}, "own_names takes a function that answers at once, not an async one"),
        ({"paths": []}, "paths takes a mapping of path prefixes to policies, not a list"),
        ({"paths": {"/a": 1}}, r"paths\['/a'\]: a prefix is mapped to a corsac.Policy, its options or None, not an int"),
        ({"paths": {"/a": {"allow_origins": "x"}}}, r"^paths\['/a'\]: allow_origins takes a list of strings"),
        ({"paths": {"/a": {"allow_origin": []}}}, r"^paths\['/a'\]: there is no option 'allow_origin': did you mean 'allow_origins'\?$"),
        ({"allow_origin": ["*"]}, r"^there is no option 'allow_origin': did you mean 'allow_origins'\?$"),
        ({"checkhost": True}, r"^there is no option 'checkhost': did you mean 'check_host'\?$"),
        ({"zzz": True}, "^there is no option 'zzz'$"),
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


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"own_names": ["a.example"]}, "own_names are looked at by check_host alone"),
        ({"own_names": list}, "own_names are looked at by check_host alone"),
        ({"allow_hosts": ["a.example"]}, "allow_hosts is looked at by check_host alone"),
        ({"check_host": True}, "neither allow_hosts nor own_names names the server"),
        ({"check_host": True, "own_names": []}, "neither allow_hosts nor own_names names the server"),
        ({"check_host": True, "policy": corsac.Policy.from_image(corsac.Policy().image)}, "neither allow_hosts nor own_names"),
        ({"paths": {"/a": {"allow_hosts": ["a.example"]}}}, r"paths\['/a'\]: allow_hosts counts for all paths alike"),
        ({"paths": {"/a": {"guard": True}}}, r"paths\['/a'\]: guard counts for all paths alike"),
    ],
)
def test_options_that_have_no_effect_or_stop_everything_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CORSMiddleware(application(), **options)


def test_names_that_check_host_can_go_by() -> None:
    listed = corsac.Policy(allow_hosts=["a.example"])
    possible: list[dict[str, Any]] = [
        {"allow_hosts": ["a.example"]},
        {"policy": listed},
        {"policy": corsac.Policy.from_image(listed.image)},
        {"own_names": ["a.example"]},
        {"own_names": iter(["a.example"])},
        {"own_names": lambda: []},
    ]
    for options in possible:
        CORSMiddleware(application(), check_host=True, **options)
    # A policy may be shared with what asks it itself.
    CORSMiddleware(application(), policy=listed)


def test_own_names_follow_the_rules_of_allow_hosts() -> None:
    with pytest.raises(corsac.PolicyError) as caught:
        CORSMiddleware(application(), check_host=True, own_names=["a.example", "http://B.example/"], max_age=-1)
    assert [(problem.field, problem.entry, problem.kind) for problem in caught.value.problems] == [
        ("max_age", None, "max-age-negative"),
        ("own_names", 1, "host-with-scheme"),
    ]
    assert "allow_hosts" not in str(caught.value) and 'own_names[1] "http://B.example/"' in str(caught.value)


def test_names_that_are_wrong_are_not_missing() -> None:
    with pytest.raises(corsac.PolicyError) as caught:
        CORSMiddleware(application(), check_host=True, own_names=["http://a.example"])
    assert [problem.field for problem in caught.value.problems] == ["own_names"]


def test_the_problems_of_all_policies_are_told_with_their_paths() -> None:
    paths: Any = {"/a": {"allow_origins": ["https://a.example/"]}, "/b": {"max_age": -1}}
    with pytest.raises(corsac.PolicyError) as caught:
        CORSMiddleware(application(), allow_origins=["x"], paths=paths)
    first, second, third = [problem.message for problem in caught.value.problems]
    assert first.startswith("allow_origins[0]") and third.startswith("paths['/b']: max_age: ")
    assert second.startswith("paths['/a']: allow_origins[0] \"https://a.example/\", byte 17: ")


def test_answer_errors_is_a_switch() -> None:
    wrong: Any = 0
    with pytest.raises(TypeError, match="answer_errors takes True or False, not an int"):
        WSGIMiddleware(lambda environ, start_response: [], answer_errors=wrong)


def test_a_set_of_headers_is_taken_in_alphabetical_order() -> None:
    names = {f"x-{letter}" for letter in "abcdefgh"}
    assert make_policy(allow_headers=names) == make_policy(allow_headers=sorted(names))


def test_the_defaults_are_those_of_starlettes_class() -> None:
    safelisted = ["accept", "accept-language", "content-language", "content-type"]
    assert make_policy() == corsac.Policy(allow_methods=["GET"], allow_headers=safelisted, max_age=600)


def test_options_of_a_path_have_the_same_defaults() -> None:
    options: PolicyOptions = {"allow_origins": [APP_ORIGIN.decode()]}
    below = preflight(CORSMiddleware(application(), paths={"/a": options}), method=b"GET", path="/a")
    assert below.headers == preflight(CORSMiddleware(application(), **options), method=b"GET").headers


def test_make_policy_gives_what_the_class_makes_of_the_same_options() -> None:
    options: PolicyOptions = {"allow_origins": [APP_ORIGIN.decode()], "allow_headers": ["x-a"]}
    given = preflight(CORSMiddleware(application(), policy=make_policy(**options)), method=b"GET").headers
    assert given == preflight(CORSMiddleware(application(), **options), method=b"GET").headers
