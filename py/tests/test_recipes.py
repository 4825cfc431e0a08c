"""The recipes of docs/python.md work with the frameworks of today, as they stand there."""

import asyncio
import doctest
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import corsac
import pytest
from driver import APP, EVIL, WSGIAnswer, asked, environ_of, http_scope, python_path

ROOT = Path(os.environ.get("CORSAC_ROOT", Path(__file__).parents[2]))
PAGE = ROOT / "docs" / "python.md"

pytestmark = pytest.mark.skipif(not PAGE.exists(), reason="needs docs/python.md, which a source distribution lacks")

#: Runs the recipe below a heading.
Run: TypeAlias = Callable[[str], dict[str, Any]]

ALLOWED = {"Origin": APP}
REFUSED = {"Origin": EVIL}
PREFLIGHT = {**ALLOWED, "Access-Control-Request-Method": "PUT"}


def page() -> str:
    return PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""


def code_of(heading: str) -> list[str]:
    """The Python below a heading."""
    found = re.search(rf"^##+ {re.escape(heading)}\n(.*?)(?=^##+ |\Z)", page(), re.MULTILINE | re.DOTALL)
    assert found, f"docs/python.md has no heading {heading!r}"
    return re.findall(r"^```python\n(.*?)^```$", found[1], re.MULTILINE | re.DOTALL)


@pytest.fixture
def run() -> Iterator[Run]:
    """Everything that a recipe defines.

    It is a module for as long as the test takes: frameworks look up annotations there.
    """
    made: list[str] = []

    def run(heading: str) -> dict[str, Any]:
        (code,) = code_of(heading)
        module = ModuleType(f"recipe_{len(made)}")
        made.append(module.__name__)
        sys.modules[module.__name__] = module
        exec(compile(code, f"{PAGE}, {heading}", "exec"), vars(module))
        return vars(module)

    yield run
    for name in made:
        del sys.modules[name]


class Answer:
    def __init__(self, status: int, fields: Any) -> None:
        self.status = status
        self.fields: dict[str, str] = {}
        for name, value in fields:
            name, value = (text.decode() if isinstance(text, bytes) else text for text in (name, value))
            before = self.fields.get(name.lower())
            self.fields[name.lower()] = value if before is None else f"{before}, {value}"

    @property
    def allowed_origin(self) -> str | None:
        return self.fields.get("access-control-allow-origin")

    @property
    def vary(self) -> set[str]:
        return {member.strip().lower() for member in self.fields.get("vary", "").split(",")} - {""}


async def ask_asgi(app: Any, method: str, path: str, fields: dict[str, str]) -> Answer:
    headers = [(name.lower().encode(), value.encode()) for name, value in {"host": "api.example.com", **fields}.items()]
    more: dict[str, Any] = {"asgi": {"version": "3.0"}, "http_version": "1.1", "raw_path": path.encode(), "query_string": b"", "state": {}}
    scope = http_scope(method, headers, path, scheme="https", client=("192.0.2.1", 1), server=("192.0.2.2", 443), **more)
    sent: list[Any] = []
    await asked(app, scope, sent)
    return Answer(sent[0]["status"], sent[0].get("headers", ()))


def ask_wsgi(app: Any, method: str, path: str, fields: dict[str, str]) -> Answer:
    from wsgiref.util import setup_testing_defaults

    environ: dict[str, Any] = {"REQUEST_METHOD": method, "PATH_INFO": path, **environ_of(fields.items())}
    setup_testing_defaults(environ)
    answer = WSGIAnswer(app, **environ)
    return Answer(int(answer.status[:3]), answer.headers)


def check(ask: Any) -> None:
    """What every recipe has to do for the page of one origin, and for no other."""
    preflight = ask("OPTIONS", "/items/7", PREFLIGHT)
    assert (preflight.status, preflight.allowed_origin) == (204, APP)
    assert "PUT" in preflight.fields["access-control-allow-methods"]

    allowed = ask("GET", "/items/7", ALLOWED)
    assert (allowed.status, allowed.allowed_origin) == (200, APP)
    assert "origin" in allowed.vary

    refused = ask("GET", "/items/7", REFUSED)
    assert (refused.status, refused.allowed_origin) == (200, None)
    assert "origin" in refused.vary
    assert ask("OPTIONS", "/items/7", {**PREFLIGHT, **REFUSED}).status == 403

    plain = ask("GET", "/items/7", {})
    assert (plain.status, plain.allowed_origin) == (200, None)
    assert "origin" in plain.vary

    # The page sees what is wrong.
    missing = ask("GET", "/nowhere", ALLOWED)
    assert (missing.status, missing.allowed_origin) == (404, APP)


@pytest.mark.parametrize("heading", ["FastAPI", "Starlette", "Litestar"])
def test_asgi(heading: str, run: Run) -> None:
    pytest.importorskip(heading.lower())
    app = run(heading)["app"]
    check(lambda *request: asyncio.run(ask_asgi(app, *request)))


def test_flask(run: Run) -> None:
    pytest.importorskip("flask")
    app = run("Flask")["app"]
    check(lambda *request: ask_wsgi(app, *request))


def test_django(tmp_path: Path) -> None:
    """In a process of its own, as Django's settings are one for each."""
    pytest.importorskip("django")
    (settings,) = code_of("Django")
    (tmp_path / "recipe_settings.py").write_text(
        settings + "\nSECRET_KEY = 'recipe'\nALLOWED_HOSTS = ['*']\nROOT_URLCONF = 'recipe_urls'\nUSE_TZ = True\n"
    )
    (tmp_path / "recipe_urls.py").write_text(
        textwrap.dedent("""
            from django.http import JsonResponse
            from django.urls import path

            urlpatterns = [path("items/<int:number>", lambda request, number: JsonResponse({"number": number}))]
        """)
    )
    (tmp_path / "recipe_driver.py").write_text(
        textwrap.dedent("""
            import test_recipes
            from django.core.checks import run_checks
            from django.core.wsgi import get_wsgi_application

            app = get_wsgi_application()
            assert run_checks() == [], run_checks()
            test_recipes.check(lambda *request: test_recipes.ask_wsgi(app, *request))
        """)
    )
    path = python_path(tmp_path, Path(__file__).parent)
    variables = {**os.environ, "PYTHONPATH": path, "DJANGO_SETTINGS_MODULE": "recipe_settings"}
    driver = [sys.executable, str(tmp_path / "recipe_driver.py")]
    ran = subprocess.run(driver, env=variables, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_aiohttp(run: Run) -> None:
    pytest.importorskip("aiohttp")
    from aiohttp import web
    from aiohttp.test_utils import TestClient, TestServer

    app = run("aiohttp")["app"]

    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Vary": "Accept", "Access-Control-Allow-Origin": "*"})
        await response.prepare(request)
        return response

    async def fail(request: web.Request) -> web.Response:
        raise RuntimeError("planted")

    app.router.add_get("/stream", stream)
    app.router.add_get("/fail", fail)

    async def ask_all() -> None:
        async with TestClient(TestServer(app)) as client:

            async def ask(method: str, path: str, fields: dict[str, str]) -> Answer:
                async with client.request(method, path, headers=fields) as response:
                    return Answer(response.status, response.headers.items())

            asked = [
                ("OPTIONS", "/items/7", PREFLIGHT),
                ("GET", "/items/7", ALLOWED),
                ("GET", "/items/7", REFUSED),
                ("OPTIONS", "/items/7", {**PREFLIGHT, **REFUSED}),
                ("GET", "/items/7", {}),
                ("GET", "/nowhere", ALLOWED),
            ]
            answers = {str(request): await ask(*request) for request in asked}
            check(lambda *request: answers[str(request)])
            streamed = await ask("GET", "/stream", REFUSED)
            assert (streamed.allowed_origin, streamed.vary) == (None, {"accept", "origin"})
            failed = await ask("GET", "/fail", ALLOWED)
            assert (failed.status, failed.allowed_origin) == (500, APP)

    asyncio.run(ask_all())


def test_policies_by_path(run: Run) -> None:
    async def api(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"access-control-allow-origin", b"own")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body"})

    app = run("Policies by path")["protect"](api)
    for path, fields, allowed_origin in [
        ("/items", ALLOWED, APP),
        ("/items", REFUSED, None),
        ("/public", REFUSED, "*"),
        ("/public/x", REFUSED, "*"),
        ("/publicity", REFUSED, None),
        ("/public/admin", ALLOWED, None),
        ("/legacy/x", ALLOWED, "own"),
        ("/public//admin", ALLOWED, None),
        ("/public/../legacy", ALLOWED, None),
    ]:
        assert asyncio.run(ask_asgi(app, "GET", path, fields)).allowed_origin == allowed_origin, path


@pytest.mark.parametrize("heading", ["Origins from a function", "Who may act"])
def test_what_asserts_by_itself(heading: str, run: Run) -> None:
    run(heading)


def test_every_recipe_has_types(tmp_path: Path) -> None:
    """What people copy passes mypy as strictly as it can be asked."""
    pytest.importorskip("mypy")
    sections = re.split(r"^##+ (.*)\n", page(), flags=re.MULTILINE)
    names = []
    for number, text in enumerate(sections):
        for code in re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            if not code.startswith(">>> "):
                names.append(f"recipe_{number}.py")
                (tmp_path / names[-1]).write_text(code)
    assert len(names) == len(set(names)) >= 10
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull, *names]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_swap_with_a_bad_policy_does_not_start(run: Run) -> None:
    """The policy is made where the module is imported, and not where the server asks for the application."""
    pytest.importorskip("fastapi")
    (code,) = code_of("A policy that is checked at import")
    with pytest.raises(corsac.PolicyError):
        exec(code.replace("https://app.example.com", "https://app.example.com/"), {})
    app = run("A policy that is checked at import")["app"]
    check(lambda *request: asyncio.run(ask_asgi(app, *request)))


def test_sessions() -> None:
    """What stands there as typed at a prompt."""
    sessions = re.findall(r"^```python\n(>>> .*?)^```$", page(), re.MULTILINE | re.DOTALL)
    assert len(sessions) == 2
    for session in sessions:
        test = doctest.DocTestParser().get_doctest(session, {}, "docs/python.md", str(PAGE), None)
        said: list[str] = []
        result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=said.append)
        assert result.failed == 0 and result.attempted > 0, "".join(said)


# What the tables of options say: who comes from another library finds either the same or a word.


@pytest.mark.parametrize(
    "options",
    [
        {"allow_origins": ["*"], "allow_credentials": True},
        {"allow_origins": ["https://app.example.com/"]},
        {"allow_origins": ["https://app.example.com:443"]},
        {"allow_origins": ["null"]},
        {"allow_null_origin": True, "allow_credentials": True},
        {"allow_origins": ["http://app.example.com"], "allow_credentials": True},
        {"allow_origins": [r"https://.*\.example\.com"]},
        {"expose_headers": ["content-type"]},
        {"expose_headers": ["*"], "allow_credentials": True},
        {"max_age": 86_401},
        {"allow_origins": ["*"], "allow_private_network": True},
        {"allow_headers": ["x-*"]},
    ],
)
def test_what_the_tables_call_refused(options: dict[str, Any]) -> None:
    with pytest.raises(corsac.PolicyError):
        corsac.Policy(**options)


@pytest.mark.parametrize(
    "options",
    [
        {"allow_origins": ["http://localhost:3000"], "allow_credentials": True},
        {"allow_origins": ["https://app.example.com"], "allow_methods": ["*"], "allow_headers": ["*", "authorization"]},
        {"allow_headers": ["accept", "authorization", "content-type", "user-agent", "x-csrftoken", "x-requested-with"]},
        {"allow_origin_func": bool, "allow_credentials": True},
    ],
)
def test_what_the_tables_call_the_same(options: dict[str, Any]) -> None:
    corsac.Policy(**options)
