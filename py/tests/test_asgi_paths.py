"""Policies by path, and the verdicts that are off by default."""

from __future__ import annotations

import logging
import posixpath
from typing import Any

import pytest
from driver import APP_ORIGIN, EVIL_ORIGIN, application, ask, get, http_scope, origin, preflight
from hypothesis import given, strategies

import corsac
from corsac.asgi import CORSMiddleware

PUBLIC = corsac.Policy(allow_origins=["*"])
APP = corsac.Policy(allow_origins=[APP_ORIGIN.decode()])
OWN = [(b"access-control-allow-origin", b"own")]


def allow_origin(app: Any, path: str, **more: Any) -> bytes | None:
    return get(app, origin(), path=path, **more).allow_origin


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", None),
        ("", None),
        ("/public", b"*"),
        ("/public/", b"*"),
        ("/public/x/y", b"*"),
        ("/publicity", None),
        ("/Public", None),
        ("/public/app", APP_ORIGIN),
        ("/public/app/x", APP_ORIGIN),
        ("/public/apple", b"*"),
        ("/public//x", b"*"),
        # What some applications merge or resolve is closed where it makes a difference.
        ("/public//app", None),
        ("/public/./app", None),
        ("/public/x/../app", None),
        ("/public/app/..", None),
        ("/public/app/../own", None),
        ("/public/x/..", b"*"),
        ("/public/.", b"*"),
        ("/../public", None),
        ("//public", None),
        ("public", None),
        ("/own/../public", None),
        ("/public/own/../x", None),
        ("/public/own/../own/x", b"own"),
        ("/public\\app", None),
        ("/public/x\\..\\app", None),
        ("/public/...", b"*"),
        ("/public/.app", b"*"),
        ("/public/own", b"own"),
        ("/public/own/x", b"own"),
        ("/x/public", None),
        ("/\u00fc/x", b"*"),
        ("/\u00fcx", None),
        ("/public" + "/x" * 10_000, b"*"),
    ],
)
def test_the_longest_prefix_of_whole_segments_counts(path: str, expected: bytes | None) -> None:
    paths = {"/public": PUBLIC, "/public/app/": APP, "/public/own": None, "/\u00fc": {"allow_origins": ["*"]}}
    app = CORSMiddleware(application(headers=OWN), paths=paths)
    assert allow_origin(app, path) == expected


@pytest.mark.parametrize(
    ("path", "root", "expected"),
    [
        ("/mount/public", "/mount", b"*"),
        ("/mount/public", "", None),
        ("/public", "/mount", b"*"),
        ("/mounted/public", "/mount", None),
        ("/mount", "/mount", None),
        ("/public", "/public", None),
    ],
)
def test_root_path_is_taken_off_as_starlette_does(path: str, root: str, expected: bytes | None) -> None:
    from starlette._utils import get_route_path

    scope = http_scope(headers=[origin()], path=path, root_path=root)
    assert ask(CORSMiddleware(application(), paths={"/public": PUBLIC}), scope).allow_origin == expected
    below = get_route_path(scope)
    assert (below == "/public" or below.startswith("/public/")) is (expected is not None)


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/mount/public", b"*"), ("//mount/public", None), ("/mount//public", None), ("/mount/../public", None), ("/x/../mount/public", None)],
)
def test_what_is_resolved_above_the_mount_is_closed_too(path: str, expected: bytes | None) -> None:
    app = CORSMiddleware(application(), paths={"/public": PUBLIC})
    assert allow_origin(app, path, root_path="/mount") == expected


def test_a_path_that_nobody_can_tell_is_judged_by_a_closed_policy() -> None:
    app = CORSMiddleware(application(headers=OWN), policy=PUBLIC, paths={"/webhooks": None}, guard=True, enforce=True)
    assert get(app, HOST, origin(EVIL_ORIGIN), method="POST", path="/webhooks/x").headers == OWN
    for path in ("/webhooks/../admin", "/webhooks/./../admin", "/webhooks//../admin", "/x/../webhooks"):
        for method in ("GET", "POST"):
            stopped = get(app, HOST, origin(EVIL_ORIGIN), method=method, path=path)
            assert (stopped.status, stopped.headers) == (403, [(b"vary", b"Origin"), (b"content-length", b"0")]), path
        # The server's own pages, and what no page of another origin sends.
        for fields in ([origin(b"http://api.example.com")], [(b"sec-fetch-site", b"same-origin")], []):
            passed = get(app, HOST, *fields, method="POST", path=path)
            assert (passed.body, passed.headers) == (b"hello", [(b"vary", b"Origin")]), path
        assert preflight(app, EVIL_ORIGIN, path=path).status == 403


def test_two_prefixes_with_one_policy_are_no_difference() -> None:
    app = CORSMiddleware(application(), paths={"/a": PUBLIC, "/a/b": PUBLIC})
    assert allow_origin(app, "/a//b") == b"*"


@given(
    strategies.lists(strategies.lists(strategies.sampled_from(["a", "b", "ab", "\u00fc"]), max_size=4), max_size=6),
    strategies.lists(strategies.sampled_from(["a", "b", "ab", "abc", "\u00fc", "", ".", ".."]), max_size=6),
)
def test_prefixes_are_found_as_a_naive_twin_finds_them(prefixes: list[list[str]], segments: list[str]) -> None:
    paths = {"/" + "/".join(prefix): corsac.Policy(allow_origins=[f"https://p{n}.example"]) for n, prefix in enumerate(prefixes)}
    path = "/" + "/".join(segments)

    def found(path: str) -> corsac.Policy | None:
        """The naive twin: the longest list of segments that begins the path's."""
        best: tuple[int, corsac.Policy | None] = (-1, None)
        for prefix in paths:
            wanted = [segment for segment in prefix.split("/") if segment]
            if (path + "/").split("/")[1 : 1 + len(wanted)] == wanted and len(wanted) > best[0]:
                best = (len(wanted), paths[prefix])
        return best[1]

    stands, resolved = found(path), found(posixpath.normpath(path).replace("//", "/"))
    app = CORSMiddleware(application(), paths=paths)
    for n in range(len(prefixes)):
        value = f"https://p{n}.example".encode()
        is_allowed = stands is resolved and stands is not None and stands.decide("GET", [origin(value)]).allowed
        assert get(app, origin(value), path=path).allow_origin == (value if is_allowed else None)


def test_where_no_prefix_fits_nothing_is_allowed_unless_a_policy_says_so() -> None:
    closed = CORSMiddleware(application(headers=OWN), paths={"/public": PUBLIC})
    assert get(closed, origin(), path="/x").headers == [(b"vary", b"Origin")]
    fallback = CORSMiddleware(application(), policy=APP, paths={"/public": PUBLIC})
    assert allow_origin(fallback, "/x") == APP_ORIGIN and allow_origin(fallback, "/public") == b"*"
    options = CORSMiddleware(application(), allow_origins=[APP_ORIGIN.decode()], paths={"/": None, "/api": APP})
    assert allow_origin(options, "/x") is None and allow_origin(options, "/api") == APP_ORIGIN


def test_a_preflight_has_the_policy_of_its_path() -> None:
    app = CORSMiddleware(application(), paths={"/public": PUBLIC, "/own": None})
    assert preflight(app, method=b"GET", path="/public").status == 204
    assert preflight(app, method=b"GET", path="/x").status == 403
    assert preflight(app, method=b"GET", path="/own").body == b"hello"


@pytest.mark.parametrize("path", [None, 5, b"/public", "\ud800"])
def test_an_odd_path_has_no_prefix(path: Any) -> None:
    assert get(CORSMiddleware(application(), paths={"/public": PUBLIC}), origin(), path=path).allow_origin is None


@pytest.mark.parametrize(
    ("prefix", "message"),
    [
        ("api", r"which no path begins with: did you mean '/api'\?"),
        ("", "which no path begins with"),
        ("/api/*", r"a prefix is no pattern; '/api' takes all below it"),
        ("/api?x", "a prefix is a path without a query"),
        ("/api#x", "a prefix is a path without a query"),
        ("/a%20b", "compared with decoded paths"),
        ("/a%2Fb", "compared with decoded paths"),
        ("/a//b", "a segment that is empty or dots"),
        ("/a/./b", "a segment that is empty or dots"),
        ("/a/../b", "a segment that is empty or dots"),
    ],
)
def test_prefixes_that_no_path_has_are_refused(prefix: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CORSMiddleware(application(), paths={prefix: PUBLIC})


def test_a_prefix_may_not_come_twice() -> None:
    with pytest.raises(ValueError, match="twice"):
        CORSMiddleware(application(), paths={"/a": PUBLIC, "/a/": APP})
    with pytest.raises(TypeError, match="prefixes that are strings, not bytes|not a bytes"):
        CORSMiddleware(application(), paths={b"/a": PUBLIC})  # type: ignore[dict-item]


# ---- verdicts ----


def guarded(**options: Any) -> CORSMiddleware:
    return CORSMiddleware(application(), policy=APP, guard=True, **options)


HOST = (b"host", b"api.example.com")


def test_guard_stops_what_a_foreign_page_sends() -> None:
    assert get(guarded(), HOST, origin(), method="POST").body == b"hello"
    assert get(guarded(), HOST, origin(EVIL_ORIGIN)).body == b"hello"
    assert get(guarded(), HOST, method="POST").body == b"hello"
    stopped = get(guarded(), HOST, origin(EVIL_ORIGIN), method="POST")
    assert (stopped.status, stopped.body) == (403, b"")
    assert stopped.headers == [(b"vary", b"Origin"), (b"content-length", b"0")]
    assert get(guarded(), HOST, (b"sec-fetch-site", b"cross-site"), method="POST").status == 403
    assert get(guarded(), HOST, (b"sec-fetch-site", b"same-origin"), method="POST").status == 200
    assert get(CORSMiddleware(application(), policy=APP), HOST, origin(EVIL_ORIGIN), method="POST").status == 200


def test_a_scheme_is_believed_only_where_it_is_https() -> None:
    own = b"http://api.example.com"
    secure = b"https://api.example.com"
    assert get(guarded(), HOST, origin(secure), method="POST", scheme="http").status == 200
    assert get(guarded(), HOST, origin(secure), method="POST", scheme="https").status == 200
    assert get(guarded(), HOST, origin(own), method="POST", scheme="https").status == 403


def test_check_host_stops_other_names() -> None:
    policy = corsac.Policy(allow_origins=["*"], allow_hosts=["api.example.com"])
    app = CORSMiddleware(application(), policy=policy, check_host=True, own_names=["printer.local"])
    assert get(app, HOST).status == 200
    assert get(app, (b"host", b"PRINTER.local")).status == 200
    stopped = get(app, (b"host", b"evil.example"), origin())
    assert (stopped.status, stopped.allow_origin) == (421, b"*")
    assert get(app).status == 400
    # A preflight that was stopped allows nothing.
    refused = get(app, (b"host", b"evil.example"), origin(), (b"access-control-request-method", b"GET"), method="OPTIONS")
    assert (refused.status, refused.allow_origin) == (421, None)


def test_the_names_of_the_server_are_those_of_the_outer_policy_on_every_path() -> None:
    other = corsac.Policy(allow_origins=["*"], allow_hosts=["evil.example"])
    paths: Any = {"/public": PUBLIC, "/other": other, "/x": None}
    app = CORSMiddleware(application(), allow_origins=["https://a.example"], allow_hosts=["api.example.com"], check_host=True, paths=paths)
    for path in ("/", "/public", "/other"):
        assert get(app, HOST, path=path).status == 200, path
        assert get(app, (b"host", b"evil.example"), path=path).status == 421, path
    # Where corsac keeps out, so do its verdicts.
    assert get(app, (b"host", b"evil.example"), path="/x").status == 200
    readable = get(app, (b"host", b"evil.example"), origin(), path="/public")
    assert (readable.status, readable.allow_origin) == (421, b"*")


def test_own_names_may_be_those_of_the_moment(caplog: pytest.LogCaptureFixture) -> None:
    names: Any = ["printer.local"]
    app = CORSMiddleware(application(), policy=APP, check_host=True, own_names=lambda: names)
    assert get(app, (b"host", b"printer.local")).status == 200
    names.append("printer-2.local")
    assert get(app, (b"host", b"printer-2.local")).status == 200
    names = None
    assert get(app, (b"host", b"printer.local")).status == 421
    [record] = caplog.records
    assert (record.levelno, record.getMessage()) == (logging.ERROR, "own_names raised an exception, which counts as a no")


def test_enforce_stops_what_cors_refuses() -> None:
    app = CORSMiddleware(application(), policy=APP, enforce=True)
    assert get(app).status == 200 and get(app, origin()).status == 200
    stopped = get(app, origin(EVIL_ORIGIN))
    assert (stopped.status, stopped.body) == (403, b"")
    assert stopped.headers == [(b"vary", b"Origin"), (b"content-length", b"0")]


def test_enforce_lets_the_own_pages_pass() -> None:
    """A page of the server's own sends its Origin with whatever changes something, and need not be listed."""
    app = CORSMiddleware(application(), policy=APP, enforce=True)
    own = origin(b"https://api.example.com")
    for method in ("GET", "POST"):
        assert get(app, HOST, own, method=method).status == 200
        assert get(app, HOST, own, (b"sec-fetch-site", b"same-origin"), method=method).status == 200
        assert get(app, HOST, own, (b"sec-fetch-site", b"cross-site"), method=method).status == 403
        assert get(app, HOST, origin(EVIL_ORIGIN), method=method).status == 403
        assert get(app, (b"host", b"other.example"), own, method=method).status == 403


def handshake(app: Any, *headers: Any, extensions: Any = None, scheme: str = "ws") -> Any:
    """What is sent for a handshake, of which the server has told before."""
    scope = {"type": "websocket", "path": "/", "scheme": scheme, "headers": [HOST, *headers], "extensions": extensions}
    events = [{"type": "websocket.connect"}]
    messages = ask(app, scope, events).messages
    assert messages[0]["type"] == "http.response.start" or events == []
    return messages


#: What a server has that lets a handshake be answered as a request is.
DENIAL: dict[str, Any] = {"websocket.http.response": {}}


def denied(status: int) -> list[dict[str, Any]]:
    return [
        {"type": "websocket.http.response.start", "status": status, "headers": [(b"content-length", b"0")]},
        {"type": "websocket.http.response.body", "body": b""},
    ]


@pytest.mark.parametrize("guard", [False, True])
@pytest.mark.parametrize("check_host", [False, True])
@pytest.mark.parametrize("enforce", [False, True])
def test_cors_has_no_say_in_a_handshake(guard: bool, check_host: bool, enforce: bool) -> None:
    """Neither the switches nor the origin change who is asked: the host, and who opens the connection."""
    asked: list[str] = []

    def func(value: str) -> bool:
        asked.append(value)
        return value == "https://hook.example"

    options: dict[str, Any] = {"allow_origins": [APP_ORIGIN.decode()], "allow_origin_func": func, "enforce": enforce, "guard": guard}
    if check_host:
        options |= {"check_host": True, "allow_hosts": ["api.example.com"]}
    app = CORSMiddleware(application(), **options)
    for value, is_trusted in [(APP_ORIGIN, True), (b"https://hook.example", True), (EVIL_ORIGIN, False), (b"null", False)]:
        asked.clear()
        went_on = handshake(app, origin(value))[0]["type"] == "http.response.start"
        assert went_on is (is_trusted or not guard), value
        assert asked == ([value.decode()] if guard and value in (b"https://hook.example", EVIL_ORIGIN) else [])
        # The same handshake in HTTP/1.1 to a server that hands it over as a request. Its response has the fields of CORS.
        answer = get(app, HOST, origin(value), (b"upgrade", b"websocket"))
        assert (answer.status == 200) is (is_trusted or not guard), value
        assert answer.allow_origin == (value if is_trusted else None)
    asked.clear()
    scope = {"type": "websocket", "path": "/", "scheme": "ws", "headers": [(b"host", b"evil.example"), origin(EVIL_ORIGIN)]}
    went_on = ask(app, scope, [{"type": "websocket.connect"}]).messages[0]["type"] == "http.response.start"
    # A page on a name that is not the server's is its own by that name, which is what check_host is for.
    assert (went_on, asked) == (not check_host, [])


def test_guard_refuses_handshakes_of_foreign_pages() -> None:
    went_on = "http.response.start"
    assert handshake(guarded(), origin())[0]["type"] == went_on
    assert handshake(guarded())[0]["type"] == went_on
    assert handshake(guarded(), origin(b"https://api.example.com"))[0]["type"] == went_on
    assert handshake(guarded(), origin(EVIL_ORIGIN)) == [{"type": "websocket.close", "code": 1008}]
    assert handshake(guarded(), origin(EVIL_ORIGIN), extensions=DENIAL) == denied(403)
    assert handshake(CORSMiddleware(application(), policy=APP), origin(EVIL_ORIGIN))[0]["type"] == went_on
    assert handshake(guarded(), origin(b"http://api.example.com"), scheme="wss")[0]["type"] == "websocket.close"


def test_check_host_refuses_handshakes_under_other_names() -> None:
    app = CORSMiddleware(application(), policy=APP, check_host=True, own_names=["printer.local"])
    assert handshake(app) == [{"type": "websocket.close", "code": 1008}]
    assert handshake(app, extensions=DENIAL) == denied(421)


def test_verdicts_have_the_policy_of_their_path() -> None:
    app = CORSMiddleware(application(), policy=APP, paths={"/own": None, "/public": PUBLIC}, guard=True)
    assert get(app, HOST, origin(EVIL_ORIGIN), method="POST", path="/own").status == 200
    # `*` lets every page read and trusts none.
    assert get(app, HOST, origin(EVIL_ORIGIN), method="POST", path="/public").status == 403


def test_a_hook_is_asked_once_by_all_verdicts() -> None:
    asked = []

    def func(value: str) -> bool:
        asked.append(value)
        return True

    app = CORSMiddleware(application(), allow_origin_func=func, guard=True, enforce=True)
    assert get(app, HOST, origin(EVIL_ORIGIN), method="POST").allow_origin == EVIL_ORIGIN
    assert asked == [EVIL_ORIGIN.decode()]
    # Nobody is asked about a request of a host that is not the server's own.
    asked.clear()
    app = CORSMiddleware(application(), allow_origin_func=func, guard=True, check_host=True, own_names=["a.example"])
    assert get(app, HOST, origin(EVIL_ORIGIN), method="POST").status == 421
    assert asked == []
