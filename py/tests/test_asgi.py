"""corsac.asgi.CORSMiddleware: what it sends, and what it leaves alone."""

from __future__ import annotations

import gc
import inspect
import logging
import weakref
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import pytest
from driver import APP_ORIGIN, EVIL_ORIGIN, OPTIONS, Answer, application, ask, get, http_scope, origin, preflight, run

from corsac.asgi import CORSMiddleware

EXPECTED_VARY = b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"


def wrapped(app: Any = None, **options: Any) -> CORSMiddleware:
    return CORSMiddleware(app or application(), **{**OPTIONS, **options})


def test_an_allowed_request_gets_the_fields() -> None:
    answer = get(wrapped(expose_headers=["X-Total"]), origin())
    assert answer.status == 200 and answer.body == b"hello"
    assert answer.headers == [
        (b"content-type", b"text/plain"),
        (b"access-control-allow-origin", APP_ORIGIN),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-expose-headers", b"x-total"),
        (b"vary", b"Origin"),
    ]


@pytest.mark.parametrize("headers", [[], [origin(EVIL_ORIGIN)], [origin(b"null")], [origin(), origin()], [origin(b"")]])
def test_every_other_request_gets_vary_alone(headers: list[Any]) -> None:
    assert get(wrapped(), *headers).headers == [(b"content-type", b"text/plain"), (b"vary", b"Origin")]


def test_any_origin_is_answered_alike_and_without_vary() -> None:
    app = wrapped(allow_origins=["*"], allow_credentials=False)
    for headers in ([], [origin()], [origin(b"null")], [origin(), origin()]):
        assert get(app, *headers).headers == [(b"content-type", b"text/plain"), (b"access-control-allow-origin", b"*")]


def test_a_preflight_never_reaches_the_application() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("asked")

    answer = preflight(wrapped(app), headers=b"content-type")
    assert answer.status == 204 and answer.body == b"" and len(answer.messages) == 2
    assert dict(answer.headers) == {
        b"access-control-allow-origin": APP_ORIGIN,
        b"access-control-allow-credentials": b"true",
        b"access-control-allow-methods": b"GET,PUT",
        b"access-control-allow-headers": b"accept,accept-language,content-language,content-type",
        b"access-control-max-age": b"600",
        b"vary": EXPECTED_VARY,
    }
    refused = preflight(wrapped(app), EVIL_ORIGIN)
    assert refused.status == 403 and refused.body == b""
    assert refused.headers == [(b"vary", EXPECTED_VARY), (b"content-length", b"0")]
    # A response with status 204 may not have a length; others need it.
    assert preflight(wrapped(app, preflight_status=200)).get(b"content-length") == b"0"


def test_an_options_request_that_is_no_preflight_reaches_the_application() -> None:
    assert get(wrapped(), origin(), method="OPTIONS").body == b"hello"
    assert get(wrapped(), (b"access-control-request-method", b"PUT"), method="OPTIONS").body == b"hello"
    assert get(wrapped(), origin(), (b"access-control-request-method", b"PUT"), method="options").body == b"hello"


@pytest.mark.parametrize("status", [200, 204, 301, 304, 400, 401, 404, 405, 422, 429, 500, 502, 503])
def test_fields_are_on_every_status(status: int) -> None:
    assert get(wrapped(application(status)), origin()).allow_origin == APP_ORIGIN


def test_the_fields_of_the_application_are_dropped() -> None:
    own = [
        (b"Access-Control-Allow-Origin", b"*"),
        (b"access-control-allow-origin", EVIL_ORIGIN),
        (b"ACCESS-CONTROL-ALLOW-CREDENTIALS", b"true"),
        (b"access-control-allow-methods", b"TRACE"),
        (b"access-control-allow-headers", b"*"),
        (b"access-control-max-age", b"1"),
        (b"access-control-allow-private-network", b"true"),
        (b"access-control-expose-headers", b"*"),
        (b"timing-allow-origin", b"*"),
        (b"x-kept", b"1"),
    ]
    assert get(wrapped(application(headers=own)), origin(EVIL_ORIGIN)).headers == [(b"x-kept", b"1"), (b"vary", b"Origin")]
    allowed = get(wrapped(application(headers=own)), origin()).headers
    assert allowed.count((b"access-control-allow-origin", APP_ORIGIN)) == 1
    assert [name for name, _ in allowed if name.lower().startswith(b"access-control-allow-origin")] == [b"access-control-allow-origin"]


@pytest.mark.parametrize(
    ("own", "merged"),
    [
        ([b"Accept"], [b"Accept, Origin"]),
        ([b"Accept", b"Cookie"], [b"Accept, Origin", b"Cookie"]),
        ([b"Origin"], [b"Origin"]),
        ([b"accept , ORIGIN"], [b"accept , ORIGIN"]),
        ([b"Accept", b"origin"], [b"Accept", b"origin"]),
        ([b"*"], [b"*"]),
        ([b"Accept, *"], [b"Accept, *"]),
        ([b"Accept", b" * "], [b"Accept", b" * "]),
        ([b""], [b"Origin"]),
        ([b" , "], [b"Origin"]),
        ([b"Accept, "], [b"Accept, Origin"]),
        ([b"X-Origin"], [b"X-Origin, Origin"]),
    ],
)
@pytest.mark.parametrize("name", [b"vary", b"Vary"])
def test_vary_is_merged_once(own: list[bytes], merged: list[bytes], name: bytes) -> None:
    answer = get(wrapped(application(headers=[(name, value) for value in own])), origin())
    assert [value for key, value in answer.headers if key.lower() == b"vary"] == merged


def test_a_vary_that_cannot_be_read_is_kept() -> None:
    view = memoryview(b"cookie")
    answer = get(wrapped(application(headers=[(b"vary", view)])), origin())
    assert [value for key, value in answer.headers if key == b"vary"] == [view, b"Origin"]
    answer = get(wrapped(application(headers=[(b"vary", view), (b"Vary", b"Accept"), (b"vary", None)])), origin())
    assert [value for key, value in answer.headers if key.lower() == b"vary"] == [view, b"Accept, Origin", None]


def test_nothing_of_the_application_or_the_server_is_changed_in_place() -> None:
    shared = [(b"vary", b"Accept"), (b"access-control-allow-origin", b"*")]
    message = {"type": "http.response.start", "status": 200, "headers": shared}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(message)
        await send({"type": "http.response.body"})

    headers = [origin()]
    scope = http_scope(headers=headers)
    before = (list(shared), dict(message), list(headers), dict(scope))
    cors = wrapped(app)
    first, second = ask(cors, scope), ask(cors, scope)
    assert (shared, message, headers, scope) == before
    assert first.headers == second.headers and first.messages[0]["headers"] is not second.messages[0]["headers"]


@pytest.mark.parametrize("headers", [[], [origin()], [origin(EVIL_ORIGIN)]])
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_lists_that_are_handed_out_may_be_changed(headers: list[Any], method: str) -> None:
    cors = wrapped(application(headers=None))
    headers = [*headers, (b"access-control-request-method", b"PUT")]
    first = get(cors, *headers, method=method)
    expected = list(first.headers)
    first.messages[0]["headers"].clear()
    first.messages[0].clear()
    assert get(cors, *headers, method=method).headers == expected


@pytest.mark.parametrize(
    "own",
    [
        None,
        lambda: None,
        lambda: (),
        lambda: ((b"x-a", b"1"),),
        lambda: (pair for pair in [(b"x-a", b"1")]),
        lambda: [[b"x-a", b"1"]],
        lambda: [(b"Access-Control-Allow-Origin", b"*")],
        lambda: [[b"Access-Control-Allow-Origin", b"*"]],
        lambda: [("Access-Control-Allow-Origin", "*")],
        lambda: [(bytearray(b"access-control-allow-origin"), bytearray(b"*"))],
        lambda: iter([(b"vary", b"Origin")]),
        lambda: {b"x-a": b"1"}.items(),
    ],
)
def test_an_application_may_send_headers_of_any_shape(own: Callable[[], Any] | None) -> None:
    answer = get(wrapped(application(headers=own)), origin())
    names = [bytes(name) if not isinstance(name, str) else name.encode() for name, _ in answer.headers]
    assert [name.lower() for name in names].count(b"access-control-allow-origin") == 1
    assert answer.allow_origin == APP_ORIGIN and answer.get(b"vary") == b"Origin"


@pytest.mark.parametrize("own", [[None], [()], [(b"x",)], [b"ab"], ["ab"], [(1, 2)], [(b"x", b"y", b"z")]])
def test_what_is_no_header_is_left_for_the_server_to_judge(own: list[Any]) -> None:
    assert get(wrapped(application(headers=own)), origin()).headers[: len(own)] == own


ODD_HEADERS: list[Any] = [
    None,
    5,
    "text",
    b"bytes",
    [],
    (),
    {},
    [None],
    [()],
    [(b"origin",)],
    [b"origin"],
    ["origin"],
    [(b"origin", b"a", b"b")],
    [(1, 2)],
    [(None, None)],
    [(b"origin", None)],
    [(b"origin", 5)],
    [("origin", "https://\u00fc.example")],
    [("origin", "\ud800")],
    [(b"origin", b"\xff\xfe")],
    [(b"", b"")],
]


@pytest.mark.parametrize("headers", ODD_HEADERS)
@pytest.mark.parametrize("switches", [{}, {"guard": True}, {"enforce": True}])
@pytest.mark.parametrize("method", ["GET", b"POST", None, 5, "\ud800", "OPTIONS"])
def test_odd_requests_never_raise_and_are_never_allowed(headers: Any, switches: dict[str, bool], method: Any) -> None:
    answer = ask(wrapped(**switches), http_scope(method, headers))
    assert answer.allow_origin is None and answer.status in (200, 403)


@pytest.mark.parametrize("shape", [tuple, lambda pairs: [list(pair) for pair in pairs], dict, lambda pairs: [(n.decode(), v.decode()) for n, v in pairs]])
def test_headers_of_a_request_may_have_another_shape(shape: Callable[[Any], Any]) -> None:
    assert ask(wrapped(), http_scope(headers=shape([(b"Origin", APP_ORIGIN)]))).allow_origin == APP_ORIGIN


def test_headers_that_can_be_read_once_are_still_there_for_the_application() -> None:
    seen = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.extend(scope["headers"])
        await application()(scope, receive, send)

    pairs = [origin(), (b"cookie", b"a=b")]
    assert ask(wrapped(app), http_scope(headers=iter(pairs))).allow_origin == APP_ORIGIN
    assert seen == pairs


@pytest.mark.parametrize("first", [[], [[b"cookie", b"a=b"]], [("cookie", "a=b")]])
@pytest.mark.parametrize("odd", [(b"origin", EVIL_ORIGIN, 1), (b"origin",), [b"Origin", EVIL_ORIGIN, 1], ("origin",), "iterator"])
def test_a_pair_of_an_odd_shape_does_not_vanish(first: list[Any], odd: Any) -> None:
    """Whatever the shape of the other pairs: a request that says something of its origin is not one that says nothing."""
    odd = iter([b"origin", 1, 2]) if odd == "iterator" else odd
    assert ask(wrapped(enforce=True), http_scope("POST", [*first, odd])).status == 403
    assert ask(wrapped(), http_scope("GET", [*first, (b"cookie", b"a", b"b")])).body == b"hello"


def test_an_interrupt_while_headers_are_read_goes_on() -> None:
    def interrupted() -> Any:
        yield (b"host", b"a.example")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask(wrapped(), http_scope(headers=interrupted()))


def test_what_was_read_before_headers_break_off_is_still_there() -> None:
    def broken() -> Any:
        yield (b"host", b"a.example")
        raise RuntimeError("the server's")

    scope = http_scope(headers=broken())
    assert ask(wrapped(enforce=True), scope).status == 403
    assert scope["headers"] == [(b"host", b"a.example")]


def test_a_scope_that_cannot_be_changed_has_headers_that_cannot_be_read() -> None:
    scope: Any = MappingProxyType(http_scope(headers=iter([origin()])))
    assert ask(wrapped(), scope).allow_origin is None

    class Odd:
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError(name)

    assert ask(wrapped(enforce=True), http_scope(headers=Odd())).status == 403


def test_an_application_may_name_the_message() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(message={"type": "http.response.start", "status": 200, "headers": []})
        await send(message={"type": "http.response.body", "body": b"hello"})
        wrong: list[tuple[Any, ...]] = [(), ({}, {})]
        for arguments in wrong:
            with pytest.raises(TypeError):
                await send(*arguments)

    answer = get(wrapped(app), origin())
    assert (answer.allow_origin, answer.body) == (APP_ORIGIN, b"hello")


def test_headers_that_break_off_are_refused() -> None:
    def broken() -> Any:
        yield origin()
        raise RuntimeError("the server's")

    assert ask(wrapped(), http_scope(headers=broken())).allow_origin is None
    scope = http_scope()
    del scope["headers"], scope["method"]
    assert ask(wrapped(), scope).allow_origin is None


@pytest.mark.parametrize("kind", ["lifespan", "websocket", "something.else", None, 5])
def test_other_scopes_pass_through_untouched(kind: Any) -> None:
    seen: list[Any] = []

    async def app(*arguments: Any) -> None:
        seen.extend(arguments)

    async def receive() -> Any:
        raise AssertionError("received")

    async def send(message: Any) -> None:
        raise AssertionError("sent")

    scope = {"type": kind, "headers": [origin(EVIL_ORIGIN)]}
    run(wrapped(app, enforce=True)(scope, receive, send))
    assert [id(argument) for argument in seen] == [id(scope), id(receive), id(send)]
    assert scope == {"type": kind, "headers": [origin(EVIL_ORIGIN)]}


def test_the_application_gets_the_servers_own_scope_and_receiver() -> None:
    """What it puts into the scope, the server may look for there."""
    seen: list[Any] = []

    async def app(*arguments: Any) -> None:
        seen.extend(arguments)

    async def receive() -> Any: ...

    async def send(message: Any) -> None: ...

    scope = http_scope(headers=[origin()])
    run(wrapped(app)(scope, receive, send))
    assert seen[0] is scope and seen[1] is receive


def test_other_messages_pass_through_as_they_are() -> None:
    messages = [
        {"type": "http.response.early_hint", "links": [b"x"]},
        {"type": "http.response.start", "status": 200, "headers": [], "trailers": True},
        {"type": "http.response.body", "body": b"a", "more_body": True},
        {"type": "http.response.pathsend", "path": "/x"},
        {"type": "http.response.trailers", "headers": [(b"access-control-allow-origin", b"*")]},
    ]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)

    sent = get(wrapped(app), origin()).messages
    assert [sent[i] is messages[i] for i in range(5)] == [True, False, True, True, True]
    assert sent[1]["trailers"] is True and sent[1]["headers"]


def test_an_exception_before_the_response_is_answered_with_the_fields_and_goes_on() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("the application's")

    with pytest.raises(RuntimeError, match="the application's") as caught:
        get(wrapped(app), origin())
    answer: Answer = caught.value.answer  # type: ignore[attr-defined]
    assert answer.status == 500 and answer.body == b"Internal Server Error"
    assert answer.headers == [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"21"),
        (b"access-control-allow-origin", APP_ORIGIN),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"Origin"),
    ]


def test_an_exception_after_the_response_has_begun_goes_on_alone() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("late")

    with pytest.raises(RuntimeError) as caught:
        get(wrapped(app), origin())
    answer: Answer = caught.value.answer  # type: ignore[attr-defined]
    assert len(answer.messages) == 1 and answer.allow_origin == APP_ORIGIN


def test_cancellation_is_not_answered() -> None:
    class Cancelled(BaseException):
        pass

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise Cancelled

    sent = []

    async def send(message: Any) -> None:
        sent.append(message)

    with pytest.raises(Cancelled):
        run(wrapped(app)(http_scope(), None, send))  # type: ignore[arg-type]
    assert sent == []


def test_an_exception_of_the_server_goes_on() -> None:
    async def send(message: Any) -> None:
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        run(wrapped()(http_scope(), None, send))  # type: ignore[arg-type]


def test_what_a_hook_raises_is_logged_once_and_counts_as_a_no(caplog: pytest.LogCaptureFixture) -> None:
    def func(value: str) -> bool:
        raise LookupError(value)

    for switches in ({}, {"guard": True}, {"enforce": True}):
        for method in ("POST", "OPTIONS"):
            caplog.clear()
            app = wrapped(allow_origin_func=func, **switches)
            answer = get(app, origin(EVIL_ORIGIN), (b"access-control-request-method", b"PUT"), method=method)
            assert answer.allow_origin is None
            [record] = caplog.records
            assert record.name == "corsac" and record.levelno == logging.ERROR and record.exc_info
            assert record.getMessage() == "allow_origin_regex or allow_origin_func raised an exception, which counts as a no"
            assert isinstance(record.exc_info[1], LookupError)


def test_an_interrupt_in_a_hook_goes_on() -> None:
    def func(value: str) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        get(wrapped(allow_origin_func=func), origin(EVIL_ORIGIN))


def test_an_interrupt_in_a_log_handler_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def handle(record: Any) -> None:
        raise KeyboardInterrupt

    def func(value: str) -> bool:
        raise LookupError(value)

    app = wrapped(allow_origin_func=func)
    monkeypatch.setattr(logging.getLogger("corsac"), "handle", handle)
    with pytest.raises(KeyboardInterrupt):
        get(app, origin(EVIL_ORIGIN))


def test_hooks_allow_what_no_entry_takes() -> None:
    app = wrapped(allow_origin_regex=r"https://[a-z]+\.example", allow_origin_func=lambda value: value == "https://x.test")
    assert get(app, origin(EVIL_ORIGIN)).allow_origin == EVIL_ORIGIN
    assert get(app, origin(b"https://x.test")).allow_origin == b"https://x.test"
    assert get(app, origin(b"https://evil.example.org")).allow_origin is None
    assert get(app, origin(b"null")).allow_origin is None


def test_it_is_told_for_asgi_3() -> None:
    assert inspect.iscoroutinefunction(CORSMiddleware.__call__)


def test_requests_leave_no_cycle_that_is_not_collected() -> None:
    class Send:
        sender: Any = None

        def __call__(self, message: Any) -> None: ...

    send = Send()
    route = wrapped()._route
    send.sender = route(http_scope(), send)
    alive = weakref.ref(send)
    del send
    gc.collect()
    assert alive() is None
