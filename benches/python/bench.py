"""What CORS adds to a request in Python: corsac beside Starlette's, flask-cors's and django-cors-headers's classes.

    cargo xtask python-bench                     # builds the package and everything it needs, then runs this
    python benches/python/bench.py               # in an environment with corsac and py/requirements-test.txt
    python benches/python/bench.py --answers     # checks every answer, measures nothing
    python benches/python/bench.py --rounds 400  # steadier numbers

It ends with 0 where the bars hold, with 1 where one does not, and with 2 where `--only` leaves out rows that they are about.
See benches/README.md for what is measured and how.
"""

from __future__ import annotations

import argparse
import gc
import importlib.metadata
import io
import json
import os
import platform
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import repeat
from pathlib import Path
from statistics import median
from types import ModuleType
from typing import Any, NamedTuple

import django
import flask
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.core.signals import setting_changed
from django.http import HttpRequest, HttpResponse
from flask_cors import CORS
from starlette.middleware.cors import CORSMiddleware as StarletteMiddleware

from corsac.asgi import CORSMiddleware as AsgiMiddleware
from corsac.wsgi import CORSMiddleware as WsgiMiddleware

SIZES = (1, 100, 10_000)
METHODS = ["GET", "PUT", "DELETE"]
HEADERS = ["authorization", "content-type", "x-request-id", "x-tenant"]
MAX_AGE = 600

LISTED = "https://app-44444.example.com"
UNLISTED = "https://app-99999.example.com"

#: Nanoseconds for which one contender runs in one round, about.
SLICE = 2_000_000

# A browser's fields; `Origin` and those of a preflight are added.
FIELDS = [
    ("host", "api.example.com"),
    ("connection", "keep-alive"),
    (
        "user-agent",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    ),
    ("accept", "*/*"),
    ("sec-fetch-site", "same-site"),
    ("sec-fetch-mode", "cors"),
    ("sec-fetch-dest", "empty"),
    ("referer", "https://app-44444.example.com/"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("accept-language", "en-GB,en;q=0.9,de;q=0.8"),
]


def origins(size: int) -> list[str]:
    """That many, the one that asks in the middle."""
    others = (f"https://app-{number:05}.example.com" for number in range(44_444))
    entries = [next(others) for _ in range(size - 1)]
    entries.insert(size // 2, LISTED)
    return entries


class Request(NamedTuple):
    """One kind of request, and what a page that makes it may expect of every contender."""

    name: str
    method: str
    origin: str | None

    @property
    def is_preflight(self) -> bool:
        return self.method == "OPTIONS"

    @property
    def is_allowed(self) -> bool:
        return self.origin == LISTED

    @property
    def fields(self) -> list[tuple[str, str]]:
        fields = list(FIELDS)
        if self.origin is not None:
            fields.insert(4, ("origin", self.origin))
        if self.is_preflight:
            fields.insert(4, ("access-control-request-method", "PUT"))
            fields.insert(5, ("access-control-request-headers", "authorization,content-type,x-request-id"))
        return fields


REQUESTS = (
    Request("no CORS", "GET", None),
    Request("actual, allowed", "GET", LISTED),
    Request("actual, refused", "GET", UNLISTED),
    Request("preflight, allowed", "OPTIONS", LISTED),
    Request("preflight, refused", "OPTIONS", UNLISTED),
)


#: What is answered to a preflight that is refused; those with 200 leave out the fields.
REFUSED_STATUS = {"corsac": 403, "starlette": 400, "flask-cors": 200, "django-cors-headers": 200}


class Answer(NamedTuple):
    """What came back."""

    status: int
    fields: dict[str, str]

    @classmethod
    def of(cls, status: int, fields: Iterable[tuple[Any, Any]]) -> Answer:
        def text(value: Any) -> str:
            return value.decode("latin-1") if isinstance(value, bytes) else str(value)

        return cls(status, {text(name).lower(): text(value) for name, value in fields})

    def check(self, request: Request, who: str) -> None:
        """Whether a browser comes to the verdict that is wanted."""
        is_ours = who.startswith("corsac")
        allowed_origin = self.fields.get("access-control-allow-origin")
        # An answer to no CORS request may have the fields, and says nothing by them.
        problem = request.origin is not None and (allowed_origin == request.origin) != request.is_allowed
        if request.is_allowed:
            problem |= self.fields.get("access-control-allow-credentials") != "true"
        # flask-cors sends a single origin always, and so without Vary. Of other requests, peers leave it out where it belongs.
        if is_ours or request.is_allowed and who != "flask-cors at 1 origins":
            problem |= "origin" not in self.fields.get("vary", "").lower()
        if request.is_allowed and request.is_preflight:
            problem |= not 200 <= self.status < 300
            problem |= "PUT" not in self.fields.get("access-control-allow-methods", "")
            problem |= "x-request-id" not in self.fields.get("access-control-allow-headers", "").lower()
            problem |= self.fields.get("access-control-max-age") != str(MAX_AGE)
        if not request.is_preflight:
            problem |= self.status != 200
        elif not request.is_allowed:
            problem |= self.status != REFUSED_STATUS[who.partition(" ")[0]]
        if problem:
            raise AssertionError(f"{who} answers {request.name} with {self}")

    def check_bare(self, request: Request, who: str) -> None:
        """Whether the application has answered, and nothing of CORS is there."""
        if self.status != 200 or any(name.startswith("access-control-") for name in self.fields):
            raise AssertionError(f"{who} alone answers {request.name} with {self}")


class Contender(NamedTuple):
    """Something that answers one request: once for its answer, many times against the clock."""

    ask: Callable[[], Answer]
    run: Callable[[int], None]
    #: What has to hold while it runs.
    within: Callable[[], AbstractContextManager[None]] = nullcontext


# ASGI -----------------------------------------------------------------------------------------------------------------


async def asgi_app(scope: Any, receive: Any, send: Any) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", b"application/json"), (b"content-length", b"2")],
        }
    )
    await send({"type": "http.response.body", "body": b"{}"})


async def nothing_received() -> Any:
    return {"type": "http.request", "body": b"", "more_body": False}


async def sent_nowhere(message: Any) -> None:
    pass


def step(coroutine: Any) -> None:
    """Runs a coroutine that never waits, without an event loop, whose cost would hide the difference."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    raise AssertionError("waits for something")


def asgi(app: Any, request: Request) -> Contender:
    headers = [(name.encode(), value.encode()) for name, value in request.fields]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "https",
        "path": "/items/7",
        "raw_path": b"/items/7",
        "query_string": b"",
        "root_path": "",
        "headers": headers,
    }

    def ask() -> Answer:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        step(app(dict(scope), nothing_received, send))
        return Answer.of(sent[0]["status"], sent[0]["headers"])

    def run(times: int) -> None:
        for _ in repeat(None, times):
            try:
                app(scope, nothing_received, sent_nowhere).send(None)
            except StopIteration:
                pass

    return Contender(ask, run)


def starlette_app(size: int) -> Any:
    return StarletteMiddleware(
        asgi_app,
        allow_origins=origins(size),
        allow_methods=METHODS,
        allow_headers=HEADERS,
        allow_credentials=True,
        max_age=MAX_AGE,
    )


def our_options(size: int) -> dict[str, Any]:
    return {
        "allow_origins": origins(size),
        "allow_methods": METHODS,
        "allow_headers": HEADERS,
        "allow_credentials": True,
        "max_age": MAX_AGE,
    }


# Flask ----------------------------------------------------------------------------------------------------------------


def flask_app() -> flask.Flask:
    app = flask.Flask("bench")

    @app.route("/items/<int:number>", methods=["GET", "PUT", "DELETE"])
    def item(number: int) -> flask.Response:
        return flask.Response(b"{}", content_type="application/json")

    return app


def environ_of(request: Request) -> dict[str, Any]:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": "/items/7",
        "QUERY_STRING": "",
        "SERVER_NAME": "api.example.com",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "192.0.2.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    environ.update({f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.fields})
    return environ


def wsgi(app: Any, request: Request) -> Contender:
    environ = environ_of(request)

    def ask() -> Answer:
        started: list[Any] = []
        for _ in app(environ.copy(), lambda *given: started.append(given)):
            pass
        return Answer.of(int(started[0][0][:3]), started[0][1])

    def start_response(*given: Any) -> None:
        pass

    def run(times: int) -> None:
        for _ in repeat(None, times):
            body = app(environ.copy(), start_response)
            for _chunk in body:
                pass
            if hasattr(body, "close"):
                body.close()

    return Contender(ask, run)


def flask_cors_app(size: int) -> Any:
    app = flask_app()
    CORS(
        app,
        origins=origins(size),
        methods=METHODS,
        allow_headers=HEADERS,
        supports_credentials=True,
        max_age=MAX_AGE,
    )
    return app.wsgi_app


# Django ---------------------------------------------------------------------------------------------------------------


def django_view(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"{}", content_type="application/json")


def django_contender(app: Callable[[HttpRequest], Any], request: Request, options: dict[str, Any]) -> Contender:
    """The middleware around a view, given the request that Django's handler makes.

    The handler itself would hide the difference.
    """
    environ = environ_of(request)

    def ask() -> Answer:
        response = app(WSGIRequest(environ.copy()))
        return Answer.of(response.status_code, response.headers.items())

    def run(times: int) -> None:
        for _ in repeat(None, times):
            app(WSGIRequest(environ.copy()))

    return Contender(ask, run, lambda: set_to(options))


@contextmanager
def set_to(options: dict[str, Any]) -> Iterator[None]:
    """The settings as a project's own file has them: those of `override_settings` are slower to look up."""
    for name, value in options.items():
        setattr(settings, name, value)
        setting_changed.send(sender=None, setting=name, value=value, enter=True)
    yield


def configure_django() -> None:
    project = ModuleType("bench_settings")
    vars(project).update(ALLOWED_HOSTS=["*"], SECRET_KEY="bench", USE_TZ=True)
    sys.modules[project.__name__] = project
    os.environ["DJANGO_SETTINGS_MODULE"] = project.__name__
    django.setup()


def django_cors_headers(size: int, request: Request) -> Contender:
    from corsheaders.middleware import CorsMiddleware

    options = {
        "CORS_ALLOWED_ORIGINS": origins(size),
        "CORS_ALLOW_METHODS": METHODS,
        "CORS_ALLOW_HEADERS": HEADERS,
        "CORS_ALLOW_CREDENTIALS": True,
        "CORS_PREFLIGHT_MAX_AGE": MAX_AGE,
    }
    return django_contender(CorsMiddleware(django_view), request, options)


def our_django(size: int, request: Request) -> Contender:
    from corsac.django import CORSMiddleware

    options = {"CORSAC": our_options(size)}
    with set_to(options):
        middleware = CORSMiddleware(django_view)
    return django_contender(middleware, request, options)


# The measurement ------------------------------------------------------------------------------------------------------


class Subject(NamedTuple):
    """One interface: the bare application, the peer around it, and corsac around it."""

    name: str
    peer: str
    bare: Callable[[Request], Contender]
    with_peer: Callable[[int, Request], Contender]
    with_ours: Callable[[int, Request], Contender]


def subjects() -> list[Subject]:
    bare_flask = flask_app().wsgi_app
    return [
        Subject(
            "ASGI",
            "starlette",
            lambda request: asgi(asgi_app, request),
            lambda size, request: asgi(starlette_app(size), request),
            lambda size, request: asgi(AsgiMiddleware(asgi_app, **our_options(size)), request),
        ),
        Subject(
            "Flask",
            "flask-cors",
            lambda request: wsgi(bare_flask, request),
            lambda size, request: wsgi(flask_cors_app(size), request),
            lambda size, request: wsgi(WsgiMiddleware(bare_flask, **our_options(size)), request),
        ),
        Subject(
            "Django",
            "django-cors-headers",
            lambda request: django_contender(django_view, request, {}),
            django_cors_headers,
            our_django,
        ),
    ]


class Row(NamedTuple):
    """What one kind of request costs, in nanoseconds: the bare application's time, and what each size adds to it."""

    subject: Subject
    request: Request
    bare: float
    peer: list[float]
    ours: list[float]
    #: All that was measured, by contender; those of the same round belong together.
    samples: dict[str, list[float]]

    def ratio(self, size: int) -> float | None:
        """Ours to the peer's; none where answering in place of the application takes less time than the application."""
        ours, peer = self.ours[SIZES.index(size)], self.peer[SIZES.index(size)]
        return ours / peer if ours > 0 and peer > 0 else None

    def whole_ratio(self, size: int) -> float:
        """The same with the application's time on both sides."""
        at = SIZES.index(size)
        return (self.bare + self.ours[at]) / (self.bare + self.peer[at])

    @property
    def spread(self) -> float:
        """How far ours is from its value at 100 origins, at worst."""
        middle = self.ours[SIZES.index(100)]
        return max(abs(each / middle - 1) for each in self.ours)


def contenders(subject: Subject, request: Request) -> list[Contender]:
    """The bare application, the peer at each size, corsac at each size; every answer is checked."""
    bare = subject.bare(request)
    bare.ask().check_bare(request, subject.name)
    answering = [make(size, request) for make in (subject.with_peer, subject.with_ours) for size in SIZES]
    names = [f"{who} at {size} origins" for who in (subject.peer, "corsac") for size in SIZES]
    for contender, name in zip(answering, names, strict=True):
        with contender.within():
            contender.ask().check(request, name)
    return [bare, *answering]


def measure(subject: Subject, request: Request, rounds: int) -> Row:
    field = contenders(subject, request)
    times = []
    for contender in field:
        with contender.within():
            contender.run(1)
            times.append(calls(contender))
    taken: list[list[float]] = [[] for _ in field]
    gc.collect()
    gc.freeze()
    gc.disable()
    order = list(range(len(field)))
    shuffle = random.Random(0).shuffle
    for _ in range(rounds):
        # In a new order each time: what else the machine does, and what a contender leaves in its caches, falls on all.
        shuffle(order)
        for at in order:
            with field[at].within():
                # Settings that have changed are read again by the next request.
                field[at].run(1)
                start = time.process_time_ns()
                field[at].run(times[at])
                taken[at].append((time.process_time_ns() - start) / times[at])
        gc.collect()
    gc.enable()
    gc.unfreeze()
    bare = taken[0]
    added = [median(one - other for one, other in zip(each, bare, strict=True)) for each in taken[1:]]
    names = ["bare", *(f"{who} {size}" for who in (subject.peer, "corsac") for size in SIZES)]
    samples = dict(zip(names, taken, strict=True))
    return Row(subject, request, median(bare), added[: len(SIZES)], added[len(SIZES) :], samples)


def calls(contender: Contender) -> int:
    """How many calls fill a slice."""
    times = 1
    while True:
        start = time.process_time_ns()
        contender.run(times)
        taken = time.process_time_ns() - start
        if taken >= SLICE / 4 or times >= 1 << 20:
            return max(1, round(times * SLICE / max(taken, 1)))
        times *= 4


# The report -----------------------------------------------------------------------------------------------------------


def microseconds(nanoseconds: float) -> str:
    return f"{nanoseconds / 1000:,.2f}" if abs(nanoseconds) < 100_000 else f"{nanoseconds / 1000:,.0f}"


def table(rows: list[list[str]]) -> str:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]

    def line(cells: list[str]) -> str:
        first, *rest = (cell.ljust(widths[0]) if at == 0 else cell.rjust(widths[at]) for at, cell in enumerate(cells))
        return "| " + " | ".join([first, *rest]) + " |"

    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([line(rows[0]), rule, *(line(row) for row in rows[1:])])


def report_of(subject: Subject, rows: list[Row]) -> str:
    heads = [subject.name, "bare"]
    heads += [f"{who} {size:,}" for who in (subject.peer, "corsac") for size in SIZES]
    heads += [f"ratio {size:,}" for size in SIZES] + ["whole 100"]
    lines = [heads]
    for row in rows:
        cells = [row.request.name, *map(microseconds, [row.bare, *row.peer, *row.ours])]
        cells += ["-" if (ratio := row.ratio(size)) is None else f"{ratio:.3f}" for size in SIZES]
        lines.append([*cells, f"{row.whole_ratio(100):.3f}"])
    return table(lines)


def bars(rows: list[Row]) -> list[tuple[str, str, bool]]:
    """What the design promises of the ASGI class, what was measured, and whether it holds."""
    asgi_rows = [row for row in rows if row.subject.name == "ASGI"]
    found = []
    for what, bar, wanted in (("no CORS and actual", 1 / 4, False), ("preflights", 1 / 8, True)):
        ratios = [row.ratio(100) for row in asgi_rows if row.request.is_preflight == wanted]
        worst = max(1.0 if ratio is None else ratio for ratio in ratios)
        promise = f"{what}, added time at 100 origins, of Starlette's: at most {bar:.3f}"
        found.append((promise, f"{worst:.3f}", worst <= bar))
    worst = max(row.spread for row in asgi_rows)
    found.append(("every row at 1 and at 10,000 origins, against 100: within 10 %", f"{worst:.1%}", worst <= 0.1))
    return found


def write(rows: list[Row], file: Path) -> None:
    """For the report, in the shape of all benches."""
    named = [{"name": f"{row.subject.name}/{row.request.name}", "samples": row.samples} for row in rows]
    file.write_text(json.dumps({"about": versions(), "rows": named}))


def versions() -> str:
    names = ["corsac", "starlette", "flask", "flask-cors", "django", "django-cors-headers"]
    installed = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{python} on {platform.system()} {platform.machine()}; {installed}"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measures what CORS adds to a request, corsac beside its peers.")
    parser.add_argument("--answers", action="store_true", help="check every answer and measure nothing")
    parser.add_argument("--rounds", type=int, default=151, help="rounds for each row (default: 151)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all that was measured into this file")
    parser.add_argument("--only", metavar="NAME", help="rows whose name, such as 'ASGI preflight', contains this")
    return parser.parse_args()


def main() -> int:
    asked = arguments()
    configure_django()
    print(versions())
    rows: list[Row] = []
    checked = 0
    for subject in subjects():
        of_subject = []
        for request in REQUESTS:
            if asked.only and asked.only.lower() not in f"{subject.name} {request.name}".lower():
                continue
            if asked.answers:
                checked += len(contenders(subject, request))
                continue
            of_subject.append(measure(subject, request, asked.rounds))
        if of_subject:
            print(f"\n{report_of(subject, of_subject)}")
        rows += of_subject
    if asked.answers:
        print(f"{checked} answers are right")
        return 0
    if asked.json:
        write(rows, asked.json)
    print(
        "\nMicroseconds of CPU time for one request (time.process_time_ns), medians over "
        f"{asked.rounds} rounds of {SLICE / 1e6:.0f} ms each, interleaved.\n"
        "bare: the application alone; others: what they add to it, with 1, 100 and 10,000 origins in a list;\n"
        "ratio: corsac's addition to the peer's; whole: the same with the application's time in both.\n"
        "A preflight does not get to the application: what is added is the answer's time less the application's own,\n"
        "below 0 where that is dearer."
    )
    if asked.only:
        print("\nThe bars are those of all rows, and so not looked at.")
        return 2
    found = bars(rows)
    lines = [[what, value, "holds" if holds else "DOES NOT HOLD"] for what, value, holds in found]
    print(f"\n{table([['bar', 'measured', ''], *lines])}")
    return 0 if all(holds for _, _, holds in found) else 1


if __name__ == "__main__":
    sys.exit(main())
