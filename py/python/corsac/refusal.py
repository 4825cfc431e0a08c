"""Why a request is refused."""

from __future__ import annotations

from enum import StrEnum

from . import _core

__all__ = ["Refusal"]

_TABLE = {slug: (number, sentence) for slug, number, sentence in _core.REFUSALS}


class _Refusal(StrEnum):
    """What every reason has beside its slug. The members come from the table of the core, so that they cannot drift."""

    @property
    def number(self) -> int:
        """The stable number, the same in every language and never used twice."""
        return _TABLE[self.value][0]

    @property
    def sentence(self) -> str:
        """What is wrong and what to do about it, in general."""
        return _TABLE[self.value][1]


Refusal = _Refusal("Refusal", {slug.upper().replace("-", "_"): slug for slug in _TABLE}, module=__name__)
Refusal.__doc__ = "Why a request is refused: a normal outcome for a peer, not an error. Each member is a str, its stable slug."
