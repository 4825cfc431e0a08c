"""CORS decisions: one policy, compiled once, asked by every server."""

from ._core import Decision, Policy, Screening, Verdict, __version__
from .errors import ImageError, PolicyError, Problem
from .refusal import Refusal

__all__ = [
    "Decision",
    "ImageError",
    "Policy",
    "PolicyError",
    "Problem",
    "Refusal",
    "Screening",
    "Verdict",
    "__version__",
]
