"""The wrappers answer every vector as `Policy.decide` and `Policy.screen` do."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
import vectors
from driver import WSGIAnswer, application, ask, http_scope, wsgi_application

import corsac
from corsac.asgi import CORSMiddleware
from corsac.wsgi import CORSMiddleware as WSGIMiddleware

CONTENT = (b"x-app", b"1")


def method_of(asked: dict[str, Any]) -> str:
    return vectors.text(asked.get("method", "GET"))


def told(headers: list[tuple[bytes, bytes]]) -> Counter[tuple[bytes, bytes]]:
    return Counter(field for field in headers if field not in (CONTENT, (b"content-length", b"0")))


def environ_of(method: str, fields: list[tuple[bytes, bytes]]) -> dict[str, Any] | None:
    """As a server makes it; None where fields that came twice are one there, or the method is nothing that a server lets through."""
    environ: dict[str, Any] = {"REQUEST_METHOD": method, "PATH_INFO": "/"}
    for name, value in fields:
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
        if key in environ or name.startswith(b":") or "_" in name.decode("latin-1"):
            return None
        environ[key] = value.decode("latin-1")
    return environ


@pytest.mark.parametrize("key", ["request", "screen"])
def test_vectors(key: str) -> None:
    app = application(headers=[CONTENT])
    switches: dict[str, Any] = {"guard": True, "check_host": True} if key == "screen" else {}
    count = count_wsgi = 0
    for case in vectors.having(key):
        asked, policy = case.data[key], vectors.policy_of(case.data)
        method, fields = method_of(asked), vectors.fields_of(asked)
        known = {name: asked[name] for name in ("own_names",) if asked.get(name) is not None}
        if asked.get("scheme") is not None or asked.get("absent_origin") not in (None, "pass"):
            continue
        expect = policy.screen(method, fields, **known) if key == "screen" else policy.decide(method, fields)
        outcome = (expect.status or 200, told(expect.headers))
        if key == "screen" and not case.data["policy"].get("allow_hosts") and not known:
            with pytest.raises(ValueError, match="check_host=True would refuse every request"):
                CORSMiddleware(app, policy=policy, **switches)
            continue
        answer = ask(CORSMiddleware(app, policy=policy, **switches, **known), http_scope(method, fields))
        assert (answer.status, told(answer.headers)) == outcome, case.id
        count += 1
        if (environ := environ_of(method, fields)) is not None:
            wsgi = WSGIMiddleware(wsgi_application(headers=[("x-app", "1")]), policy=policy, **switches, **known)
            given = WSGIAnswer(wsgi, **environ)
            headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in given.headers]
            assert (int(given.status[:3]), told(headers)) == outcome, case.id
            count_wsgi += 1
    assert count >= (1400 if key == "request" else 30) and count_wsgi >= (1200 if key == "request" else 25), (count, count_wsgi)


def test_random_requests_are_answered_as_screen_does() -> None:
    """The wrapper's way through the verdicts beside the core's, hooks and all."""
    asked: list[str] = []

    def func(value: str) -> bool:
        asked.append(value)
        return value.endswith("hook.example")

    listed: dict[str, Any] = {"allow_origins": ["https://app.example"], "allow_hosts": ["api.example"]}
    policies = [
        corsac.Policy(**listed, allow_methods=["PUT"], allow_headers=["x-a"], allow_credentials=True, allow_content_types=["application/json"]),
        corsac.Policy(allow_origins=["*"], allow_hosts=["api.example:*"]),
        corsac.Policy(allow_origins=["*"], allow_hosts=["api.example"], allow_origin_func=func),
        corsac.Policy(**listed, static_origin=True),
        corsac.Policy(allow_origins=["https://*.app.example"], allow_hosts=["api.example"], allow_origin_func=func, allow_headers=["*"]),
    ]
    names = [b"origin", b"Origin", b"host", b":authority", b"access-control-request-method", b"access-control-request-headers"]
    names += [b"upgrade", b"sec-websocket-key", b"sec-fetch-site", b"content-type", b":protocol", b"cookie"]
    origins = [b"https://app.example", b"https://x.app.example", b"https://hook.example", b"https://api.example", b"http://api.example"]
    values = [*origins, b"null", b"", b"api.example", b"api.example:80", b"PUT", b"x-a", b"GET", b"websocket", b"same-origin", b"none"]
    values += [b"cross-site", b"application/json", b"text/plain", b"x-a, x-b", b"\xff"]
    source = random.Random(5)
    for _ in range(20_000):
        policy, method = source.choice(policies), source.choice(["GET", "POST", "OPTIONS", "CONNECT", "PUT"])
        fields = [(b"host", b"api.example")] * (source.random() < 0.7)
        fields += [(source.choice(names), source.choice(values)) for _ in range(source.randrange(6))]
        scheme: Any = source.choice(["https", "http"])
        enforce = source.random() < 0.5
        asked.clear()
        # `http` is not believed: a proxy may have ended the encryption.
        expect = policy.screen(method, fields, scheme="https" if scheme == "https" else None)
        asked_of_screen = asked.copy()
        asked.clear()
        app = CORSMiddleware(application(headers=[]), policy=policy, guard=True, check_host=True, enforce=enforce)
        answer = ask(app, http_scope(method, fields, scheme=scheme))
        status = expect.status or (403 if enforce and expect.refusal else 200)
        seen = (answer.status, told(answer.headers), asked)
        assert seen == (status, told(expect.headers), asked_of_screen), (repr(policy), method, fields, expect.explain())


@pytest.mark.parametrize("key", ["guard", "websocket"])
def test_verdicts(key: str) -> None:
    count = 0
    for case in vectors.having(key):
        asked, policy = case.data[key], vectors.policy_of(case.data)
        if asked.get("scheme") == "http" or asked.get("absent_origin") not in (None, "pass"):
            continue
        scheme = asked.get("scheme") or "http"
        app = CORSMiddleware(application(), policy=policy, guard=True)
        if key == "websocket":
            scope = {"type": "websocket", "scheme": "wss" if scheme == "https" else "ws", "path": "/", "headers": vectors.fields_of(asked)}
            passes = ask(app, scope, [{"type": "websocket.connect"}]).messages[0]["type"] == "http.response.start"
            assert passes is case.data["expect"]["passes"], case.id
        else:
            answer = ask(app, http_scope(method_of(asked), vectors.fields_of(asked), scheme=scheme))
            # A preflight that the guard lets pass is answered by CORS.
            preflight = policy.decide(method_of(asked), vectors.fields_of(asked)).status
            expected = case.data["expect"]["status"] or preflight or 200
            assert (answer.status, answer.body == b"hello") == (expected, expected == 200), case.id
        count += 1
    assert count >= (180 if key == "guard" else 25), count
