"""The native part of corsac. Import ``corsac`` instead: its names are public, those here are not."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Literal, Protocol, TypeAlias, final

from .refusal import Refusal

__all__ = ["FIELDS", "LISTS", "OPTIONS", "REFUSALS", "Decision", "Policy", "Router", "Screening", "Verdict", "__version__", "command"]

_Text: TypeAlias = str | bytes
_Pair: TypeAlias = tuple[_Text, _Text] | list[str] | list[bytes]

class _SupportsItems(Protocol):
    def items(self) -> Iterable[tuple[_Text, _Text]]: ...

_Headers: TypeAlias = _SupportsItems | Iterable[_Pair] | None
_Scheme: TypeAlias = Literal["http", "https", "ws", "wss"] | None
_AbsentOrigin: TypeAlias = Literal["pass", "refuse"]

__version__: Final[str]
REFUSALS: Final[list[tuple[str, int, str]]]
OPTIONS: Final[list[str]]
LISTS: Final[list[str]]
FIELDS: Final[list[str]]

def command(argv: Sequence[str]) -> int:
    """Runs the command `corsac` with the arguments behind the program's name and returns its exit code.

    It reads and writes the process's own standard streams, not `sys.stdin`, `sys.stdout` and `sys.stderr`. Other threads of
    Python go on meanwhile; signals are Python's to handle, and it handles them when this returns.
    """

@final
class Policy:
    """A CORS policy: checked and compiled when it is made, then only asked.

    All options are keywords, every list is empty and every switch off unless it is given::

        policy = corsac.Policy(
            allow_origins=["https://app.example.com", "https://*.preview.example.com"],
            allow_methods=["PUT", "DELETE"],
            allow_headers=["authorization", "content-type"],
            allow_credentials=True,
            max_age=600,
        )

    What may be read:

    - ``allow_origins``: whose pages may read responses. Serialized origins, with a pattern where the names below a domain
      (``https://*.example.com``), a part of a label (``https://app-*.example.com``) or the port (``http://localhost:*``) may be
      any; or ``"*"`` alone. Empty: nobody's.
    - ``allow_methods``: what a page may use beyond GET, HEAD and POST, which need no permission; or ``"*"`` alone.
    - ``allow_headers``: what a page may set beyond the safelisted request headers; or ``"*"``, which does not cover
      ``authorization``: that may stand beside it.
    - ``expose_headers``: what a page may read beyond the safelisted response headers; or ``"*"`` alone.
    - ``allow_credentials``: whether pages may read what is answered to requests with cookies or HTTP authentication.
    - ``max_age``: seconds for which a browser may keep a preflight's answer. None sends nothing, and browsers take 5; 0 keeps
      nothing; at most 86400.
    - ``allow_null_origin``: whether ``null`` is allowed, which any page can make itself in a sandboxed frame.
    - ``allow_private_network``: whether preflights for private network access are granted it. Browsers have retired it.
    - ``timing_allow_origin``: whether allowed pages may read detailed resource timing as well.
    - ``allow_origin_regex``: a pattern of ``re``, or its text, that has to match an origin as a whole (``fullmatch``). One that takes
      every origin excludes ``allow_credentials``.
    - ``allow_origin_func``: a function from an origin to True or False; anything else that it returns is a TypeError.

    The last two are asked, in this order, about a well-formed origin that no entry takes: never about ``null`` or a repeated
    origin. Under ``"*"``, which lets everybody read and trusts nobody, only ``guard``, ``check_websocket`` and ``screen`` ask them;
    ``static_origin`` excludes them.

    How it is answered:

    - ``static_origin``: sends the only entry of ``allow_origins`` on every response that is no preflight, without Vary.
    - ``minimal_answers``: answers a preflight with only what it asked for.
    - ``preflight_status``: the status of a successful preflight, from 200 to 299.

    For the questions beside CORS:

    - ``allow_hosts``: the names of the server, for ``check_host``: ``name``, ``name:port`` or ``name:*``. Empty: none.
    - ``allow_content_types``: what a page of another origin may send with an unsafe method, for ``guard``. Empty: anything.

    What is safe only if you know better than this library:

    - ``dangerously_allow_insecure_origins``: takes ``http`` origins with credentials. Whoever is on the network path of one of
      its pages gains the user's session.
    - ``dangerously_allow_public_suffixes``: takes patterns such as ``https://*.github.io``. Whoever registers a name there gains
      what the policy allows.
    - ``dangerously_allow_any_port``: takes ``:*`` on hosts that are not loopback. Whoever can open a port there gains what the
      policy allows.
    - ``check_public_suffixes``: refuses patterns over any entry of the Public Suffix List, not only over the best known ones.

    A list is any iterable of str, but not one str; a set is taken in alphabetical order.

    Raises PolicyError with all that is wrong, and TypeError where a value is of another type than an option takes.

    A policy never changes and holds no lock: any number of threads may ask it at once. Asking takes time with the bytes of the
    request, up to fixed caps, and not with the size of the policy. Policies are equal when they decide alike by the same
    entries in the same order; they can be hashed, and pickled with an ``allow_origin_func`` that can be. A copy is the policy
    itself. ``repr`` gives what makes an equal one, with ``re`` imported where a pattern has flags; but an ``allow_origin_func`` is shown
    by its own ``repr``, which is no code.
    """

    def __new__(
        cls,
        *,
        allow_origins: Iterable[str] = (),
        allow_methods: Iterable[str] = (),
        allow_headers: Iterable[str] = (),
        expose_headers: Iterable[str] = (),
        allow_credentials: bool = False,
        max_age: int | None = None,
        allow_null_origin: bool = False,
        allow_private_network: bool = False,
        static_origin: bool = False,
        minimal_answers: bool = False,
        preflight_status: int = 204,
        timing_allow_origin: bool = False,
        allow_hosts: Iterable[str] = (),
        allow_content_types: Iterable[str] = (),
        dangerously_allow_insecure_origins: bool = False,
        dangerously_allow_public_suffixes: bool = False,
        dangerously_allow_any_port: bool = False,
        allow_origin_regex: str | re.Pattern[str] | None = None,
        allow_origin_func: Callable[[str], bool] | None = None,
        check_public_suffixes: bool = False,
    ) -> Policy: ...
    @staticmethod
    def from_image(
        image: bytes | bytearray | memoryview,
        *,
        allow_origin_regex: str | re.Pattern[str] | None = None,
        allow_origin_func: Callable[[str], bool] | None = None,
    ) -> Policy:
        """Takes a policy that was compiled elsewhere: ``policy.image``, or a file of ``python -m corsac compile``.

        Every byte is checked, which takes time with the length of the image, once. Bytes that are no image of this version, or
        that were altered, raise ImageError. The check finds accidents, not attackers: who can write the image decides the policy.
        """

    @classmethod
    def from_toml(cls, text: str, /) -> Policy:
        """Makes a policy from TOML with the options as keys, but for the two hooks and ``check_public_suffixes``::

            allow_origins = ["https://app.example.com"]
            max_age = 600

        Raises PolicyError with all that is wrong, keys that no option has among it, and ``tomllib.TOMLDecodeError`` where the text
        is no TOML.
        """

    @property
    def image(self) -> bytes:
        """The compiled policy, without the two hooks, to be stored or sent; ``from_image`` takes it back, in C and Rust too."""

    def decide(self, method: _Text, headers: _Headers) -> Decision:
        """Decides on a request.

        ``headers`` is a mapping, an iterable of pairs, which may repeat a name, or None. Names and values are bytes, or str as
        HTTP libraries decode it, in Latin-1; names are compared without case. Other text matches nothing. What is no pair
        of these raises TypeError, and what a hook raises goes to the caller; no other request does.

            >>> policy = corsac.Policy(allow_origins=["https://app.example.com"], allow_methods=["PUT"])
            >>> preflight = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "PUT"}
            >>> policy.decide("OPTIONS", preflight).headers[0]
            (b'access-control-allow-origin', b'https://app.example.com')
            >>> refused = policy.decide("OPTIONS", {**preflight, "Access-Control-Request-Method": "DELETE"})
            >>> refused.allowed, refused.status, str(refused.refusal)
            (False, 403, 'method-not-allowed')
        """

    def explain(self, method: _Text, headers: _Headers) -> str:
        """Says in a sentence or two what is decided and why, with the nearest entry and what a browser's console is likely to say.

        It takes time with the size of the policy: for people, not for every request.
        """

    def guard(
        self, method: _Text, headers: _Headers, *, scheme: _Scheme = None, absent_origin: _AbsentOrigin = "pass"
    ) -> Verdict:
        """Asks whether a request may change something: against requests that pages of other sites forge.

        Safe methods pass, and so does what the server's own pages and the pages of ``allow_origins`` send; ``"*"`` trusts nobody.
        ``scheme`` is the one by which the server is reached, where it is known; it then has to be the origin's as well.
        ``absent_origin="refuse"`` refuses requests with neither Sec-Fetch-Site nor Origin, as programs send them.

            >>> policy = corsac.Policy(allow_origins=["https://app.example.com"])
            >>> forged = {"Host": "api.example.com", "Origin": "https://evil.example"}
            >>> policy.guard("POST", forged)
            <corsac.Verdict guard refused: origin-not-trusted>
        """

    def check_host(self, host: _Text | None, *, own_names: Iterable[str] = ()) -> Verdict:
        """Asks whether a Host is a name of the server's: against DNS rebinding.

        ``own_names`` are those that the server got at run time, by the rules of ``allow_hosts``; what is no such name takes nothing.
        """

    def check_websocket(
        self, headers: _Headers, *, scheme: _Scheme = None, absent_origin: _AbsentOrigin = "pass"
    ) -> Verdict:
        """Asks whether a page may open a WebSocket, where CORS does not apply and nothing else checks. Arguments as ``guard``."""

    def screen(
        self,
        method: _Text,
        headers: _Headers,
        *,
        scheme: _Scheme = None,
        absent_origin: _AbsentOrigin = "pass",
        own_names: Iterable[str] = (),
    ) -> Screening:
        """Asks all: the host, then the handshake of a WebSocket or the guard, and CORS last; the first refusal ends it."""

    @property
    def _lists_hosts(self) -> bool:
        """Whether ``allow_hosts`` has an entry. The wrappers ask for ``check_host``."""

    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Policy: ...
    def __deepcopy__(self, memo: Any, /) -> Policy: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Decision:
    """What CORS says to one request. It holds nothing of the caller's that could change, and outlives the policy."""

    @property
    def kind(self) -> Literal["preflight", "actual", "not-cors"]:
        """What kind of request it is to CORS."""

    @property
    def allowed(self) -> bool | None:
        """Whether a conforming browser lets the page through; None where CORS has no say."""

    @property
    def refusal(self) -> Refusal | None:
        """Why not."""

    @property
    def status(self) -> int | None:
        """The status to respond with, with ``headers`` and an empty body; None: continue to the application."""

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """The response fields to send, with names in lower case: a new list each time.

        On any status, errors too. Each replaces the application's own fields of that name, but for ``vary``, whose members join
        the application's.
        """

    def explain(self) -> str:
        """As ``Policy.explain``, of this decision."""

@final
class Verdict:
    """The answer to one of the questions beside CORS. It is true where the request passes."""

    @property
    def question(self) -> Literal["guard", "websocket", "host"]:
        """What was asked."""

    @property
    def passes(self) -> bool:
        """Whether the request may go on."""

    @property
    def refusal(self) -> Refusal | None:
        """Why it may not."""

    @property
    def status(self) -> int | None:
        """The status to refuse with: 403, or 400 or 421 for a host; None where the request passes."""

    def explain(self) -> str:
        """Says in a sentence or two what was found and why."""

    def __bool__(self) -> bool: ...

@final
class Screening:
    """The answer to a request from every verdict."""

    @property
    def stopped_by(self) -> Literal["host", "websocket", "guard"] | None:
        """The question whose verdict stopped the request; None where it goes the way of the CORS decision."""

    @property
    def kind(self) -> Literal["preflight", "actual", "not-cors"]:
        """What kind of request it is to CORS."""

    @property
    def refusal(self) -> Refusal | None:
        """The first refusal: that of the verdict that stopped the request, else that of the CORS decision."""

    @property
    def status(self) -> int | None:
        """The status to respond with; None: continue to the application."""

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """The response fields to send, as ``Decision.headers``; with a request that was stopped too."""

    def explain(self) -> str:
        """Says in a sentence or two what was found and why."""

@final
class Router:
    """The native part of the wrappers: which policy a request has, and what becomes of it. Made by ``corsac._wrapping`` alone."""

    def __new__(
        cls,
        policy: Policy,
        paths: dict[str, Policy | None],
        guard: bool,
        check_host: bool,
        enforce: bool,
        own_names: Sequence[str],
        ask_names: Callable[[], Iterable[str]] | None,
        report: Callable[..., object],
    ) -> Router: ...
    @property
    def needs_scheme(self) -> bool:
        """Whether it matters if the server was reached by ``https``."""

    def asgi(self, scope: Any, send: Any) -> Any: ...
    def wsgi(self, environ: dict[str, Any], start_response: Any) -> Any: ...
    def environ(
        self, meta: dict[str, Any], path: str, is_secure: bool
    ) -> tuple[int | None, list[tuple[str, str]]] | None: ...
