"""Starlette's own tests of its CORSMiddleware, with corsac's class in its place.

The file comes with the source distribution of the installed Starlette, which pip fetches once; where it cannot, this is skipped, unless
`CORSAC_STARLETTE_SUITE` is set, which may also name a test file or such a distribution. Every assertion of a test is tried, not only the
first that fails, but for those of a test whose policy does not start: there the exception stands for all of them. What fails has to be
exactly what `deviations.py` lists, as often, each with the reason why corsac answers otherwise.
"""

from __future__ import annotations

import ast
import functools
import importlib.metadata
import os
import subprocess
import sys
import tarfile
import warnings
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from corsac import PolicyError
from corsac.asgi import CORSMiddleware

from .deviations import DEVIATIONS, HELD, PASSED, TESTS, TIMES, TRIED, VERSION

pytest.importorskip("starlette")

MEMBER = f"starlette-{VERSION}/tests/middleware/test_cors.py"
CHOSEN = os.environ.get("CORSAC_STARLETTE_SUITE", "")


def fetched(folder: Path) -> Path:
    """The source distribution, by pip's ordinary ways, of which its cache is one."""
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", f"starlette=={VERSION}"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    [*found] = folder.glob("starlette-*.tar.gz")
    if not found:
        if CHOSEN:
            pytest.fail(f"pip could not fetch Starlette's source: {result.stderr}")
        pytest.skip("pip could not fetch Starlette's source distribution, which has its tests")
    return found[0]


def source(folder: Path) -> str:
    """The text of Starlette's test file."""
    path = Path(CHOSEN) if os.path.isfile(CHOSEN) else fetched(folder)
    if path.suffix == ".py":
        return path.read_text(encoding="utf-8")
    with tarfile.open(path) as archive:
        member = archive.extractfile(MEMBER)
        assert member is not None
        return member.read().decode("utf-8")


class TryAll(ast.NodeTransformer):
    """Has every assertion reported where it fails, instead of ending the test; and leaves out imports of Starlette's own test helpers."""

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        test = ast.Lambda(args=ast.arguments([], [], None, [], [], None, []), body=node.test)
        call = ast.Call(ast.Name("_check", ast.Load()), [test, ast.Constant(ast.unparse(node.test))], [])
        return ast.copy_location(ast.Expr(call), node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        return None if (node.module or "").split(".")[0] == "tests" else node


@cache
def loaded(text: str) -> tuple[dict[str, Callable[..., None]], list[str], list[int]]:
    """The tests, the list of what fails in the one that runs, and how many assertions were tried."""
    failed: list[str] = []
    tried = [0]

    def check(test: Callable[[], object], what: str) -> None:
        tried[0] += 1
        try:
            is_true = test()
        except LookupError:
            is_true = False
        if not is_true:
            failed.append(what)

    tree = ast.fix_missing_locations(TryAll().visit(ast.parse(text)))
    names: dict[str, Any] = {"TestClientFactory": object, "_check": check, "__name__": "starlette_test_cors"}
    exec(compile(tree, "starlette's test_cors.py", "exec"), names)
    assert names["CORSMiddleware"].__module__ == "starlette.middleware.cors"
    names["CORSMiddleware"] = CORSMiddleware
    return {name: test for name, test in names.items() if name.startswith("test_")}, failed, tried


def outcome(text: str, name: str) -> list[str]:
    """What fails in a test: its assertions, and last what it raises."""
    with warnings.catch_warnings():
        # It would rather have httpx2.
        warnings.simplefilter("ignore")
        from starlette.testclient import TestClient
    tests, failed, _ = loaded(text)
    failed.clear()
    try:
        tests[name](functools.partial(TestClient, backend="asyncio"))
    except PolicyError as error:
        failed.append(f"raises PolicyError: {', '.join(problem.kind for problem in error.problems)}")
    except Exception as error:
        failed.append(f"raises {type(error).__name__}")
    return list(failed)


def test_what_fails_is_what_is_listed(tmp_path: Path) -> None:
    assert importlib.metadata.version("starlette") == VERSION, "look through what has changed, and raise VERSION in deviations.py"
    text = source(tmp_path)
    tests, _, tried = loaded(text)
    tried[0] = 0
    failing = {name: Counter(failed) for name in tests if (failed := outcome(text, name))}
    expected = {name: Counter(dict.fromkeys(reasons, TIMES.get(name, 1))) for name, reasons in DEVIATIONS.items()}
    assert failing == expected
    passed = len(tests) - len(failing)
    held = tried[0] - sum(times for failed in failing.values() for what, times in failed.items() if not what.startswith("raises "))
    print(f"{passed} of {len(tests)} tests pass as they are; {held} of {tried[0]} assertions hold")
    assert (len(tests), passed, tried[0], held) == (TESTS, PASSED, TRIED, HELD)
