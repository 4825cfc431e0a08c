"""A program that uses what `corsac` exports, for mypy to check and for the tests to run."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping

import corsac
from corsac.asgi import CORSMiddleware, PathPolicy, PolicyOptions, make_policy

POLICY = corsac.Policy(
    allow_origins=["https://app.example.com"],
    allow_methods={"PUT"},
    allow_headers=(name for name in ("authorization", "content-type")),
    allow_credentials=True,
    max_age=600,
    allow_hosts=("api.example.com",),
    allow_origin_regex=re.compile(r"https://pr-\d+\.example\.com"),
    allow_origin_func=lambda origin: origin.endswith(".example.net"),
)


def respond(method: str, headers: Iterable[tuple[bytes, bytes]]) -> tuple[int, list[tuple[bytes, bytes]]]:
    screening = POLICY.screen(method, headers, scheme="https")
    if screening.stopped_by == "guard":
        return 403, screening.headers
    return screening.status or 200, screening.headers


def reason(headers: Mapping[str, str]) -> str:
    decision = POLICY.decide("GET", headers)
    if decision.refusal is None:
        return "allowed" if decision.allowed else decision.kind
    match decision.refusal:
        case corsac.Refusal.ORIGIN_NOT_ALLOWED:
            return f"{decision.refusal.number}: {decision.refusal.sentence}"
        case other:
            return other.value


def faults(origins: list[str]) -> list[tuple[str, int | None, int, str]]:
    try:
        corsac.Policy(allow_origins=origins)
    except corsac.PolicyError as error:
        return [(problem.field, problem.entry, problem.offset, problem.kind) for problem in error.problems]
    return []


def restored(image: bytes, text: str) -> tuple[corsac.Policy, corsac.Policy]:
    return corsac.Policy.from_image(image), corsac.Policy.from_toml(text)


def protected(app: Callable[..., Awaitable[None]], options: PolicyOptions) -> CORSMiddleware:
    paths: dict[str, PathPolicy] = {"/public": make_policy(allow_origins=["*"]), "/api": {"max_age": 5}, "/own": None}
    return CORSMiddleware(app, paths=paths, **options)


def verdict(host: str | None) -> int | None:
    checked: corsac.Verdict = POLICY.check_host(host, own_names=["printer.local"])
    return None if checked else checked.status


assert respond("POST", [(b"host", b"api.example.com"), (b"origin", b"https://app.example.com")])[0] == 200
assert respond("POST", [(b"host", b"api.example.com"), (b"origin", b"https://evil.example")])[0] == 403
assert reason({"origin": "https://pr-7.example.com"}) == "allowed"
assert reason({"origin": "https://evil.example"}).startswith("1: the origin is not in allow_origins")
assert faults(["https://a.example/"]) == [("allow_origins", 0, 17, "trailing-slash")]
assert restored(corsac.Policy().image, "")[0] == restored(corsac.Policy().image, "")[1]
assert (verdict("printer.local"), verdict("evil.example"), verdict(None)) == (None, 421, 400)
