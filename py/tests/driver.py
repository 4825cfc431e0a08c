"""Drives applications by hand: no loop, no server, nothing between a test and what is sent."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar

Pair = tuple[bytes, bytes]
_Made = TypeVar("_Made")

APP, EVIL = "https://app.example.com", "https://evil.example"
APP_ORIGIN, EVIL_ORIGIN = APP.encode(), EVIL.encode()
OPTIONS: dict[str, Any] = {"allow_origins": [APP], "allow_methods": ["GET", "PUT"], "allow_credentials": True}


def by_eight_threads(work: Callable[[], _Made]) -> list[_Made]:
    """What eight threads come to that do the same at once, and are interrupted often."""
    start = Barrier(8)

    def begin() -> _Made:
        start.wait()
        return work()

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as pool:
            return [future.result() for future in [pool.submit(begin) for _ in range(8)]]
    finally:
        sys.setswitchinterval(interval)


def python_path(*folders: Path) -> str:
    """A PYTHONPATH with these before what the tester's own has."""
    return os.pathsep.join(filter(None, [*map(str, folders), os.environ.get("PYTHONPATH", "")]))


# ---- ASGI ----


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Runs a coroutine that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("the coroutine waits for something")


class Answer:
    """What was sent for a request."""

    def __init__(self, messages: list[Any]) -> None:
        self.messages = messages

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages[1:])

    @property
    def headers(self) -> list[Pair]:
        return list(self.messages[0]["headers"])

    def get(self, name: bytes) -> bytes | None:
        """The value of a field that is there once, or None."""
        values = [value for key, value in self.headers if key.lower() == name]
        assert len(values) <= 1, values
        return values[0] if values else None

    @property
    def allow_origin(self) -> bytes | None:
        return self.get(b"access-control-allow-origin")


def http_scope(method: Any = "GET", headers: Any = (), path: str = "/", **more: Any) -> dict[str, Any]:
    headers = list(headers) if isinstance(headers, tuple) else headers
    return {"type": "http", "method": method, "path": path, "headers": headers, "root_path": "", "scheme": "http", **more}


def ask(app: Any, scope: dict[str, Any], events: Iterable[Any] = ()) -> Answer:
    """Sends a scope through an application, and says what was sent.

    What is received is taken off a list of events. An exception of the application comes out, with what was sent before as `answer`.
    """
    answer = Answer([])
    try:
        run(asked(app, scope, answer.messages, events))
    except Exception as error:
        error.answer = answer  # type: ignore[attr-defined]
        raise
    return answer


async def asked(app: Any, scope: dict[str, Any], messages: list[Any], events: Iterable[Any] = ()) -> None:
    """Sends a scope through an application, and puts what that sends into a list of messages."""
    waiting = events if isinstance(events, list) else list(events)

    async def receive() -> Any:
        return waiting.pop(0) if waiting else {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        messages.append(message)

    await app(scope, receive, send)


def get(app: Any, *headers: Pair, method: Any = "GET", path: str = "/", **more: Any) -> Answer:
    return ask(app, http_scope(method, list(headers), path, **more))


def origin(value: bytes = APP_ORIGIN) -> Pair:
    return (b"origin", value)


def preflight(
    app: Any, value: bytes = APP_ORIGIN, method: bytes = b"PUT", headers: bytes | None = None, path: str = "/", **more: Any
) -> Answer:
    fields = [origin(value), (b"access-control-request-method", method)]
    if headers is not None:
        fields.append((b"access-control-request-headers", headers))
    return get(app, *fields, method="OPTIONS", path=path, **more)


def application(status: int = 200, headers: Any = ((b"content-type", b"text/plain"),), body: bytes = b"hello") -> Callable[..., Any]:
    """An application that always answers the same. `headers` of None leaves the key out."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        start = {"type": "http.response.start", "status": status}
        if headers is not None:
            start["headers"] = headers() if callable(headers) else headers
        await send(start)
        await send({"type": "http.response.body", "body": body})

    return app


# ---- WSGI ----


class WSGIAnswer:
    """What a WSGI application answers to an environ, which it gets as keywords."""

    def __init__(self, app: Any, **environ: Any) -> None:
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", **environ}
        self.started: list[Any] = []
        self.written: list[bytes] = []

        def start_response(*arguments: Any) -> Any:
            self.started.append(arguments)
            return self.written.append

        self.iterable = app(environ, start_response)
        self.body = b"".join(self.iterable)
        if hasattr(self.iterable, "close"):
            self.iterable.close()

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


def wsgi_application(status: str = "200 OK", headers: Any = (("Content-Type", "text/plain"),), body: bytes = b"hello") -> Any:
    def app(environ: Any, start_response: Any) -> Iterable[bytes]:
        start_response(status, list(headers))
        return [body]

    return app


def environ_of(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The fields of a request as an environ has them."""
    return {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers}
