"""corsac.wsgi.CORSMiddleware: what it sends, and what it leaves alone."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Iterator
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest
from driver import APP, EVIL, OPTIONS, WSGIAnswer, by_eight_threads, wsgi_application

import corsac
from corsac._wrapping import router
from corsac.wsgi import CORSMiddleware


def wrapped(app: Any = None, **options: Any) -> CORSMiddleware:
    return CORSMiddleware(app or wsgi_application(), **{**OPTIONS, **options})


def preflight(app: Any, origin: str = APP, **environ: Any) -> WSGIAnswer:
    return WSGIAnswer(app, REQUEST_METHOD="OPTIONS", HTTP_ORIGIN=origin, HTTP_ACCESS_CONTROL_REQUEST_METHOD="PUT", **environ)


def test_fields_of_each_kind() -> None:
    assert WSGIAnswer(wrapped(), HTTP_ORIGIN=APP).headers == [
        ("Content-Type", "text/plain"),
        ("access-control-allow-origin", APP),
        ("access-control-allow-credentials", "true"),
        ("vary", "Origin"),
    ]
    for origin in (EVIL, "null", "", "\xfc", "https://\xfc.example", "\u4e2d", "\ud800", f"{APP},{APP}"):
        assert WSGIAnswer(wrapped(), HTTP_ORIGIN=origin).headers == [("Content-Type", "text/plain"), ("vary", "Origin")]
    assert WSGIAnswer(wrapped()).headers == [("Content-Type", "text/plain"), ("vary", "Origin")]


def test_a_preflight_never_reaches_the_application() -> None:
    answer = preflight(wrapped(lambda environ, start_response: 1 / 0), HTTP_ACCESS_CONTROL_REQUEST_HEADERS="content-type")
    assert (answer.status, answer.body, answer.allow_origin) == ("204 No Content", b"", APP)
    assert answer.get("content-length") is None and answer.get("access-control-allow-methods") == "GET,PUT"
    refused = preflight(wrapped(), EVIL)
    assert (refused.status, refused.body, refused.get("content-length")) == ("403 Forbidden", b"", "0")
    assert [name for name, _ in refused.headers] == ["vary", "content-length"]
    assert preflight(wrapped(preflight_status=299)).status == "299 Unknown"


@pytest.mark.parametrize("status", ["200 OK", "302 Found", "404 Not Found", "500 Internal Server Error"])
def test_fields_are_on_every_status(status: str) -> None:
    answer = WSGIAnswer(wrapped(wsgi_application(status)), HTTP_ORIGIN=APP)
    assert (answer.status, answer.allow_origin) == (status, APP)


def test_the_fields_of_the_application_are_dropped_and_vary_is_merged() -> None:
    own = [("Access-Control-Allow-Origin", "*"), ("VARY", "Accept"), ("access-control-max-age", "5"), ("Vary", "origin")]
    expected = [("VARY", "Accept"), ("Vary", "origin")]
    assert WSGIAnswer(wrapped(wsgi_application(headers=own)), HTTP_ORIGIN=EVIL).headers == expected
    assert own[0] == ("Access-Control-Allow-Origin", "*") and len(own) == 4
    assert WSGIAnswer(wrapped(wsgi_application(headers=[("Vary", "Accept")]))).headers == [("Vary", "Accept, Origin")]
    assert WSGIAnswer(wrapped(wsgi_application(headers=[("Vary", "*")]))).headers == [("Vary", "*")]


def test_a_list_of_the_application_is_not_changed() -> None:
    shared = [("X-A", "1")]

    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", shared)
        return []

    answer = WSGIAnswer(wrapped(app))
    answer.headers.clear()
    assert shared == [("X-A", "1")] and WSGIAnswer(wrapped(app)).started[0][1] is not shared


def test_write_exc_info_and_the_iterable_are_kept() -> None:
    class Body:
        closed = False

        def __iter__(self) -> Iterator[bytes]:
            return iter([b"body"])

        def close(self) -> None:
            self.closed = True

    body = Body()

    def app(environ: Any, start_response: Any) -> Any:
        try:
            raise KeyError
        except KeyError:
            start_response("200 OK", [])(b"written")
            start_response("500 Error", [], sys.exc_info())
        return body

    answer = WSGIAnswer(wrapped(app), HTTP_ORIGIN=APP)
    assert (answer.body, answer.written) == (b"body", [b"written"])
    assert body.closed
    assert len(answer.started[0]) == 2 and answer.started[1][2][0] is KeyError
    assert answer.allow_origin == APP


def test_an_exception_before_the_response_is_answered_and_then_raised() -> None:
    def app(environ: Any, start_response: Any) -> Any:
        raise LookupError("the application's")

    started: list[Any] = []
    body = iter(wrapped(app)({"REQUEST_METHOD": "GET", "HTTP_ORIGIN": APP}, lambda *arguments: started.append(arguments)))
    assert next(body) == b"Internal Server Error"
    [(status, headers, exc_info)] = started
    assert (status, exc_info[0]) == ("500 Internal Server Error", LookupError)
    assert headers == [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", "21"),
        ("access-control-allow-origin", APP),
        ("access-control-allow-credentials", "true"),
        ("vary", "Origin"),
    ]
    with pytest.raises(LookupError, match="the application's"):
        next(body)


def before_start(environ: Any, start_response: Any) -> Iterator[bytes]:
    raise LookupError("the application's")
    yield b""


def before_first_byte(environ: Any, start_response: Any) -> Iterator[bytes]:
    start_response("200 OK", [])
    yield b""
    yield b""
    raise LookupError("the application's")


def after_start(environ: Any, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [])
    raise LookupError("the application's")


@pytest.mark.parametrize(
    ("options", "environ"), [({"answer_errors": False}, {}), ({}, {"werkzeug.debug.preserve_context": print})], ids=["option", "debugger"]
)
def test_an_exception_goes_on_at_once_where_that_is_wanted(options: dict[str, Any], environ: dict[str, Any]) -> None:
    with pytest.raises(LookupError, match="the application's"):
        wrapped(after_start, **options)({"REQUEST_METHOD": "GET", **environ}, lambda *arguments: None)


def at_iteration(environ: Any, start_response: Any) -> Any:
    class Body:
        def __iter__(self) -> Iterator[bytes]:
            raise LookupError("the application's")

    start_response("200 OK", [])
    return Body()


@pytest.mark.parametrize("app", [before_start, before_first_byte, after_start, at_iteration])
def test_an_exception_before_the_first_byte_is_answered(app: Any, caplog: pytest.LogCaptureFixture) -> None:
    started: list[Any] = []
    body = iter(wrapped(app)({"REQUEST_METHOD": "GET", "HTTP_ORIGIN": APP}, lambda *arguments: started.append(arguments)))
    assert next(chunk for chunk in body if chunk) == b"Internal Server Error"
    status, headers, exc_info = started[-1]
    assert status == "500 Internal Server Error" and ("access-control-allow-origin", APP) in headers and exc_info[0] is LookupError
    # A server that sends no body, as for HEAD, may not come to the exception.
    [record] = caplog.records
    assert record.name == "corsac" and record.exc_info and record.exc_info[0] is LookupError
    with pytest.raises(LookupError, match="the application's"):
        next(body)
    with pytest.raises(StopIteration):
        next(body)


def test_an_exception_after_the_first_byte_goes_on() -> None:
    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"a"
        raise LookupError

    started: list[Any] = []
    body = iter(wrapped(app)({"REQUEST_METHOD": "GET"}, lambda *arguments: started.append(arguments)))
    assert next(body) == b"a"
    with pytest.raises(LookupError):
        next(body)
    assert len(started) == 1


def test_a_server_that_has_sent_fields_raises_the_exception() -> None:
    def start_response(status: str, headers: Any, exc_info: Any = None) -> None:
        if exc_info:
            raise exc_info[1].with_traceback(exc_info[2])

    with pytest.raises(LookupError):
        list(wrapped(before_first_byte)({"REQUEST_METHOD": "GET"}, start_response))
    with pytest.raises(LookupError):
        wrapped(after_start)({"REQUEST_METHOD": "GET"}, start_response)


@pytest.mark.parametrize("interrupt", [SystemExit, KeyboardInterrupt])
def test_an_interrupt_is_not_answered(interrupt: type[BaseException]) -> None:
    def at_call(environ: Any, start_response: Any) -> Any:
        raise interrupt

    def at_first_byte(environ: Any, start_response: Any) -> Iterator[bytes]:
        raise interrupt
        yield b""

    started: list[Any] = []
    with pytest.raises(interrupt):
        wrapped(at_call)({"REQUEST_METHOD": "GET"}, lambda *arguments: started.append(arguments))
    with pytest.raises(interrupt):
        next(iter(wrapped(at_first_byte)({"REQUEST_METHOD": "GET"}, lambda *arguments: started.append(arguments))))
    assert started == []


def test_a_body_is_closed_even_if_nobody_asks_for_it() -> None:
    closed: list[int] = []

    class Body(list[bytes]):
        def close(self) -> None:
            closed.append(1)

    class Chunks:
        def __iter__(self) -> Iterator[bytes]:
            raise AssertionError("asked")

        def close(self) -> None:
            closed.append(2)

    for body in (Body(), Chunks()):

        def app(environ: Any, start_response: Any, body: Any = body) -> Any:
            start_response("200 OK", [])
            return body

        given: Any = wrapped(app)({"REQUEST_METHOD": "GET"}, lambda *arguments: None)
        given.close()
    assert closed == [1, 2]


def test_bodies_that_servers_know_are_left_alone() -> None:
    class FileWrapper:
        def __iter__(self) -> Iterator[bytes]:
            return iter([b"file"])

    environ: dict[str, Any] = {"REQUEST_METHOD": "GET", "wsgi.file_wrapper": FileWrapper}
    for body in ([b"a"], (b"a",), FileWrapper()):

        def app(environ: Any, start_response: Any, body: Any = body) -> Any:
            start_response("200 OK", [])
            return body

        assert wrapped(app)(environ, lambda *arguments: None) is body
    # Some servers have a function there.
    assert WSGIAnswer(wrapped(), **{"wsgi.file_wrapper": lambda file: file}).body == b"hello"


def test_an_application_may_name_the_arguments() -> None:
    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", headers=[], exc_info=None)
        return []

    assert WSGIAnswer(wrapped(app), HTTP_ORIGIN=APP).allow_origin == APP


@pytest.mark.parametrize("method", [None, 5, "", "\xfc", "options"])
def test_an_odd_environ_never_raises(method: Any) -> None:
    for origin in (None, 5, b"https://app.example.com.evil", ["x"]):
        assert WSGIAnswer(wrapped(guard=True), REQUEST_METHOD=method, HTTP_ORIGIN=origin, PATH_INFO=origin).allow_origin is None
    started: list[Any] = []
    wrapped(paths={"/a": None})({}, lambda *arguments: started.append(arguments))
    assert started[0][0] == "200 OK"


def test_a_path_that_is_no_unicode_has_no_prefix() -> None:
    """As a framework of its own may hand it over."""
    native = router(options={}, paths={"/a": None})
    for path, answer in [("/\udcff", (None, [("vary", "Origin")])), ("/a", None)]:
        assert native.environ({"REQUEST_METHOD": "GET"}, path, False) == answer


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/public", "*"), ("/public/x", "*"), ("/publicity", None), ("/\u00fc/x".encode().decode("latin-1"), "*"), ("/\u00fc", None), ("", None)],
)
def test_paths_are_those_of_path_info(path: str, expected: str | None) -> None:
    app = CORSMiddleware(wsgi_application(), paths={"/public": corsac.Policy(allow_origins=["*"]), "/\u00fc": {"allow_origins": ["*"]}})
    assert WSGIAnswer(app, HTTP_ORIGIN=APP, PATH_INFO=path, SCRIPT_NAME="/mount").allow_origin == expected


def test_verdicts() -> None:
    app = wrapped(guard=True, check_host=True, allow_hosts=["api.example.com"])
    assert WSGIAnswer(app, HTTP_HOST="api.example.com").status == "200 OK"
    assert WSGIAnswer(app, HTTP_HOST="evil.example").status == "421 Misdirected Request"
    assert WSGIAnswer(app).status == "400 Bad Request"
    post = {"HTTP_HOST": "api.example.com", "REQUEST_METHOD": "POST"}
    assert WSGIAnswer(app, HTTP_ORIGIN=EVIL, **post).status == "403 Forbidden"
    assert WSGIAnswer(app, HTTP_ORIGIN=APP, **post).status == "200 OK"
    assert WSGIAnswer(app, HTTP_SEC_FETCH_SITE="cross-site", **post).status == "403 Forbidden"
    assert WSGIAnswer(app, HTTP_ORIGIN="http://api.example.com", **post).status == "200 OK"
    assert WSGIAnswer(app, HTTP_ORIGIN="http://api.example.com", **post, **{"wsgi.url_scheme": "https"}).status == "403 Forbidden"
    assert WSGIAnswer(wrapped(enforce=True), HTTP_ORIGIN=EVIL).status == "403 Forbidden"
    assert WSGIAnswer(wrapped(enforce=True), HTTP_ORIGIN="http://api.example.com", **post).status == "200 OK"
    json = wrapped(guard=True, allow_content_types=["application/json"])
    assert WSGIAnswer(json, HTTP_ORIGIN=APP, CONTENT_TYPE="application/json", **post).status == "200 OK"
    for content_type in ("", "text/plain"):
        assert WSGIAnswer(json, HTTP_ORIGIN=APP, CONTENT_TYPE=content_type, **post).status == "403 Forbidden"


@pytest.mark.parametrize("guard", [False, True])
@pytest.mark.parametrize("check_host", [False, True])
@pytest.mark.parametrize("enforce", [False, True])
def test_cors_refuses_no_handshake(guard: bool, check_host: bool, enforce: bool) -> None:
    options: dict[str, Any] = {"guard": guard, "check_host": check_host, "enforce": enforce}
    app = wrapped(**options, **({"allow_hosts": ["api.example.com"]} if check_host else {}))
    for host in ("api.example.com", "evil.example"):
        for origin in (APP, EVIL, "https://api.example.com"):
            answer = WSGIAnswer(app, HTTP_HOST=host, HTTP_UPGRADE="websocket", HTTP_ORIGIN=origin)
            is_trusted = origin in (APP, f"https://{host}")
            # A page on the server's other name is its own, which is what check_host is for.
            stopped = 421 if check_host and host == "evil.example" else 403 if guard and not is_trusted else 200
            assert int(answer.status[:3]) == stopped, (host, origin)


def test_it_is_valid_on_both_sides() -> None:
    """The standard library's validator between server, wrapper and application."""
    app = validator(wrapped(validator(wsgi_application())))
    for environ in ({"QUERY_STRING": ""}, {"QUERY_STRING": "", "HTTP_ORIGIN": APP}):
        setup_testing_defaults(environ)
        started: list[Any] = []

        def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
            started.append((status, headers))
            return lambda data: None

        body: Any = app(environ, start_response)
        assert list(body) == [b"hello"]
        body.close()
        assert started


def test_eight_threads_answer_as_one() -> None:
    app = wrapped(allow_origin_func=lambda origin: origin.endswith("7.example"), guard=True)
    source = random.Random(3)
    environs = [
        {
            "REQUEST_METHOD": source.choice(["GET", "OPTIONS", "POST"]),
            "HTTP_ORIGIN": source.choice([APP, EVIL, f"https://{source.randrange(99)}.example"]),
            "HTTP_ACCESS_CONTROL_REQUEST_METHOD": source.choice(["PUT", "DELETE"]),
        }
        for _ in range(2_000)
    ]

    def answers() -> list[Any]:
        return [(answer.status, answer.headers, answer.body) for answer in (WSGIAnswer(app, **environ) for environ in environs)]

    assert by_eight_threads(answers) == [answers()] * 8
