"""corsac.django: the middleware under both of Django's handlers, its setting and its check."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from driver import APP, EVIL, OPTIONS, python_path

django = pytest.importorskip("django")

from django.conf import settings  # noqa: E402


if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["*"],
        CORSAC=OPTIONS,
        DEBUG=False,
        INSTALLED_APPS=["corsac.django"],
        MIDDLEWARE=["corsac.django.CORSMiddleware", "django.middleware.common.CommonMiddleware"],
        ROOT_URLCONF="django_urls",
        SECRET_KEY="for tests",
        USE_TZ=True,
    )
    django.setup()

from asgiref.sync import iscoroutinefunction  # noqa: E402
from django.core.checks import run_checks  # noqa: E402
from django.core.exceptions import ImproperlyConfigured  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.test import AsyncClient, Client, override_settings  # noqa: E402

import corsac.django  # noqa: E402
import django_urls  # noqa: E402
from corsac.django import CORSMiddleware  # noqa: E402


class Asgi:
    """The asynchronous client, called as the other one is."""

    def __init__(self) -> None:
        self.client = AsyncClient(raise_request_exception=False)

    def generic(self, method: str, path: str, **options: Any) -> Any:
        return asyncio.run(self.client.generic(method, path, **options))


@pytest.fixture(params=["wsgi", "asgi"])
def client(request: pytest.FixtureRequest) -> Iterator[Any]:
    yield Client(raise_request_exception=False) if request.param == "wsgi" else Asgi()


def ask(client: Any, path: str = "/", method: str = "GET", **headers: str) -> Any:
    return client.generic(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def preflight(client: Any, path: str = "/", origin: str = APP) -> Any:
    return ask(client, path, "OPTIONS", origin=origin, access_control_request_method="PUT")


def test_fields_of_each_kind(client: Any) -> None:
    answer = ask(client, origin=APP)
    assert (answer.status_code, answer.content) == (200, b"hello")
    assert answer["Access-Control-Allow-Origin"] == APP and answer["Vary"] == "Origin"
    assert answer["Access-Control-Allow-Credentials"] == "true"
    for headers in ({}, {"origin": EVIL}, {"origin": "null"}):
        answer = ask(client, **headers)
        assert "Access-Control-Allow-Origin" not in answer and answer["Vary"] == "Origin" and answer.status_code == 200


def test_preflights(client: Any) -> None:
    answer = preflight(client)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer["Access-Control-Allow-Methods"] == "GET,PUT" and answer["Access-Control-Max-Age"] == "600"
    assert "Content-Type" not in answer and "Content-Length" not in answer
    refused = preflight(client, origin=EVIL)
    assert (refused.status_code, refused.content, refused["Content-Length"]) == (403, b"", "0")
    assert sorted(refused.headers) == ["Content-Length", "Vary"]


@pytest.mark.parametrize(
    ("path", "status"), [("/nowhere", 404), ("/forbidden", 403), ("/raises", 500), ("/redirects", 302), ("/slash", 301), ("/streams", 200), ("/later", 200)]
)
def test_fields_are_on_every_response(client: Any, path: str, status: int) -> None:
    answer = ask(client, path, origin=APP)
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (status, APP)


def test_the_fields_of_a_view_are_dropped(client: Any) -> None:
    answer = ask(client, "/own", origin=EVIL)
    assert sorted(answer.headers) == ["Content-Length", "Content-Type", "Vary"]


@pytest.mark.parametrize(
    ("own", "merged"),
    [
        ("Accept,%20Cookie", "Accept, Cookie, Origin"),
        ("Accept,%20origin", "Accept, origin"),
        ("ORIGIN", "ORIGIN"),
        ("Accept,,", "Accept, Origin"),
        ("*", "*"),
        ("Accept,%20*", "Accept, *"),
    ],
)
def test_vary_is_merged_once(client: Any, own: str, merged: str) -> None:
    assert ask(client, f"/vary?{own}")["Vary"] == merged


def test_the_setting_is_read_again_when_a_test_has_changed_it(client: Any) -> None:
    assert ask(client, origin=EVIL).headers.get("Access-Control-Allow-Origin") is None
    with override_settings(CORSAC={"allow_origins": [EVIL]}):
        assert ask(client, origin=EVIL)["Access-Control-Allow-Origin"] == EVIL
    assert ask(client, origin=EVIL).headers.get("Access-Control-Allow-Origin") is None


def test_paths_and_policies(client: Any) -> None:
    public = corsac.Policy(allow_origins=["*"])
    with override_settings(CORSAC={"policy": public, "paths": {"/own": None, "/ü": OPTIONS}}):
        assert ask(client, origin=EVIL)["Access-Control-Allow-Origin"] == "*"
        assert ask(client, "/own", origin=EVIL)["Access-Control-Allow-Origin"] == "own"
        # The asynchronous client hands over bytes of UTF-8 as Latin-1, which servers do not.
        if isinstance(client, Client):
            assert ask(client, "/ü/x", origin=APP)["Access-Control-Allow-Origin"] == APP


def own_host(client: Any) -> dict[str, str]:
    """The field of the host, which the asynchronous client sends by itself."""
    return {"host": "testserver"} if isinstance(client, Client) else {}


PREFLIGHT = {"access_control_request_method": "PUT"}


@pytest.mark.parametrize(
    ("setting", "method", "headers", "status"),
    [
        ({}, "OPTIONS", {"origin": APP, **PREFLIGHT}, 204),
        ({}, "OPTIONS", {"origin": EVIL, **PREFLIGHT}, 403),
        ({"guard": True}, "POST", {"origin": EVIL}, 403),
        ({"enforce": True}, "GET", {"origin": EVIL}, 403),
        ({"check_host": True, "own_names": ["a.example"]}, "GET", {}, 421),
    ],
)
def test_what_is_answered_does_not_reach_the_view(client: Any, setting: Any, method: str, headers: dict[str, str], status: int) -> None:
    django_urls.reached.clear()
    with override_settings(CORSAC={**OPTIONS, **setting}):
        answer = ask(client, "/counted", method, **own_host(client), **headers)
    assert (answer.status_code, answer.content, django_urls.reached) == (status, b"", [])


@pytest.mark.parametrize("switches", [{}, {"guard": True}, {"enforce": True}, {"check_host": True, "own_names": ["testserver"]}])
def test_what_passes_reaches_the_view_once(client: Any, switches: dict[str, Any]) -> None:
    django_urls.reached.clear()
    with override_settings(CORSAC={**OPTIONS, **switches}):
        for origin in (APP, "http://testserver"):
            assert ask(client, "/counted", "POST", origin=origin, **own_host(client)).content == b"counted"
    assert django_urls.reached == ["POST", "POST"]


@pytest.mark.parametrize(("secure", "status"), [(False, 200), (True, 403)])
def test_a_page_by_http_is_not_the_servers_own_by_https(client: Any, secure: bool, status: int) -> None:
    headers = {"origin": "http://testserver", **own_host(client)}
    with override_settings(CORSAC={**OPTIONS, "guard": True}):
        assert client.generic("POST", "/", secure=secure, headers=headers).status_code == status


def test_paths_lie_below_the_mount(client: Any) -> None:
    # The asynchronous client takes the whole path, the other one what lies below.
    mount = "/mount" if isinstance(client, Asgi) else ""
    with override_settings(CORSAC={**OPTIONS, "paths": {"/own": None}}, FORCE_SCRIPT_NAME="/mount"):
        assert ask(client, f"{mount}/own", origin=APP)["Access-Control-Allow-Origin"] == "own"


def test_hooks_are_asked_in_the_thread_of_the_handler(client: Any) -> None:
    threads: list[int] = []

    def func(origin: str) -> bool:
        threads.append(threading.get_ident())
        return True

    with override_settings(CORSAC={"allow_origin_func": func}):
        assert ask(client, "/later" if isinstance(client, Asgi) else "/", origin=EVIL).status_code == 200
    assert threads == [threading.get_ident()]


def test_it_is_asynchronous_around_what_is() -> None:
    async def later(request: Any) -> HttpResponse:
        return HttpResponse()

    assert iscoroutinefunction(CORSMiddleware(later))
    assert not iscoroutinefunction(CORSMiddleware(lambda request: HttpResponse()))


def test_the_setting_is_read_once() -> None:
    before = corsac.django._current()
    with override_settings(USE_TZ=False):
        assert corsac.django._current() is before


BAD_SETTING: dict[str, Any] = {
    "allow_origins": ["*", "https://a.example/"],
    "allow_credentials": True,
    "paths": {"api": None, "/x": {"allow_origins": "https://b.example"}, "/y": {"allow_methods": ["patch"]}, "/z": 5},
}


@pytest.mark.parametrize("setting", [BAD_SETTING, None, [], {"unknown": 1}, {"guard": 1}])
def test_a_bad_setting_does_not_start(setting: Any) -> None:
    with override_settings(CORSAC=setting), pytest.raises(ImproperlyConfigured, match="^CORSAC: "):
        CORSMiddleware(lambda request: HttpResponse())


def test_the_check_names_every_problem() -> None:
    assert run_checks() == []
    with override_settings(CORSAC=BAD_SETTING):
        messages = run_checks()
    assert {message.id for message in messages} == {"corsac.E001"} and all(message.is_serious() for message in messages)
    text = "\n".join(message.msg for message in messages)
    for part in ("which no path begins with", "paths['/x']: allow_origins takes a list", "paths['/y']: ", "paths['/z']", "CORSAC: allow_origins"):
        assert part in text, text
    assert len(messages) >= 6, text


@pytest.mark.parametrize(
    ("setting", "part"),
    [
        (None, "the setting is missing"),
        ([], "the setting takes a dict of options, not list"),
        ({"guard": 1}, "guard takes True or False"),
        ({"policy": 5}, "policy takes a corsac.Policy"),
        ({"allow_origin": ["*"]}, "there is no option 'allow_origin': did you mean 'allow_origins'?"),
        ({"answer_errors": True}, "there is no option 'answer_errors'"),
        ({"paths": []}, "paths takes a mapping"),
    ],
)
def test_the_check_names_a_setting_of_another_shape(setting: Any, part: str) -> None:
    with override_settings(CORSAC=setting):
        [message] = run_checks()
    assert message.id == "corsac.E001" and part in message.msg


def test_the_check_looks_where_the_middleware_stands() -> None:
    common = "django.middleware.common.CommonMiddleware"
    with override_settings(MIDDLEWARE=[common]):
        assert [message.id for message in run_checks()] == ["corsac.W001"]
    with override_settings(MIDDLEWARE=[common, "corsac.django.CORSMiddleware"]):
        assert [message.id for message in run_checks()] == ["corsac.W002"]


class Ours(CORSMiddleware):
    """What a project makes of the class."""


def test_the_check_knows_subclasses() -> None:
    ours = f"{__name__}.Ours"
    with override_settings(MIDDLEWARE=[ours]):
        assert run_checks() == []
    with override_settings(MIDDLEWARE=["no.such.Middleware", "django.middleware.common.CommonMiddleware", ours]):
        [message] = run_checks()
        assert message.id == "corsac.W002" and message.hint == f'Make "{ours}" the first of MIDDLEWARE.'


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ({"allow_origins": map(str, [APP])}, "allow_origins is a map, which can be read once only: write list(\u2026) around it"),
        ({"paths": {"/a": {"allow_methods": iter(["PUT"])}}}, "paths: /a: allow_methods is a list_iterator, which can be read once only"),
        ({"check_host": True, "own_names": (name for name in ["a.example"])}, "own_names is a generator, which can be read once only"),
    ],
)
def test_what_can_be_read_once_only_is_refused_and_not_read(setting: Any, text: str) -> None:
    with override_settings(CORSAC=setting):
        for _ in range(2):
            [message] = run_checks()
            assert message.id == "corsac.E001" and text in message.msg
        with pytest.raises(ImproperlyConfigured, match="which can be read once only"):
            CORSMiddleware(lambda request: HttpResponse())


def test_the_check_tells_of_a_bad_expression() -> None:
    with override_settings(CORSAC={"allow_origin_regex": "(", "max_age": -1}):
        first, second = run_checks()
    assert "max_age" in first.msg and "allow_origin_regex" in second.msg


def test_manage_py_check(tmp_path: Path) -> None:
    """As an operator runs it, in a process of its own."""
    (tmp_path / "project.py").write_text(
        textwrap.dedent("""
            SECRET_KEY = "for tests"
            ROOT_URLCONF = "project"
            urlpatterns = []
            INSTALLED_APPS = ["corsac.django"]
            MIDDLEWARE = ["corsac.django.CORSMiddleware"]
            CORSAC = {"allow_origins": ["*", "https://a.example/"], "allow_credentials": True}
        """)
    )
    environment = {**os.environ, "PYTHONPATH": python_path(tmp_path), "DJANGO_SETTINGS_MODULE": "project"}
    command = [sys.executable, "-m", "django", "check"]
    found = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert found.returncode == 1 and found.stderr.count("(corsac.E001)") >= 2, found.stderr
