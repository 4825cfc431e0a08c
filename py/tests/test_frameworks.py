"""The wrappers around the frameworks of today, by real requests."""

# The frameworks are imported where they are there, and so have no types here.
# mypy: disable-error-code="untyped-decorator"

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from driver import APP, EVIL, OPTIONS, python_path

from corsac.asgi import CORSMiddleware
from corsac.wsgi import CORSMiddleware as WSGIMiddleware

fastapi = pytest.importorskip("fastapi")
flask = pytest.importorskip("flask")
httpx = pytest.importorskip("httpx")
starlette = pytest.importorskip("starlette")
uvicorn = pytest.importorskip("uvicorn")

PREFLIGHT = {"Origin": APP, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "content-type"}


def ask(app: Any, method: str = "GET", path: str = "/", **headers: str) -> Any:
    """A request through httpx, straight to the application; what it raises is answered as a server does."""

    async def asked() -> Any:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return await client.request(method, path, headers={key.replace("_", "-"): value for key, value in headers.items()})

    return asyncio.run(asked())


def fastapi_app(**more: Any) -> Any:
    app = fastapi.FastAPI(**more)

    @app.get("/")
    async def home() -> dict[str, str]:
        return {"hello": "world"}

    @app.put("/items/{item}")
    def put(item: int) -> int:
        return item

    @app.get("/raises")
    async def raises() -> None:
        raise RuntimeError("the endpoint's")

    @app.get("/forbidden")
    async def forbidden() -> None:
        raise fastapi.HTTPException(403)

    return app


def starlette_app(**more: Any) -> Any:
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse, RedirectResponse
    from starlette.routing import Mount, Route

    async def home(request: Any) -> Any:
        return PlainTextResponse("hello", headers={"Vary": "Accept", "Access-Control-Allow-Origin": "*"})

    async def raises(request: Any) -> Any:
        raise RuntimeError("the endpoint's")

    async def redirects(request: Any) -> Any:
        return RedirectResponse("/")

    routes = [Route("/", home), Route("/raises", raises), Route("/redirects", redirects), Mount("/below", routes=[Route("/", home)])]
    return Starlette(routes=routes, **more)


def around(app: Any) -> Any:
    return CORSMiddleware(app, **OPTIONS)


def added(app: Any) -> Any:
    app.add_middleware(CORSMiddleware, **OPTIONS)
    return app


@pytest.mark.parametrize("make", [fastapi_app, starlette_app])
@pytest.mark.parametrize("place", [around, added])
def test_fields_are_on_every_response(make: Callable[[], Any], place: Callable[[Any], Any]) -> None:
    app = place(make())
    for path, status in [("/", 200), ("/nowhere", 404), ("/raises", 500)]:
        answer = ask(app, path=path, origin=APP)
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, APP), path
        refused = ask(app, path=path, origin=EVIL)
        assert refused.status_code == status and "access-control-allow-origin" not in refused.headers
    answer = ask(app, "OPTIONS", "/", **PREFLIGHT)
    assert (answer.status_code, answer.content, answer.headers["access-control-allow-methods"]) == (204, b"", "GET,PUT")
    assert ask(app, "OPTIONS", "/", **{**PREFLIGHT, "Origin": EVIL}).status_code == 403
    assert ask(app, "OPTIONS", "/").status_code == 405


def test_fastapi_errors_have_the_fields() -> None:
    app = around(fastapi_app())
    for method, path, status in [("PUT", "/items/x", 422), ("GET", "/forbidden", 403), ("POST", "/", 405), ("GET", "/docs", 200)]:
        answer = ask(app, method, path, origin=APP)
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, APP), path


def test_the_fields_of_a_starlette_endpoint_are_replaced() -> None:
    answer = ask(around(starlette_app()), origin=EVIL)
    assert answer.headers["vary"] == "Accept, Origin" and "access-control-allow-origin" not in answer.headers
    assert ask(around(starlette_app()), path="/redirects", origin=APP).headers["access-control-allow-origin"] == APP


@pytest.mark.parametrize("make", [fastapi_app, starlette_app])
def test_an_error_handler_inside_of_starlette_answers_itself(make: Callable[..., Any]) -> None:
    async def handler(request: Any, error: Exception) -> Any:
        from starlette.responses import PlainTextResponse

        return PlainTextResponse("handled", status_code=500)

    for key in (Exception, 500):
        answer = ask(added(make(exception_handlers={key: handler})), path="/raises", origin=APP)
        assert (answer.status_code, answer.text) == (500, "handled")
        # From outside it has the fields as well.
        answer = ask(around(make(exception_handlers={key: handler})), path="/raises", origin=APP)
        assert (answer.text, answer.headers["access-control-allow-origin"]) == ("handled", APP)
    assert "RuntimeError" in ask(added(make(debug=True)), path="/raises").text


@pytest.mark.parametrize("handlers", [{}, {"exception_handlers": {Exception: print}}, {"debug": True}])
def test_what_fails_around_starlette_is_answered(handlers: dict[str, Any]) -> None:
    """An inner application puts itself into the scope; it does not answer for what is outside of it."""
    inner = starlette_app(**handlers)

    async def fails(scope: Any, receive: Any, send: Any) -> None:
        async def hold(message: Any) -> None: ...

        await inner(scope, receive, hold)
        raise RuntimeError("a layer between")

    answer = ask(around(fails), origin=APP)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (500, APP)


def litestar_app(**more: Any) -> Any:
    litestar = pytest.importorskip("litestar")

    @litestar.get("/raises")
    async def raises() -> None:
        raise RuntimeError("the endpoint's")

    return litestar.Litestar(route_handlers=[raises], openapi_config=None, **more)


@pytest.mark.parametrize("place", ["around", "inside"])
def test_litestar_answers_its_own_errors_with_the_fields(place: str) -> None:
    app = around(litestar_app()) if place == "around" else litestar_app(middleware=[around])
    answer = ask(app, path="/raises", origin=APP)
    assert (answer.status_code, answer.json()["status_code"]) == (500, 500)
    assert answer.headers["access-control-allow-origin"] == APP


def test_litestar_goes_first_where_a_layer_inside_fails() -> None:
    def failing(app: Any) -> Any:
        async def call(scope: Any, receive: Any, send: Any) -> None:
            raise RuntimeError("a layer between")

        return call

    answer = ask(litestar_app(middleware=[around, failing]), path="/raises", origin=APP)
    assert (answer.status_code, answer.json()["status_code"]) == (500, 500)


def test_a_mounted_wrapper_has_paths_below_its_mount() -> None:
    from starlette.applications import Starlette
    from starlette.routing import Mount

    inner = CORSMiddleware(starlette_app(), paths={"/below": {"allow_origins": ["*"]}})
    outer = Starlette(routes=[Mount("/mount", app=inner)])
    assert ask(outer, path="/mount/below/", origin=APP).headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in ask(outer, path="/mount/", origin=APP).headers


def test_guard_comes_before_the_application() -> None:
    app = CORSMiddleware(fastapi_app(), guard=True, **OPTIONS)
    assert ask(app, "PUT", "/items/1", origin=EVIL).status_code == 403
    assert ask(app, "PUT", "/items/1", origin=APP).json() == 1
    assert ask(app, "PUT", "/items/1", origin="http://testserver").json() == 1


# ---- Flask ----


def flask_app(**more: Any) -> Any:
    app = flask.Flask("tests")

    @app.route("/")
    def home() -> Any:
        return "hello", 200, {"Vary": "Cookie", "Access-Control-Allow-Origin": "*"}

    @app.put("/items/<int:item>")
    def put(item: int) -> Any:
        return flask.jsonify(item)

    @app.route("/raises")
    def raises() -> Any:
        raise RuntimeError("the view's")

    @app.route("/streams")
    def streams() -> Any:
        return flask.Response(iter(["a", "b"]))

    app.wsgi_app = WSGIMiddleware(app.wsgi_app, **{**OPTIONS, **more})
    return app


def test_flask() -> None:
    client = flask_app().test_client()
    for path, status in [("/", 200), ("/nowhere", 404), ("/raises", 500), ("/streams", 200)]:
        answer = client.get(path, headers={"Origin": APP})
        assert (answer.status_code, answer.headers.getlist("Access-Control-Allow-Origin")) == (status, [APP]), path
        refused = client.get(path, headers={"Origin": EVIL})
        assert refused.status_code == status and "Access-Control-Allow-Origin" not in refused.headers
    assert client.get("/").headers["Vary"] == "Cookie, Origin"
    answer = client.options("/", headers=PREFLIGHT)
    assert (answer.status_code, answer.data, answer.headers["Access-Control-Allow-Methods"]) == (204, b"", "GET,PUT")
    assert client.options("/", headers={**PREFLIGHT, "Origin": EVIL}).status_code == 403
    assert client.options("/").status_code == 200
    twice = client.get("/", headers=[("Origin", APP), ("Origin", APP)])
    assert "Access-Control-Allow-Origin" not in twice.headers


def test_guard_comes_before_flask() -> None:
    client = flask_app(guard=True).test_client()
    assert client.put("/items/1", headers={"Origin": EVIL}).status_code == 403
    assert client.put("/items/1", headers={"Origin": APP}).json == 1
    assert client.put("/items/1", headers={"Origin": "http://localhost"}).json == 1


def test_flask_in_tests_raises() -> None:
    app = flask_app(answer_errors=False)
    app.testing = True
    with pytest.raises(RuntimeError, match="the view's"):
        app.test_client().get("/raises")


# ---- servers ----

SERVER = '''
import sys
import test_frameworks as t

kind, name = sys.argv[1:]
if kind == "uvicorn":
    import uvicorn

    async def bare(scope, receive, send):
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            return await send({"type": "websocket.close"})
        if scope["path"] == "/raises":
            raise RuntimeError("the application's")
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
        await send({"type": "http.response.body", "body": b"hello"})

    app = {"bare": lambda: t.CORSMiddleware(bare, guard=True, **t.OPTIONS), "fastapi": lambda: t.around(t.fastapi_app())}[name]()
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", lifespan="auto", http=sys.argv[2] == "bare" and "h11" or "auto")
    server = uvicorn.Server(config)
    start = server.startup

    async def startup(sockets=None):
        await start(sockets)
        print(server.servers[0].sockets[0].getsockname()[1], flush=True)

    server.startup = startup
    server.run()
else:
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log_message(self, *arguments):
            pass

    def raising(environ, start_response):
        raise RuntimeError("the application's")

    app = t.flask_app() if name == "flask" else t.WSGIMiddleware(raising, **t.OPTIONS)
    with make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        print(server.server_port, flush=True)
        server.serve_forever()
'''


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[str, str], str]]:
    """Starts servers on free ports, each in a process of its own, and stops them afterwards."""
    servers: list[subprocess.Popen[str]] = []

    def started(kind: str, name: str) -> str:
        environment = {**os.environ, "PYTHONPATH": python_path(Path(__file__).parent)}
        log = tmp_path / f"{len(servers)}.log"
        with log.open("w") as stderr:
            command = [sys.executable, "-c", SERVER, kind, name]
            server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=stderr, text=True)
        servers.append(server)
        assert server.stdout is not None
        limit = threading.Timer(30, server.kill)
        limit.start()
        port = server.stdout.readline().strip()
        limit.cancel()
        assert port.isdigit(), log.read_text()
        return f"http://127.0.0.1:{port}"

    yield started
    for server in servers:
        server.terminate()
    for server in servers:
        try:
            server.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.communicate()


@pytest.mark.parametrize(
    ("kind", "name"), [("uvicorn", "bare"), ("uvicorn", "fastapi"), ("wsgiref", "flask"), ("wsgiref", "raising")]
)
def test_over_a_socket(serve: Callable[[str, str], str], kind: str, name: str) -> None:
    url = serve(kind, name)
    # Servers close the connection after an application has raised.
    with httpx.Client(base_url=url, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)) as client:
        for path, status in [("/", 500 if name == "raising" else 200), ("/raises", 500)]:
            answer = client.get(path, headers={"Origin": APP})
            assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, APP), path
            assert answer.content
            refused = client.get(path, headers={"Origin": EVIL})
            assert refused.status_code == status and "access-control-allow-origin" not in refused.headers
        answer = client.options("/", headers=PREFLIGHT)
        assert (answer.status_code, answer.content, answer.headers["access-control-max-age"]) == (204, b"", "600")
        refused = client.options("/", headers={**PREFLIGHT, "Origin": EVIL})
        assert (refused.status_code, refused.content, refused.headers["content-length"]) == (403, b"", "0")
        twice = client.get("/", headers=[("Origin", APP), ("Origin", APP)])
        assert "access-control-allow-origin" not in twice.headers


def shaken(address: tuple[str, int], *fields: bytes) -> bytes:
    """What a server answers to the handshake of a WebSocket first."""
    key = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(b"GET /socket HTTP/1.1\r\nHost: a.example\r\n" + key + b"".join(b"%s\r\n" % field for field in fields) + b"\r\n")
        return connection.recv(65536).partition(b"\r\n")[0]


def test_handshakes_over_a_socket(serve: Callable[[str, str], str]) -> None:
    pytest.importorskip("wsproto")
    host, port = serve("uvicorn", "bare").removeprefix("http://").split(":")
    address = (host, int(port))
    for fields, status in [
        ((), b"101"),
        ((b"Origin: " + APP.encode(),), b"101"),
        ((b"Origin: http://a.example",), b"101"),
        ((b"Origin: " + EVIL.encode(),), b"403"),
        ((b"Origin: null",), b"403"),
        ((b"Origin: http://a.example", b"Sec-Fetch-Site: cross-site"), b"403"),
        ((b"Origin: " + APP.encode(), b"Origin: " + APP.encode()), b"403"),
    ]:
        assert shaken(address, *fields).split()[1] == status, fields


def test_bytes_that_no_client_library_sends(serve: Callable[[str, str], str]) -> None:
    host, port = serve("uvicorn", "bare").removeprefix("http://").split(":")
    for value in (b"https://\xfc.example", b"\xff\xfe", b"null", b"", b"a" * 5_000):
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: a.example\r\nOrigin: " + value + b"\r\nConnection: close\r\n\r\n")
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        assert answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 400")) and b"access-control" not in answer.lower(), value
