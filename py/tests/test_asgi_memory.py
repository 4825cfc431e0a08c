"""Many requests through the ASGI class: no growth, and the same answers from eight threads as from one.

`CORSAC_CASES` is how many requests are made, if not 1,000,000.
"""

from __future__ import annotations

import gc
import logging
import os
import random
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from driver import APP_ORIGIN, EVIL_ORIGIN, application, ask, by_eight_threads, http_scope, run

from corsac.asgi import CORSMiddleware

CASES = int(os.environ.get("CORSAC_CASES", "1000000"))
STATM = Path("/proc/self/statm")
METHODS = ["GET", "POST", "OPTIONS", "PUT", "\u00fc", "X" * 300]
NOISE = [(b"accept", b"*/*"), (b"Host", b"a.example"), (b"cookie", b"a=b"), (b"origi", b"x")]


def middleware(*switches: str) -> CORSMiddleware:
    def func(value: str) -> bool:
        return value.endswith(".hook.example") if len(value) % 2 else bool(1 / (len(value) - 24))

    origins = [APP_ORIGIN.decode(), "https://*.example.org", *(f"https://n{n}.example" for n in range(200))]
    options: dict[str, Any] = dict.fromkeys(switches, True)
    return CORSMiddleware(
        application(headers=[(b"vary", b"Accept"), (b"access-control-allow-origin", b"*")]),
        allow_origins=origins,
        allow_methods=["PUT"],
        allow_credentials=True,
        allow_origin_func=func,
        paths={"/any": {"allow_origins": ["*"]}, "/none": None},
        own_names=["a.example"] if "check_host" in switches else [],
        **options,
    )


def request(random: random.Random) -> dict[str, Any]:
    fields = random.sample(NOISE, random.randrange(4))
    if random.random() < 0.8:
        unknown = b"https://%d.hook.example" % random.randrange(10**9)
        fields.append((b"Origin", random.choice([APP_ORIGIN, EVIL_ORIGIN, b"https://x.example.org", unknown, b"null", b"\xff", b"o" * 500])))
    if random.random() < 0.5:
        fields.append((b"access-control-request-method", random.choice([b"PUT", b"DELETE", b"", b"\x00"])))
    if random.random() < 0.5:
        fields.append((b"access-control-request-headers", random.choice([b"content-type", b"x-a,x-b", b"," * 99, b"a" * 9000])))
    shape: Any = random.choice([list, list, list, tuple, iter, lambda pairs: [list(pair) for pair in pairs]])
    return http_scope(random.choice(METHODS), shape(fields), random.choice(["/", "/any/x", "/none", "/anyone"]))


def mixed(apps: list[CORSMiddleware], seed: int, count: int) -> None:
    source = random.Random(seed)
    for number in range(count):
        ask(apps[number % len(apps)], request(source))


class Growth(NamedTuple):
    """What many requests leave behind: objects of Python, and bytes of the process where the system tells them."""

    blocks: int
    resident: int


@pytest.fixture(scope="module")
def growth() -> Growth:
    log = logging.getLogger("corsac")
    before, log.disabled = log.disabled, True
    apps = [middleware(), middleware("guard"), middleware("enforce"), middleware("guard", "check_host")]
    mixed(apps, 0, 5_000)
    gc.collect()
    blocks, peak = sys.getallocatedblocks(), resident()
    mixed(apps, 1, CASES)
    gc.collect()
    log.disabled = before
    return Growth(sys.getallocatedblocks() - blocks, resident() - peak)


def test_requests_leave_no_objects(growth: Growth) -> None:
    # Caches of the interpreter and of this test, but nothing for a request.
    assert growth.blocks < 300


@pytest.mark.skipif(not STATM.exists(), reason="needs /proc/self/statm, the memory of a process as Linux tells it")
def test_requests_leave_no_memory(growth: Growth) -> None:
    assert growth.resident < 4 << 20


def resident() -> int:
    """The memory of this process in bytes, by what the system says; 0 where it says nothing."""
    return int(STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") if STATM.exists() else 0


def test_eight_threads_answer_as_one(caplog: Any) -> None:
    caplog.set_level("CRITICAL", "corsac")
    app = middleware("guard")
    source = random.Random(2)
    scopes = [request(source) for _ in range(2_000)]
    for scope in scopes:
        scope["headers"] = list(scope["headers"])

    def answers() -> list[Any]:
        return [ask(app, scope).messages for scope in scopes]

    assert by_eight_threads(answers) == [answers()] * 8


def test_a_sender_is_freed_with_its_request() -> None:
    freed = []

    class Send:
        async def __call__(self, message: Any) -> None: ...

        def __del__(self) -> None:
            freed.append(1)

    run(middleware()(http_scope(), None, Send()))  # type: ignore[arg-type]
    assert freed == [1]
