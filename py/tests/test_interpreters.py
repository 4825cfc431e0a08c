"""Which interpreters of a process take the extension."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

PROGRAM = """
import sys
try:
    import _interpreters as interpreters
    kinds = [("legacy",), ("isolated",)]
except ImportError:
    import _xxsubinterpreters as interpreters
    kinds = [(), ()]

TRIED = '''
try:
    import corsac
    print("imported", flush=True)
except ImportError as error:
    print("refused", flush=True)
'''

for step in sys.argv[1]:
    if step == "m":
        exec(TRIED, {})
        continue
    for number, kind in enumerate(kinds):
        one = interpreters.create(*kind) if kind else interpreters.create(isolated=number == 1)
        interpreters.run_string(one, TRIED)
        interpreters.destroy(one)
"""


@pytest.mark.skipif(
    not (find_spec("_interpreters") or find_spec("_xxsubinterpreters")), reason="this Python makes no other from Python"
)
@pytest.mark.parametrize("order", ["ms", "sm", "s"])
def test_only_the_main_one_does(order: str) -> None:
    """Objects that are made once, such as the members of Refusal, would get from one interpreter into another."""
    command = [sys.executable, "-c", PROGRAM, order]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    expected = {"m": ["imported"], "s": ["refused", "refused"]}
    assert ran.stdout.split() == [word for step in order for word in expected[step]], ran
