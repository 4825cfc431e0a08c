"""``python -m corsac``: the command ``corsac``, which checks, explains, tests and compiles policies.

::

    python -m corsac check policy.toml
    python -m corsac decide policy.toml -X OPTIONS -H 'Origin: https://app.example.com' ...
    python -m corsac explain policy.toml --from https://app.example.com 'PUT https://api.example.com/items/7'
    python -m corsac test policy.test.toml
    python -m corsac compile policy.toml -o policy.bin

It prints what the binary prints and ends with the same exit code: 0 yes, 1 no, 2 misuse. ``--help`` tells more.
"""

import signal
import sys

from . import _core


def main() -> int:
    """Run the command with the arguments of this process and return its exit code."""
    # The native code does not come back to Python before it is done: Ctrl-C has to end the process, as it ends the
    # binary, unless whoever started it has asked for it to be ignored.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _core.command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
