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
from django.utils.module_loading import import_string

from ._core import FIELDS, Router
from ._wrapping import WRAPPER_OPTIONS, Faults, attempt_router

__all__ = ["CORSMiddleware"]

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]

_NAME = f"{__name__}.CORSMiddleware"
_WRAPPER_OPTIONS = tuple(name for name in WRAPPER_OPTIONS if name != "answer_errors")
_OWN_FIELDS = frozenset(FIELDS) - {"vary"}


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
        route = router.environ(request.META, request.path_info, router.needs_scheme and request.is_secure())
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
        faults = Faults()
        _router = _make(faults)
        if _router is None:
            raise ImproperlyConfigured("\n".join(f"CORSAC: {message}" for message in faults.messages()))
    return _router


def _forget(*, setting: str, **_: Any) -> None:
    global _router
    if setting == "CORSAC":
        _router = None


setting_changed.connect(_forget, dispatch_uid=_NAME)


def _make(faults: Faults) -> Router | None:
    """The native part for the setting, or everything that is wrong with it."""
    setting = getattr(settings, "CORSAC", None)
    if setting is None:
        faults.errors.append(TypeError('the setting is missing; write CORSAC = {"allow_origins": ["https://…"]}'))
        return None
    if not isinstance(setting, Mapping):
        faults.errors.append(TypeError(f"the setting takes a dict of options, not {type(setting).__name__}"))
        return None
    faults.attempt(lambda: _check_repeatable(setting))
    if faults.errors:
        return None
    own = {name: setting[name] for name in _WRAPPER_OPTIONS if name in setting}
    options = {name: value for name, value in setting.items() if name not in own}
    return attempt_router(faults, options=options, **own)


def _check_repeatable(setting: Mapping[str, Any], where: str = "") -> None:
    """Refuses what can be read once only: the setting is read by the check, by each handler, and again after a test has changed it."""
    for name, value in setting.items():
        if isinstance(value, Mapping):
            _check_repeatable(value, f"{where}{name}: ")
        elif isinstance(value, Iterator):
            raise TypeError(f"{where}{name} is a {type(value).__name__}, which can be read once only: write list(…) around it")


@register(Tags.security)
def check_setting(**_: Any) -> list[CheckMessage]:
    """The system check: every problem of the setting, and where the middleware stands."""
    faults = Faults()
    _make(faults)
    messages: list[CheckMessage] = [Error(f"CORSAC: {message}", id="corsac.E001") for message in faults.messages()]
    middleware = list(settings.MIDDLEWARE)
    place = next((index for index, name in enumerate(middleware) if _is_ours(name)), None)
    if place is None:
        hint = f'Add "{_NAME}" as the first of MIDDLEWARE, or remove "{__name__}" from INSTALLED_APPS.'
        text = "corsac is installed, but its middleware is not: no CORS field is sent."
        messages.append(Warning(text, hint=hint, id="corsac.W001"))
    elif place != 0:
        text = f"{middleware[0]} stands before corsac's middleware: what it answers by itself has no CORS field."
        messages.append(Warning(text, hint=f'Make "{middleware[place]}" the first of MIDDLEWARE.', id="corsac.W002"))
    return messages


def _is_ours(name: str) -> bool:
    """Whether an entry of MIDDLEWARE is the class or one that is made of it."""
    try:
        middleware = import_string(name)
    except ImportError:
        return False
    return isinstance(middleware, type) and issubclass(middleware, CORSMiddleware)
