"""What the wrappers share: their options, the policies of paths, and the log."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias, TypedDict

from ._core import Policy, Router

log = logging.getLogger("corsac")

#: Names that a wrapper's ``allow_headers`` always has, as Starlette's class does: without ``content-type`` no page could send JSON.
SAFELISTED_HEADERS = ("accept", "accept-language", "content-language", "content-type")


class PolicyOptions(TypedDict, total=False):
    """The options of :class:`corsac.Policy`, with the defaults of Starlette's class; see :func:`policy_of`."""

    allow_origins: Iterable[str]
    allow_methods: Iterable[str]
    allow_headers: Iterable[str]
    expose_headers: Iterable[str]
    allow_credentials: bool
    max_age: int | None
    allow_null_origin: bool
    allow_private_network: bool
    static_origin: bool
    minimal_answers: bool
    preflight_status: int
    timing_allow_origin: bool
    allow_hosts: Iterable[str]
    allow_content_types: Iterable[str]
    dangerously_allow_insecure_origins: bool
    dangerously_allow_public_suffixes: bool
    dangerously_allow_any_port: bool
    allow_origin_regex: str | re.Pattern[str] | None
    allow_origin_func: Callable[[str], bool] | None
    check_public_suffixes: bool


#: What a prefix of paths is mapped to: a policy, or the options of one; ``None`` keeps corsac out of there.
PathPolicy: TypeAlias = Policy | Mapping[str, object] | None
#: Names under which the server is reached, or a function that gives those of the moment.
OwnNames: TypeAlias = Iterable[str] | Callable[[], Iterable[str]]


def policy_of(options: Mapping[str, Any]) -> Policy:
    """Makes a policy of a wrapper's options: those of :class:`corsac.Policy`, with the defaults of Starlette's class.

    Where they are not given, ``allow_methods`` is ``("GET",)`` and ``max_age`` 600; and ``allow_headers`` has Accept,
    Accept-Language, Content-Language and Content-Type beside what is given, but for ``"*"``. A :class:`corsac.Policy` that is
    handed over as ``policy=`` is taken as it is.
    """
    completed: dict[str, Any] = {"allow_methods": ("GET",), "max_age": 600, **options}
    completed["allow_headers"] = _with_safelisted(options.get("allow_headers", ()))
    return Policy(**completed)


def _with_safelisted(headers: Any) -> Any:
    """``headers`` with the safelisted names that it lacks; what is no list of strings is left to `Policy` to refuse."""
    if isinstance(headers, (str, bytes)) or not isinstance(headers, Iterable):
        return headers
    given = list(headers)
    if "*" in given:
        return given
    present = {name.lower() for name in given if isinstance(name, str)}
    return [*given, *(name for name in SAFELISTED_HEADERS if name not in present)]


def router(
    *,
    policy: Policy | None,
    paths: Mapping[str, PathPolicy] | None,
    guard: bool,
    check_host: bool,
    enforce: bool,
    own_names: OwnNames,
    options: Mapping[str, Any],
) -> Router:
    """Makes the native part of a wrapper, or raises what is wrong with its options."""
    if policy is None:
        policy = policy_of(options)
    elif not isinstance(policy, Policy):
        raise TypeError(f"policy takes a corsac.Policy, not {_a(policy)}")
    elif options:
        given = ", ".join(options)
        raise TypeError(f"policy= excludes the options of a policy, but there is {given}; give them to corsac.Policy")
    for name, switch in (("guard", guard), ("check_host", check_host), ("enforce", enforce)):
        if not isinstance(switch, bool):
            raise TypeError(f"{name} takes True or False, not {_a(switch)}")
    names, ask_names = _own_names(own_names)
    return Router(policy, _prefixes(paths), guard, check_host, enforce, names, ask_names, report)


def _a(value: object) -> str:
    name = type(value).__name__
    return f"{'an' if name[:1] in 'aeiou' else 'a'} {name}"


def _own_names(own_names: Any) -> tuple[list[str], Callable[[], Iterable[str]] | None]:
    if callable(own_names):
        return [], own_names
    if isinstance(own_names, (str, bytes)):
        raise TypeError(f"own_names takes a list of strings, not {_a(own_names)}: did you mean [{own_names!r}]?")
    names = list(own_names)
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"own_names takes strings, not {_a(name)}")
    return names, None


def _prefixes(paths: Any) -> dict[str, Policy | None]:
    if paths is None:
        return {}
    if not isinstance(paths, Mapping):
        raise TypeError(f"paths takes a mapping of path prefixes to policies, not {_a(paths)}")
    prefixes: dict[str, Policy | None] = {}
    for prefix, policy in paths.items():
        key = prefix_of(prefix)
        if key in prefixes:
            raise ValueError(f"paths has {prefix!r} twice: with and without a slash at its end it is the same prefix")
        prefixes[key] = policy_at(prefix, policy)
    return prefixes


def policy_at(prefix: object, policy: Any) -> Policy | None:
    """The policy that a prefix is mapped to."""
    if policy is None or isinstance(policy, Policy):
        return policy
    if isinstance(policy, Mapping):
        return policy_of(policy)
    raise TypeError(f"paths[{prefix!r}] takes a corsac.Policy, its options or None, not {_a(policy)}")


def prefix_of(prefix: Any) -> str:
    """A prefix without the slash at its end, or what is wrong with it: it is compared with whole segments of a decoded path."""
    if not isinstance(prefix, str):
        raise TypeError(f"paths takes prefixes that are strings, not {_a(prefix)}")
    if not prefix.startswith("/"):
        raise ValueError(f"paths has {prefix!r}, which no path begins with: did you mean {'/' + prefix!r}?")
    if "*" in prefix:
        whole = prefix[: prefix.index("*")].rstrip("/") or "/"
        raise ValueError(f"paths has {prefix!r}: a prefix is no pattern; {whole!r} takes all below it")
    if re.search("[?#]", prefix):
        raise ValueError(f"paths has {prefix!r}: a prefix is a path without a query")
    if re.search("%[0-9A-Fa-f]{2}", prefix):
        raise ValueError(f"paths has {prefix!r}, but prefixes are compared with decoded paths: write the character itself")
    key = prefix.removesuffix("/")
    if any(segment in ("", ".", "..") for segment in key.split("/")[1:]):
        raise ValueError(f"paths has {prefix!r}, with a segment that is empty or dots: clients resolve those before they ask")
    return key


def report(what: str, error: BaseException) -> None:
    """Logs what the operator's function raised; called at most once for each function and request."""
    log.error("%s raised an exception, which counts as a no", what, exc_info=error)
