"""CORS for Django.

In the settings, before every other middleware, so that redirects, refusals and error pages have the fields too::

    INSTALLED_APPS = [..., "corsac.django"]  # for the check of `manage.py check`
    MIDDLEWARE = ["corsac.django.CORSMiddleware", ...]
    CORSAC = {"allow_origins": ["https://app.example.com"], "allow_methods": ["GET", "PUT"], "allow_credentials": True}

``CORSAC`` holds what :class:`corsac.asgi.CORSMiddleware` takes: the options of a policy, or one as ``"policy"``, and ``"paths"``,
``"guard"``, ``"check_host"``, ``"enforce"`` and ``"own_names"``. A bad policy is an error of ``manage.py check``, which names every problem, and of the
start of the server.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, TypeAlias

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from ._core import Router
from ._wrapping import policy_at, policy_of, prefix_of, router
from .errors import PolicyError

__all__ = ["CORSMiddleware"]

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]

_NAME = f"{__name__}.CORSMiddleware"
_WRAPPER_OPTIONS = ("policy", "paths", "guard", "check_host", "enforce", "own_names")
_OWN_FIELDS = frozenset(
    (
        "access-control-allow-credentials",
        "access-control-allow-headers",
        "access-control-allow-methods",
        "access-control-allow-origin",
        "access-control-allow-private-network",
        "access-control-expose-headers",
        "access-control-max-age",
        "timing-allow-origin",
    )
)


class CORSMiddleware:
    """Answers CORS-preflight requests, and puts the CORS fields on every response, by the setting ``CORSAC``.

    It runs under WSGI and ASGI without a change of thread. ``allow_origin_func`` is called in the server's own: under ASGI it may not use
    the database.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)
        _current()

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        router = _current()
        route = router.environ(request.META, request.path_info, router.guards and request.is_secure())
        if self._is_async:
            return self._answer_later(request, route)
        if route is None:
            return self.get_response(request)
        status, fields = route
        response: Any = self.get_response(request) if status is None else _empty(status)
        return _with_fields(response, fields)

    async def _answer_later(
        self, request: HttpRequest, route: tuple[int | None, list[tuple[str, str]]] | None
    ) -> HttpResponseBase:
        if route is not None and route[0] is not None:
            return _with_fields(_empty(route[0]), route[1])
        answer: Any = self.get_response(request)
        response: HttpResponseBase = await answer
        return response if route is None else _with_fields(response, route[1])


def _empty(status: int) -> HttpResponse:
    response = HttpResponse(status=status)
    del response["Content-Type"]
    return response


def _with_fields(response: HttpResponseBase, fields: list[tuple[str, str]]) -> HttpResponseBase:
    headers = response.headers
    for name in [name for name in headers if name.lower() in _OWN_FIELDS]:
        del headers[name]
    for name, value in fields:
        if name == "vary" and "Vary" in headers:
            headers["Vary"] = _merged(headers["Vary"], value)
        else:
            headers[name.title()] = value
    return response


def _merged(own: str, added: str) -> str:
    """The application's Vary with the members of `added` that it lacks; `*` stands for all."""
    members = [member.strip() for member in own.split(",")]
    present = {member.lower() for member in members}
    missing = [member for member in added.split(", ") if member.lower() not in present]
    if "*" in present or not missing:
        return own
    return ", ".join([*filter(None, members), *missing])


_router: Router | None = None


def _current() -> Router:
    """The native part for the setting as it is; made when it is first needed, and again when tests have changed the setting."""
    global _router
    if _router is None:
        problems = list(_problems())
        if problems:
            raise ImproperlyConfigured("\n".join(f"CORSAC: {problem}" for problem in problems))
        _router = _make(_setting())
    return _router


def _forget(*, setting: str, **_: Any) -> None:
    global _router
    if setting == "CORSAC":
        _router = None


setting_changed.connect(_forget, dispatch_uid=_NAME)


def _setting() -> Mapping[str, Any]:
    setting = getattr(settings, "CORSAC", None)
    if setting is None:
        raise TypeError('the setting is missing; write CORSAC = {"allow_origins": ["https://…"]}')
    if not isinstance(setting, Mapping):
        raise TypeError(f"the setting takes a dict of options, not {type(setting).__name__}")
    return setting


def _make(setting: Mapping[str, Any]) -> Router:
    own = {name: setting[name] for name in _WRAPPER_OPTIONS if name in setting}
    options = {name: value for name, value in setting.items() if name not in own}
    defaults = {"policy": None, "paths": None, "guard": False, "check_host": False, "enforce": False, "own_names": ()}
    return router(options=options, **{**defaults, **own})


def _problems() -> Iterator[str]:
    """Everything that is wrong with the setting: each policy in it is tried by itself, so that one does not hide another."""
    try:
        setting = _setting()
    except TypeError as error:
        yield str(error)
        return
    found = False
    paths = setting.get("paths")
    for prefix, policy in paths.items() if isinstance(paths, Mapping) else ():
        for problem in _problems_of(lambda: (prefix_of(prefix), policy_at(prefix, policy))):
            found = True
            yield f"paths[{prefix!r}]: {problem}" if not problem.startswith("paths") else problem
    if setting.get("policy") is None:
        options = {name: value for name, value in setting.items() if name not in _WRAPPER_OPTIONS}
        for problem in _problems_of(lambda: policy_of(options)):
            found = True
            yield problem
    if not found:
        yield from _problems_of(lambda: _make(setting))


def _problems_of(make: Callable[[], object]) -> list[str]:
    try:
        make()
    except PolicyError as error:
        return [problem.message for problem in error.problems]
    except (TypeError, ValueError) as error:
        return [str(error)]
    return []


@register(Tags.security)
def check_setting(**_: Any) -> list[CheckMessage]:
    """The system check: every problem of the setting, and where the middleware stands."""
    messages: list[CheckMessage] = [Error(f"CORSAC: {problem}", id="corsac.E001") for problem in _problems()]
    middleware = list(settings.MIDDLEWARE)
    if _NAME not in middleware:
        hint = f'Add "{_NAME}" as the first of MIDDLEWARE, or remove "{__name__}" from INSTALLED_APPS.'
        text = "corsac is installed, but its middleware is not: no CORS field is sent."
        messages.append(Warning(text, hint=hint, id="corsac.W001"))
    elif middleware.index(_NAME) != 0:
        text = f"{middleware[0]} stands before corsac's middleware: what it answers by itself has no CORS field."
        messages.append(Warning(text, hint=f'Make "{_NAME}" the first of MIDDLEWARE.', id="corsac.W002"))
    return messages
