"""Drives an ASGI application by hand: no loop, no server, nothing between a test and what is sent."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import Any

Pair = tuple[bytes, bytes]
APP_ORIGIN = b"https://app.example.com"
EVIL_ORIGIN = b"https://evil.example"


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
    """Sends a scope through an application. An exception of the application comes out, with what was sent before as `answer`."""
    answer = Answer([])
    waiting = list(events)

    async def receive() -> Any:
        return waiting.pop(0) if waiting else {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        answer.messages.append(message)

    try:
        run(app(scope, receive, send))
    except Exception as error:
        error.answer = answer  # type: ignore[attr-defined]
        raise
    return answer


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
