"""CORS for ASGI applications: FastAPI, Starlette, Litestar, Quart and all others.

``CORSMiddleware`` takes the options of Starlette's class of the same name, so that one import line is all that changes::

    from corsac.asgi import CORSMiddleware

    app = CORSMiddleware(app, allow_origins=["https://app.example.com"], allow_methods=["GET", "PUT"], allow_credentials=True)

Put it around everything else: then responses have their CORS fields that come from an error page, a rate limiter or an
authentication layer too, and pages see the error instead of "blocked by CORS policy". Starlette's ``add_middleware`` puts it
inside of the layer that answers unhandled errors; wrapping the application as above does not. And it makes the class only when the first
request comes, so that a bad policy is not found before; :func:`make_policy` finds it where the module is imported::

    policy = make_policy(allow_origins=["https://app.example.com"], allow_methods=["GET", "PUT"], allow_credentials=True)
    app.add_middleware(CORSMiddleware, policy=policy)
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, TypeAlias, Unpack

from ._core import Policy
from ._wrapping import OwnNames, PathPolicy, PolicyOptions, make_policy, router

__all__ = ["CORSMiddleware", "PathPolicy", "PolicyOptions", "make_policy"]

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
ASGIApp: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]


class CORSMiddleware:
    """Answers CORS-preflight requests, and puts the CORS fields on every response of an ASGI application.

    Args:
        app: The application. It sees every request but preflights, and those that a verdict below stops.
        policy: A :class:`corsac.Policy`. It excludes the options of a policy.
        paths: Policies by prefix of the path, as in ``{"/public": public, "/internal": None}``. A prefix is compared with whole
            segments of the decoded path below ``root_path``, and the longest one counts; where none fits, the policy does. ``None``
            keeps corsac out: preflights and the application's own CORS fields pass through there, and no verdict below has a say. A path
            with ``//``, ``/./``, ``/../`` or a backslash is looked up as it stands and resolved, as applications differ in that; where
            the two have different policies, nothing is allowed.
        guard: Whether requests that could change something are stopped with 403 where they come from pages that the policy does not
            list, and so are WebSocket handshakes; see :meth:`corsac.Policy.guard`.
        check_host: Whether requests with a ``Host`` that ``allow_hosts`` and ``own_names`` do not list are stopped; see
            :meth:`corsac.Policy.check_host`. On every path the list is that of the policy beside ``paths``. One of the two has to name
            the server.
        enforce: Whether requests that CORS refuses are stopped with 403, but for those of the server's own pages. Without it they go
            on and browsers hide the response. Handshakes of WebSockets are no matter of CORS, and so of ``guard`` alone.
        own_names: Further names under which the server is reached, for ``check_host``: a list, or a function that gives one, by the rules
            of ``allow_hosts``.
        **options: Those of :class:`corsac.Policy`, with the defaults of Starlette's class: ``allow_methods`` is ``["GET"]`` and ``max_age``
            600, and ``allow_headers`` always has Accept, Accept-Language, Content-Language and Content-Type.

    What ``allow_origin_regex``, ``allow_origin_func`` or ``own_names`` raises during a request is logged to the logger ``corsac`` and
    counts as a no. Where the application raises before it has begun a response, one with status 500 and the CORS fields is sent, and
    the exception goes on to the server; inside of a Starlette application that has an error page or handler of its own, only the latter.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        policy: Policy | None = None,
        paths: Mapping[str, PathPolicy] | None = None,
        guard: bool = False,
        check_host: bool = False,
        enforce: bool = False,
        own_names: OwnNames = (),
        **options: Unpack[PolicyOptions],
    ) -> None:
        self.app = app
        native = router(
            policy=policy,
            paths=paths,
            guard=guard,
            check_host=check_host,
            enforce=enforce,
            own_names=own_names,
            options=options,
        )
        self._route = native.asgi

    # One native call a request decides. Servers tell a single callable of ASGI 3 by `async def`.
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._route(scope, send)
        if route is None:
            await self.app(scope, receive, send)
        elif route.__class__ is tuple:
            status, headers = route
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
        elif route.__class__ is int:
            await _refuse_handshake(scope, receive, send, route)
        else:
            # What is there later may be inside of this class.
            around = scope["app"] if "app" in scope else None
            try:
                await self.app(scope, receive, route)
            except Exception:
                if not route.started and not _has_error_response(around):
                    await route(_ERROR_START.copy())
                    await route(_ERROR_BODY.copy())
                raise


_ERROR_TEXT = b"Internal Server Error"
_ERROR_START = {
    "type": "http.response.start",
    "status": 500,
    "headers": ((b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(_ERROR_TEXT))),
}
_ERROR_BODY = {"type": "http.response.body", "body": _ERROR_TEXT}


async def _refuse_handshake(scope: Scope, receive: Receive, send: Send, status: int) -> None:
    # A handshake may be answered once the server has told of it.
    await receive()
    if "websocket.http.response" in (scope.get("extensions") or ()):
        headers = [(b"content-length", b"0")]
        await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": b""})
    else:
        # The server answers 403.
        await send({"type": "websocket.close", "code": 1008})


def _has_error_response(app: Any) -> bool:
    """Whether the framework around this class, if any, has an answer of its own to an unhandled error: a debug page, or a handler.

    Starlette puts itself into the scope, and its added middleware inside of what answers errors; its plain answer is ours but for the
    fields. Of other frameworks that do so, as Litestar, nothing is known, so that theirs goes first.
    """
    if app is None:
        return False
    handlers = getattr(app, "exception_handlers", None)
    if not isinstance(handlers, Mapping) or not hasattr(app, "build_middleware_stack"):
        return True
    return bool(getattr(app, "debug", False)) or 500 in handlers or Exception in handlers
