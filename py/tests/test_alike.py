"""What the three classes have to do alike, by the same cases: enforcement, and paths that applications resolve."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import pytest
from driver import APP, EVIL, WSGIAnswer, application, ask, environ_of, http_scope, wsgi_application

import test_django  # noqa: F401 - it makes the settings
from corsac.asgi import CORSMiddleware
from corsac.wsgi import CORSMiddleware as WSGIMiddleware
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import re_path

HOST = "api.example.com"


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"hello")


urlpatterns = [re_path("", hello)]


class Answer(NamedTuple):
    status: int
    allow_origin: str | None
    vary: str | None


class Ask(Protocol):
    def __call__(self, options: dict[str, Any], method: str, path: str, scheme: str, headers: dict[str, str]) -> Answer: ...


def asgi(options: dict[str, Any], method: str, path: str, scheme: str, headers: dict[str, str]) -> Answer:
    fields = [(name.encode(), value.encode()) for name, value in headers.items()]
    answer = ask(CORSMiddleware(application(), **options), http_scope(method, fields, path, scheme=scheme))
    allowed, vary = answer.allow_origin, answer.get(b"vary")
    return Answer(answer.status, allowed.decode() if allowed else None, vary.decode() if vary else None)


def wsgi(options: dict[str, Any], method: str, path: str, scheme: str, headers: dict[str, str]) -> Answer:
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.url_scheme": scheme, **environ_of(headers.items())}
    answer = WSGIAnswer(WSGIMiddleware(wsgi_application(), **options), **environ)
    return Answer(int(answer.status[:3]), answer.allow_origin, answer.get("vary"))


def django(options: dict[str, Any], method: str, path: str, scheme: str, headers: dict[str, str]) -> Answer:
    with override_settings(CORSAC=options, ROOT_URLCONF=__name__):
        client: Any = Client()
        answer = client.generic(method, "/", secure=scheme == "https", **{"PATH_INFO": path, **environ_of(headers.items())})
    return Answer(answer.status_code, answer.headers.get("Access-Control-Allow-Origin"), answer.headers.get("Vary"))


@pytest.fixture(params=[asgi, wsgi, django])
def answer_of(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize(
    ("headers", "scheme", "status"),
    [
        ({"origin": APP}, "http", 200),
        ({"origin": EVIL}, "http", 403),
        ({}, "http", 200),
        ({"origin": f"https://{HOST}"}, "http", 200),
        ({"origin": f"http://{HOST}"}, "http", 200),
        ({"origin": f"https://{HOST}"}, "https", 200),
        # By https anyone on the network path could write that page.
        ({"origin": f"http://{HOST}"}, "https", 403),
        ({"origin": f"https://{HOST}", "sec-fetch-site": "cross-site"}, "https", 403),
        ({"origin": EVIL, "sec-fetch-site": "same-origin"}, "https", 200),
        ({"origin": EVIL, "sec-fetch-site": "none"}, "https", 403),
        ({"origin": "null"}, "https", 403),
    ],
)
def test_enforcement(answer_of: Ask, method: str, headers: dict[str, str], scheme: str, status: int) -> None:
    answer = answer_of({"allow_origins": [APP], "enforce": True}, method, "/", scheme, {"host": HOST, **headers})
    assert answer == (status, APP if headers.get("origin") == APP else None, "Origin")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/public/x", "*"),
        ("/public//x", "*"),
        ("/internal/x", None),
        ("//internal/x", None),
        ("/./internal/x", None),
        ("/public/../internal/x", None),
        ("/internal/../public", None),
        ("/elsewhere", None),
        ("//elsewhere", None),
    ],
)
def test_paths_that_applications_resolve(answer_of: Ask, path: str, expected: str | None) -> None:
    paths = {"/public": {"allow_origins": ["*"]}, "/internal": {"allow_origins": [APP]}}
    answer = answer_of({"paths": paths}, "GET", path, "http", {"host": HOST, "origin": EVIL})
    assert (answer.status, answer.allow_origin) == (200, expected)


def test_a_path_that_could_be_left_alone_is_guarded(answer_of: Ask) -> None:
    options: dict[str, Any] = {"allow_origins": [APP], "guard": True, "paths": {"/webhooks": None}}
    forged = {"host": HOST, "origin": EVIL}
    for path, status in [("/webhooks", 200), ("/admin", 403), ("/webhooks/../admin", 403), ("/webhooks//../admin", 403)]:
        assert answer_of(options, "POST", path, "http", forged).status == status, path
