"""corsac.wsgi.CORSMiddleware: what it sends, and what it leaves alone."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

import corsac
from corsac._wrapping import router
from corsac.wsgi import CORSMiddleware

APP_ORIGIN, EVIL_ORIGIN = "https://app.example.com", "https://evil.example"
OPTIONS: dict[str, Any] = {"allow_origins": [APP_ORIGIN], "allow_methods": ["GET", "PUT"], "allow_credentials": True}


def application(status: str = "200 OK", headers: Any = (("Content-Type", "text/plain"),), body: bytes = b"hello") -> Any:
    def app(environ: Any, start_response: Any) -> Iterable[bytes]:
        start_response(status, list(headers))
        return [body]

    return app


def wrapped(app: Any = None, **options: Any) -> CORSMiddleware:
    return CORSMiddleware(app or application(), **{**OPTIONS, **options})


class Answer:
    def __init__(self, app: Any, **environ: Any) -> None:
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", **environ}
        self.started: list[Any] = []
        self.written: list[bytes] = []

        def start_response(*arguments: Any) -> Any:
            self.started.append(arguments)
            return self.written.append

        self.iterable = app(environ, start_response)
        self.body = b"".join(self.iterable)

    @property
    def status(self) -> str:
        return str(self.started[-1][0])

    @property
    def headers(self) -> list[tuple[str, str]]:
        return list(self.started[-1][1])

    def get(self, name: str) -> str | None:
        values = [value for key, value in self.headers if key.lower() == name]
        assert len(values) <= 1, values
        return values[0] if values else None

    @property
    def allow_origin(self) -> str | None:
        return self.get("access-control-allow-origin")


def preflight(app: Any, origin: str = APP_ORIGIN, **environ: Any) -> Answer:
    return Answer(app, REQUEST_METHOD="OPTIONS", HTTP_ORIGIN=origin, HTTP_ACCESS_CONTROL_REQUEST_METHOD="PUT", **environ)


def test_fields_of_each_kind() -> None:
    assert Answer(wrapped(), HTTP_ORIGIN=APP_ORIGIN).headers == [
        ("Content-Type", "text/plain"),
        ("access-control-allow-origin", APP_ORIGIN),
        ("access-control-allow-credentials", "true"),
        ("vary", "Origin"),
    ]
    for origin in (EVIL_ORIGIN, "null", "", "\xfc", "https://\xfc.example", "\u4e2d", "\ud800", f"{APP_ORIGIN},{APP_ORIGIN}"):
        assert Answer(wrapped(), HTTP_ORIGIN=origin).headers == [("Content-Type", "text/plain"), ("vary", "Origin")]
    assert Answer(wrapped()).headers == [("Content-Type", "text/plain"), ("vary", "Origin")]


def test_a_preflight_never_reaches_the_application() -> None:
    answer = preflight(wrapped(lambda environ, start_response: 1 / 0), HTTP_ACCESS_CONTROL_REQUEST_HEADERS="content-type")
    assert (answer.status, answer.body, answer.allow_origin) == ("204 No Content", b"", APP_ORIGIN)
    assert answer.get("content-length") is None and answer.get("access-control-allow-methods") == "GET,PUT"
    refused = preflight(wrapped(), EVIL_ORIGIN)
    assert (refused.status, refused.body, refused.get("content-length")) == ("403 Forbidden", b"", "0")
    assert [name for name, _ in refused.headers] == ["vary", "content-length"]
    assert preflight(wrapped(preflight_status=299)).status == "299 Unknown"


@pytest.mark.parametrize("status", ["200 OK", "302 Found", "404 Not Found", "500 Internal Server Error"])
def test_fields_are_on_every_status(status: str) -> None:
    answer = Answer(wrapped(application(status)), HTTP_ORIGIN=APP_ORIGIN)
    assert (answer.status, answer.allow_origin) == (status, APP_ORIGIN)


def test_the_fields_of_the_application_are_dropped_and_vary_is_merged() -> None:
    own = [("Access-Control-Allow-Origin", "*"), ("VARY", "Accept"), ("access-control-max-age", "5"), ("Vary", "origin")]
    expected = [("VARY", "Accept"), ("Vary", "origin")]
    assert Answer(wrapped(application(headers=own)), HTTP_ORIGIN=EVIL_ORIGIN).headers == expected
    assert own[0] == ("Access-Control-Allow-Origin", "*") and len(own) == 4
    assert Answer(wrapped(application(headers=[("Vary", "Accept")]))).headers == [("Vary", "Accept, Origin")]
    assert Answer(wrapped(application(headers=[("Vary", "*")]))).headers == [("Vary", "*")]


def test_a_list_of_the_application_is_not_changed() -> None:
    shared = [("X-A", "1")]

    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", shared)
        return []

    answer = Answer(wrapped(app))
    answer.headers.clear()
    assert shared == [("X-A", "1")] and Answer(wrapped(app)).started[0][1] is not shared


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

    answer = Answer(wrapped(app), HTTP_ORIGIN=APP_ORIGIN)
    assert (answer.body, answer.written) == (b"body", [b"written"])
    answer.iterable.close()
    assert body.closed
    assert len(answer.started[0]) == 2 and answer.started[1][2][0] is KeyError
    assert answer.allow_origin == APP_ORIGIN


def test_an_exception_before_the_response_is_answered_and_then_raised() -> None:
    def app(environ: Any, start_response: Any) -> Any:
        raise LookupError("the application's")

    started: list[Any] = []
    body = iter(wrapped(app)({"REQUEST_METHOD": "GET", "HTTP_ORIGIN": APP_ORIGIN}, lambda *arguments: started.append(arguments)))
    assert next(body) == b"Internal Server Error"
    [(status, headers, exc_info)] = started
    assert status == "500 Internal Server Error" and ("access-control-allow-origin", APP_ORIGIN) in headers and exc_info[0] is LookupError
    with pytest.raises(LookupError, match="the application's"):
        next(body)


def test_an_exception_goes_on_at_once_where_that_is_wanted() -> None:
    def app(environ: Any, start_response: Any) -> Any:
        raise LookupError

    with pytest.raises(LookupError):
        Answer(wrapped(app, answer_errors=False))
    with pytest.raises(LookupError):
        Answer(wrapped(app), **{"werkzeug.debug.preserve_context": print})


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


def at_iteration(environ: Any, start_response: Any) -> Any:
    class Body:
        def __iter__(self) -> Iterator[bytes]:
            raise LookupError("the application's")

    start_response("200 OK", [])
    return Body()


@pytest.mark.parametrize("app", [before_start, before_first_byte, after_start, at_iteration])
def test_an_exception_before_the_first_byte_is_answered(app: Any, caplog: pytest.LogCaptureFixture) -> None:
    started: list[Any] = []
    body = iter(wrapped(app)({"REQUEST_METHOD": "GET", "HTTP_ORIGIN": APP_ORIGIN}, lambda *arguments: started.append(arguments)))
    assert next(chunk for chunk in body if chunk) == b"Internal Server Error"
    status, headers, exc_info = started[-1]
    assert status == "500 Internal Server Error" and ("access-control-allow-origin", APP_ORIGIN) in headers and exc_info[0] is LookupError
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


def test_an_exit_is_not_answered() -> None:
    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        raise SystemExit
        yield b""

    with pytest.raises(SystemExit):
        list(wrapped(app)({"REQUEST_METHOD": "GET"}, lambda *arguments: None))


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
    assert Answer(wrapped(), **{"wsgi.file_wrapper": lambda file: file}).body == b"hello"


def test_an_application_may_name_the_arguments() -> None:
    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", headers=[], exc_info=None)
        return []

    assert Answer(wrapped(app), HTTP_ORIGIN=APP_ORIGIN).allow_origin == APP_ORIGIN


@pytest.mark.parametrize("method", [None, 5, "", "\xfc", "options"])
def test_an_odd_environ_never_raises(method: Any) -> None:
    for origin in (None, 5, b"https://app.example.com.evil", ["x"]):
        assert Answer(wrapped(guard=True), REQUEST_METHOD=method, HTTP_ORIGIN=origin, PATH_INFO=origin).allow_origin is None
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
    app = CORSMiddleware(application(), paths={"/public": corsac.Policy(allow_origins=["*"]), "/\u00fc": {"allow_origins": ["*"]}})
    assert Answer(app, HTTP_ORIGIN=APP_ORIGIN, PATH_INFO=path, SCRIPT_NAME="/mount").allow_origin == expected


def test_verdicts() -> None:
    app = wrapped(guard=True, check_host=True, allow_hosts=["api.example.com"])
    assert Answer(app, HTTP_HOST="api.example.com").status == "200 OK"
    assert Answer(app, HTTP_HOST="evil.example").status == "421 Misdirected Request"
    assert Answer(app).status == "400 Bad Request"
    post = {"HTTP_HOST": "api.example.com", "REQUEST_METHOD": "POST"}
    assert Answer(app, HTTP_ORIGIN=EVIL_ORIGIN, **post).status == "403 Forbidden"
    assert Answer(app, HTTP_ORIGIN=APP_ORIGIN, **post).status == "200 OK"
    assert Answer(app, HTTP_SEC_FETCH_SITE="cross-site", **post).status == "403 Forbidden"
    assert Answer(app, HTTP_ORIGIN="http://api.example.com", **post).status == "200 OK"
    assert Answer(app, HTTP_ORIGIN="http://api.example.com", **post, **{"wsgi.url_scheme": "https"}).status == "403 Forbidden"
    assert Answer(wrapped(enforce=True), HTTP_ORIGIN=EVIL_ORIGIN).status == "403 Forbidden"
    assert Answer(wrapped(enforce=True), HTTP_ORIGIN="http://api.example.com", **post).status == "200 OK"
    json = wrapped(guard=True, allow_content_types=["application/json"])
    assert Answer(json, HTTP_ORIGIN=APP_ORIGIN, CONTENT_TYPE="application/json", **post).status == "200 OK"
    for content_type in ("", "text/plain"):
        assert Answer(json, HTTP_ORIGIN=APP_ORIGIN, CONTENT_TYPE=content_type, **post).status == "403 Forbidden"


@pytest.mark.parametrize("guard", [False, True])
@pytest.mark.parametrize("check_host", [False, True])
@pytest.mark.parametrize("enforce", [False, True])
def test_cors_refuses_no_handshake(guard: bool, check_host: bool, enforce: bool) -> None:
    options: dict[str, Any] = {"guard": guard, "check_host": check_host, "enforce": enforce}
    app = wrapped(**options, **({"allow_hosts": ["api.example.com"]} if check_host else {}))
    for host in ("api.example.com", "evil.example"):
        for origin in (APP_ORIGIN, EVIL_ORIGIN, "https://api.example.com"):
            answer = Answer(app, HTTP_HOST=host, HTTP_UPGRADE="websocket", HTTP_ORIGIN=origin)
            is_trusted = origin in (APP_ORIGIN, f"https://{host}")
            # A page on the server's other name is its own, which is what check_host is for.
            stopped = 421 if check_host and host == "evil.example" else 403 if guard and not is_trusted else 200
            assert int(answer.status[:3]) == stopped, (host, origin)


def test_it_is_valid_on_both_sides() -> None:
    """The standard library's validator between server, wrapper and application."""
    app = validator(wrapped(validator(application())))
    for environ in ({"QUERY_STRING": ""}, {"QUERY_STRING": "", "HTTP_ORIGIN": APP_ORIGIN}):
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
            "HTTP_ORIGIN": source.choice([APP_ORIGIN, EVIL_ORIGIN, f"https://{source.randrange(99)}.example"]),
            "HTTP_ACCESS_CONTROL_REQUEST_METHOD": source.choice(["PUT", "DELETE"]),
        }
        for _ in range(2_000)
    ]

    def answers() -> list[Any]:
        return [(answer.status, answer.headers, answer.body) for answer in (Answer(app, **environ) for environ in environs)]

    expected = answers()
    with ThreadPoolExecutor(8) as pool:
        assert all(given == expected for given in pool.map(lambda _: answers(), range(8)))
