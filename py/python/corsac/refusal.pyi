"""Why a request is refused."""

from enum import StrEnum

__all__ = ["Refusal"]

class Refusal(StrEnum):
    """Why a request is refused: a normal outcome for a peer, not an error. Each member is a str, its stable slug."""

    ORIGIN_NOT_ALLOWED = "origin-not-allowed"
    NULL_ORIGIN_NOT_ALLOWED = "null-origin-not-allowed"
    ORIGIN_REPEATED = "origin-repeated"
    ORIGIN_TOO_LONG = "origin-too-long"
    ORIGIN_TRUNCATED = "origin-truncated"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    METHOD_FORBIDDEN = "method-forbidden"
    METHOD_MALFORMED = "method-malformed"
    METHOD_REPEATED = "method-repeated"
    METHOD_TOO_LONG = "method-too-long"
    METHOD_TRUNCATED = "method-truncated"
    HEADER_NOT_ALLOWED = "header-not-allowed"
    HEADERS_MALFORMED = "headers-malformed"
    HEADERS_TOO_LONG = "headers-too-long"
    HEADERS_TOO_MANY_LINES = "headers-too-many-lines"
    HEADERS_TOO_MANY_NAMES = "headers-too-many-names"
    HEADERS_TOO_MANY_EMPTY = "headers-too-many-empty"
    HEADERS_TOO_MANY_BLANKS = "headers-too-many-blanks"
    HEADERS_TRUNCATED = "headers-truncated"
    CROSS_SITE = "cross-site"
    SAME_SITE = "same-site"
    FETCH_SITE_UNKNOWN = "fetch-site-unknown"
    FETCH_SITE_REPEATED = "fetch-site-repeated"
    FETCH_SITE_TRUNCATED = "fetch-site-truncated"
    ORIGIN_NOT_TRUSTED = "origin-not-trusted"
    NULL_ORIGIN_NOT_TRUSTED = "null-origin-not-trusted"
    ORIGIN_MISSING = "origin-missing"
    SCHEME_DIFFERS = "scheme-differs"
    CONTENT_TYPE_NOT_ALLOWED = "content-type-not-allowed"
    CONTENT_TYPE_SIMPLE = "content-type-simple"
    CONTENT_TYPE_MISSING = "content-type-missing"
    CONTENT_TYPE_MALFORMED = "content-type-malformed"
    CONTENT_TYPE_REPEATED = "content-type-repeated"
    CONTENT_TYPE_TRUNCATED = "content-type-truncated"
    CONTENT_TYPE_TOO_LONG = "content-type-too-long"
    HOST_NOT_ALLOWED = "host-not-allowed"
    HOST_MISSING = "host-missing"
    HOST_REPEATED = "host-repeated"
    HOST_TRUNCATED = "host-truncated"
    HOST_TOO_LONG = "host-too-long"
    HOST_MALFORMED = "host-malformed"

    @property
    def number(self) -> int:
        """The stable number, the same in every language and never used twice."""

    @property
    def sentence(self) -> str:
        """What is wrong and what to do about it, in general."""
