"""Tries the installed package with the standard library alone: for `cargo xtask python`, where there is nothing else."""

import asyncio
import pickle
import subprocess
import sys
from typing import Any

import corsac
from corsac.asgi import CORSMiddleware as AsgiMiddleware
from corsac.wsgi import CORSMiddleware as WsgiMiddleware

ORIGIN = "https://app.example.com"


def policy() -> None:
    policy = corsac.Policy(allow_origins=[ORIGIN], allow_methods=["PUT"], allow_credentials=True)
    decision = policy.decide("OPTIONS", [(b"origin", ORIGIN.encode()), (b"access-control-request-method", b"PUT")])
    assert (decision.kind, decision.allowed, decision.status) == ("preflight", True, 204)
    assert (b"access-control-allow-origin", ORIGIN.encode()) in decision.headers
    refused = policy.decide("GET", {"origin": "https://evil.example"})
    assert refused.refusal is corsac.Refusal.ORIGIN_NOT_ALLOWED
    assert pickle.loads(pickle.dumps(policy)) == policy
    try:
        corsac.Policy(allow_origins=["*"], allow_credentials=True)
    except corsac.PolicyError as error:
        assert error.problems[0].field == "allow_origins"
    else:
        raise AssertionError("a dangerous policy was taken")


def asgi() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"hello"})

    async def receive() -> Any:
        return {"type": "http.request"}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"origin", ORIGIN.encode())]}
    asyncio.run(AsgiMiddleware(app, allow_origins=[ORIGIN])(scope, receive, send))
    assert (b"access-control-allow-origin", ORIGIN.encode()) in sent[0]["headers"]
    assert sent[1]["body"] == b"hello"


def wsgi() -> None:
    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return [b"hello"]

    started: list[Any] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "HTTP_ORIGIN": ORIGIN}
    body = WsgiMiddleware(app, allow_origins=[ORIGIN])(environ, lambda *given: started.append(given))
    assert b"".join(body) == b"hello"
    names = {name.lower(): value for name, value in started[0][1]}
    assert names["access-control-allow-origin"] == ORIGIN


def command() -> None:
    ran = subprocess.run(
        [sys.executable, "-I", "-m", "corsac", "--version"], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (0, f"corsac {corsac.__version__}\n"), ran


for check in (policy, asgi, wsgi, command):
    check()
print(f"corsac {corsac.__version__} works in Python {sys.version.split()[0]}")
