"""What the operator of a policy gets to see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["ImageError", "PolicyError", "Problem"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a policy."""

    field: str
    """The option that has to change, such as ``"allow_origins"``."""
    entry: int | None
    """The index of the entry in the option's list; ``None`` where the option as a whole is at fault."""
    offset: int
    """The byte in the entry (in UTF-8) where the fault is; 0 where there is no such place."""
    kind: str
    """The stable name of what is wrong, the same in every language, such as ``"trailing-slash"``."""
    message: str
    """One sentence: what was found, and what to write instead."""

    def __str__(self) -> str:
        return self.message


class PolicyError(ValueError):
    """A policy that could not work or would be dangerous. ``str`` of it is one problem a line.

    >>> import corsac
    >>> try:
    ...     corsac.Policy(allow_origins=["*"], allow_credentials=True, preflight_status=301)
    ... except corsac.PolicyError as error:
    ...     print([problem.kind for problem in error.problems])
    ['any-origin-with-credentials', 'preflight-status-not-ok']
    """

    problems: tuple[Problem, ...]
    """All that is wrong, at least one, in the order of the options."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(problem.message for problem in self.problems)


class ImageError(ValueError):
    """Bytes that are no policy image: of another version, cut, or altered."""

    kind: str
    """The stable name of the check that failed, such as ``"checksum"``."""

    def __init__(self, kind: str, message: str) -> None:
        self.kind = kind
        super().__init__(kind, message)

    def __str__(self) -> str:
        return str(self.args[1])
