"""How a policy comes back from a pickle or a copy."""

from __future__ import annotations

from typing import Any

from ._core import Policy


def rebuild(image: bytes | None, options: dict[str, Any]) -> Policy:
    """Makes the policy again, which checks it again: from what it was made of."""
    return Policy(**options) if image is None else Policy.from_image(image, **options)
