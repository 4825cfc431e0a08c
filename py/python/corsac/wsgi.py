"""CORS for WSGI applications: Flask, Pyramid, Falcon, Bottle and all others.

Put it around everything else. In Flask::

    from corsac.wsgi import CORSMiddleware

    app.wsgi_app = CORSMiddleware(app.wsgi_app, allow_origins=["https://app.example.com"], allow_methods=["GET", "PUT"])
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from http.client import responses
from typing import Any, TypeAlias, Unpack

from ._core import Policy
from ._wrapping import OwnNames, PathPolicy, PolicyOptions, log, make_policy, router

__all__ = ["CORSMiddleware", "PathPolicy", "PolicyOptions", "make_policy"]

Environ: TypeAlias = dict[str, Any]
#: The server's function: ``start_response(status, headers, exc_info=None) -> write``.
StartResponse: TypeAlias = Callable[..., Any]
WSGIApp: TypeAlias = Callable[[Environ, StartResponse], Iterable[bytes]]


class CORSMiddleware:
    """Answers CORS-preflight requests, and puts the CORS fields on every response of a WSGI application.

    Args:
        app: The application. It sees every request but preflights, and those that a verdict below stops.
        policy, paths, guard, check_host, enforce, own_names, **options: As of :class:`corsac.asgi.CORSMiddleware`; prefixes are
            compared with ``PATH_INFO``, which lies below ``SCRIPT_NAME``.
        answer_errors: Whether an application that raises before the first byte of its body is answered for: with status 500 and the CORS
            fields, after which the exception goes on to the server. It is logged to the logger ``corsac`` too, as some servers never ask
            for the end of a body. Without it the exception goes on at once. Frameworks that answer their own errors, as Flask does, raise
            only for debuggers and tests, which then want ``False``.
    """

    def __init__(
        self,
        app: WSGIApp,
        *,
        policy: Policy | None = None,
        paths: Mapping[str, PathPolicy] | None = None,
        guard: bool = False,
        check_host: bool = False,
        enforce: bool = False,
        own_names: OwnNames = (),
        answer_errors: bool = True,
        **options: Unpack[PolicyOptions],
    ) -> None:
        self.app = app
        self.answer_errors = answer_errors
        native = router(
            policy=policy,
            paths=paths,
            guard=guard,
            check_host=check_host,
            enforce=enforce,
            own_names=own_names,
            options=options,
            answer_errors=answer_errors,
        )
        self._route = native.wsgi

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        route = self._route(environ, start_response)
        if route is None:
            return self.app(environ, start_response)
        if isinstance(route, tuple):
            status, headers = route
            start_response(f"{status} {responses.get(status, 'Unknown')}", headers)
            return ()
        # Werkzeug's debugger shows a page of its own.
        if not self.answer_errors or "werkzeug.debug.preserve_context" in environ:
            return self.app(environ, route)
        try:
            body = self.app(environ, route)
        except Exception as error:
            return _error_body(route, error)
        if isinstance(body, (list, tuple)) or _is_file(body, environ):
            # It runs no code of the application, and servers send it in a better way.
            return body
        return _Body(body, route)


_ERROR_TEXT = b"Internal Server Error"
_ERROR_HEADERS = (("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(_ERROR_TEXT))))


def _is_file(body: Iterable[bytes], environ: Environ) -> bool:
    file_wrapper = environ.get("wsgi.file_wrapper")
    return isinstance(file_wrapper, type) and isinstance(body, file_wrapper)


class _Body:
    """An application's body, which is answered for where it raises before its first byte: until then no field has been sent."""

    __slots__ = ("_body", "_route", "close")

    def __init__(self, body: Iterable[bytes], route: StartResponse) -> None:
        self._body = body
        self._route = route
        # Servers close the application's body even if they have asked for nothing.
        self.close: Callable[[], object] = getattr(body, "close", _nothing)

    def __iter__(self) -> Iterator[bytes]:
        try:
            chunks = iter(self._body)
            for chunk in chunks:
                yield chunk
                if chunk:
                    break
        except Exception as error:
            chunks = _error_body(self._route, error)
        yield from chunks


def _nothing() -> None:
    pass


def _error_body(route: StartResponse, error: Exception) -> Iterator[bytes]:
    """Starts a response of its own: the whole body, and then the exception for the server to log. Some never come to that."""
    # A server that has sent the first fields already raises the exception.
    route("500 Internal Server Error", list(_ERROR_HEADERS), (type(error), error, error.__traceback__))
    log.error("the application raised an exception, which is answered with status 500", exc_info=error)

    def body() -> Iterator[bytes]:
        yield _ERROR_TEXT
        raise error

    return body()
