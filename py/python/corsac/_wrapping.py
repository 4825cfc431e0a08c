"""What the wrappers share: their options, the policies of paths, and the log."""

from __future__ import annotations

import difflib
import inspect
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias, TypedDict, TypeVar, Unpack

from ._core import Policy, Router
from .errors import PolicyError, Problem

_Made = TypeVar("_Made")

log = logging.getLogger("corsac")

#: Names that a wrapper's ``allow_headers`` always has, as Starlette's class does: without ``content-type`` no page could send JSON.
SAFELISTED_HEADERS = ("accept", "accept-language", "content-language", "content-type")

#: What a wrapper takes beside the options of a policy.
WRAPPER_OPTIONS = ("policy", "paths", "guard", "check_host", "enforce", "own_names", "answer_errors")


class PolicyOptions(TypedDict, total=False):
    """The options of :class:`corsac.Policy`, with the defaults of Starlette's class; see :func:`make_policy`."""

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


class Faults:
    """What is wrong with a wrapper's options, gathered so that one fault does not hide another."""

    def __init__(self) -> None:
        self.errors: list[PolicyError | TypeError | ValueError] = []

    def attempt(self, make: Callable[[], _Made], where: str = "") -> _Made | None:
        """What is made, or None where that is a fault, which is then told with its place."""
        try:
            return make()
        except PolicyError as error:
            problems = (replace(problem, message=f"{where}{problem.message}") for problem in error.problems)
            self.errors.append(PolicyError(problems))
        except (TypeError, ValueError) as error:
            kind = TypeError if isinstance(error, TypeError) else ValueError
            self.errors.append(kind(f"{where}{error}") if where else error)
        return None

    def messages(self) -> list[str]:
        """One for each fault."""
        return [message for error in self.errors for message in _messages(error)]

    def throw(self) -> None:
        """Raises all that is wrong with policies, or what is no policy at all."""
        problems: list[Problem] = []
        for error in self.errors:
            if not isinstance(error, PolicyError):
                raise error
            problems += error.problems
        if problems:
            raise PolicyError(problems)


def _messages(error: Exception) -> list[str]:
    return [problem.message for problem in error.problems] if isinstance(error, PolicyError) else [str(error)]


def make_policy(**options: Unpack[PolicyOptions]) -> Policy:
    """Makes the policy that a wrapper makes of the same options: where it is to be checked before the wrapper is made.

    The options are those of :class:`corsac.Policy`, with the defaults of Starlette's class. Where they are not given, ``allow_methods``
    is ``("GET",)`` and ``max_age`` 600; and ``allow_headers`` has Accept, Accept-Language, Content-Language and Content-Type beside what
    is given, but for ``"*"``.
    """
    return policy_of(options)


def policy_of(options: Mapping[str, Any]) -> Policy:
    """As :func:`make_policy`."""
    completed: dict[str, Any] = {"allow_methods": ("GET",), "max_age": 600, **options}
    completed["allow_headers"] = _with_safelisted(options.get("allow_headers", ()))
    return Policy(**completed)


def _with_safelisted(headers: Any) -> Any:
    """``headers`` with the safelisted names that it lacks; what is no list of strings is left to `Policy` to refuse."""
    if isinstance(headers, (str, bytes)) or not isinstance(headers, Iterable):
        return headers
    # A set's order differs from process to process; `Policy` takes it in this one.
    given = sorted(headers, key=str) if isinstance(headers, (set, frozenset)) else list(headers)
    if "*" in given:
        return given
    present = {name.lower() for name in given if isinstance(name, str)}
    return [*given, *(name for name in SAFELISTED_HEADERS if name not in present)]


def router(**given: Any) -> Router:
    """As :func:`attempt_router`, but raises all that is wrong."""
    faults = Faults()
    made = attempt_router(faults, **given)
    faults.throw()
    assert made is not None
    return made


def attempt_router(
    faults: Faults,
    *,
    options: Mapping[str, Any],
    policy: Any = None,
    paths: Any = None,
    guard: Any = False,
    check_host: Any = False,
    enforce: Any = False,
    own_names: Any = (),
    answer_errors: Any = True,
) -> Router | None:
    """Makes the native part of a wrapper of what it was given; None where there are faults."""
    switches = {"guard": guard, "check_host": check_host, "enforce": enforce, "answer_errors": answer_errors}
    faults.attempt(lambda: _check_switches(switches))
    policy = faults.attempt(lambda: _own_policy(policy, options))
    prefixes = _prefixes(faults, paths)
    all_names = faults.attempt(lambda: _own_names(own_names))
    if policy is not None and all_names is not None:
        faults.attempt(lambda: _check_names(check_host, any(all_names), policy, options))
    if faults.errors or policy is None or all_names is None:
        return None
    names, ask_names = all_names
    return Router(policy, prefixes, guard, check_host, enforce, names, ask_names, report)


def _check_switches(switches: Mapping[str, object]) -> None:
    for name, switch in switches.items():
        if not isinstance(switch, bool):
            raise TypeError(f"{name} takes True or False, not {_a(switch)}")


def _own_policy(policy: object, options: Mapping[str, Any]) -> Policy:
    if policy is None:
        _check_known(options, (*PolicyOptions.__annotations__, *WRAPPER_OPTIONS))
        return policy_of(options)
    if not isinstance(policy, Policy):
        raise TypeError(f"policy takes a corsac.Policy, not {_a(policy)}")
    if options:
        given = ", ".join(options)
        raise TypeError(f"policy= excludes the options of a policy, but there is {given}; give them to corsac.Policy")
    return policy


def _check_known(options: Mapping[str, Any], known: Iterable[str]) -> None:
    for name in options:
        if name not in PolicyOptions.__annotations__:
            near = difflib.get_close_matches(str(name), list(known), 1)
            hint = f": did you mean {near[0]!r}?" if near else ""
            raise TypeError(f"there is no option {name!r}{hint}")


def _check_names(check_host: bool, has_own_names: bool, policy: Policy, options: Mapping[str, Any]) -> None:
    """Refuses names of the server that nobody asks for, and the question where no name is an answer."""
    if not check_host and has_own_names:
        raise ValueError("own_names are looked at by check_host alone: add check_host=True, or drop own_names")
    if not check_host and options.get("allow_hosts"):
        raise ValueError("allow_hosts is looked at by check_host alone: add check_host=True, or drop allow_hosts")
    if check_host and not has_own_names and not policy._lists_hosts:
        raise ValueError(
            "check_host=True would refuse every request, as neither allow_hosts nor own_names names the server: "
            'add allow_hosts=["api.example.com"] to the policy beside paths, or own_names'
        )


def _a(value: object) -> str:
    name = type(value).__name__
    return f"{'an' if name[:1] in 'aeiou' else 'a'} {name}" if value is not None else "None"


def _own_names(own_names: Any) -> tuple[list[str], Callable[[], Iterable[str]] | None]:
    if callable(own_names):
        if inspect.iscoroutinefunction(own_names):
            raise TypeError("own_names takes a function that answers at once, not an async one; find the names out beforehand")
        return [], own_names
    if isinstance(own_names, Iterable) and not isinstance(own_names, (str, bytes)):
        own_names = list(own_names)
    # They follow the rules of `allow_hosts`, and so are tried as one.
    try:
        Policy(allow_hosts=own_names)
    except PolicyError as error:
        problems = [_of_own_names(problem) for problem in error.problems]
        raise PolicyError(problems) from None
    except TypeError as error:
        raise TypeError(str(error).replace("allow_hosts", "own_names")) from None
    return own_names, None


def _of_own_names(problem: Problem) -> Problem:
    return replace(problem, field="own_names", message=problem.message.replace("allow_hosts", "own_names"))


def _prefixes(faults: Faults, paths: Any) -> dict[str, Policy | None]:
    prefixes: dict[str, Policy | None] = {}
    if paths is None:
        return prefixes
    if not isinstance(paths, Mapping):
        faults.errors.append(TypeError(f"paths takes a mapping of path prefixes to policies, not {_a(paths)}"))
        return prefixes
    for prefix, policy in paths.items():
        key = faults.attempt(lambda: _prefix_of(prefix))
        made = faults.attempt(lambda: _policy_at(policy), f"paths[{prefix!r}]: ")
        if key in prefixes:
            text = f"paths has {prefix!r} twice: with and without a slash at its end it is the same prefix"
            faults.errors.append(ValueError(text))
        elif key is not None:
            prefixes[key] = made
    return prefixes


def _policy_at(policy: Any) -> Policy | None:
    """The policy that a prefix is mapped to."""
    if policy is None or isinstance(policy, Policy):
        return policy
    if not isinstance(policy, Mapping):
        raise TypeError(f"a prefix is mapped to a corsac.Policy, its options or None, not {_a(policy)}")
    for name in (*WRAPPER_OPTIONS, "allow_hosts"):
        if name in policy:
            raise ValueError(f"{name} counts for all paths alike: give it beside paths")
    _check_known(policy, PolicyOptions.__annotations__)
    return policy_of(policy)


def _prefix_of(prefix: Any) -> str:
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
