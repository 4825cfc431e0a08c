"""CORS for WSGI applications: Flask, Pyramid, Falcon, Bottle and all others.

Put it around everything else. In Flask::

    from corsac.wsgi import CORSMiddleware

    app.wsgi_app = CORSMiddleware(app.wsgi_app, allow_origins=["https://app.example.com"], allow_methods=["GET", "PUT"])
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from http.client import responses
from typing import Any, TypeAlias, Unpack

from ._core import Policy
from ._wrapping import OwnNames, PathPolicy, PolicyOptions, router

__all__ = ["CORSMiddleware"]

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
        answer_errors: Whether an application that raises before it has begun a response is answered for: with status 500 and the CORS
            fields, after which the exception goes on to the server. Without it the exception goes on at once. Frameworks that answer their
            own errors, as Flask does, raise only for debuggers and tests, which then want ``False``.
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
        try:
            return self.app(environ, route)
        except Exception as error:
            # Werkzeug's debugger shows a page of its own.
            if route.started or not self.answer_errors or "werkzeug.debug.preserve_context" in environ:
                raise
            route("500 Internal Server Error", list(_ERROR_HEADERS), sys.exc_info())
            return _error_body(error)


_ERROR_TEXT = b"Internal Server Error"
_ERROR_HEADERS = (("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(_ERROR_TEXT))))


def _error_body(error: Exception) -> Iterator[bytes]:
    """The whole body, and then the exception for the server to log."""
    yield _ERROR_TEXT
    raise error
