"""The stubs say what the extension holds, and the manual is the same in both."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import corsac

PACKAGE = Path(inspect.getfile(corsac)).parent
HERE = Path(__file__).parent


def mypy(module: str, *arguments: str, cache: Path) -> None:
    settings = cache / "mypy.ini"
    settings.write_text("[mypy]\nstrict = True\n")
    where = ["--mypy-config-file", str(settings)] if module.endswith("stubtest") else ["--config-file", str(settings)]
    ran = subprocess.run(
        [sys.executable, "-m", module, *arguments, *where],
        cwd=cache,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_stubs_agree_with_the_extension(tmp_path: Path) -> None:
    mypy("mypy.stubtest", "corsac._core", "corsac.refusal", "corsac.errors", cache=tmp_path)


def test_a_program_is_clean_under_strict_mypy(tmp_path: Path) -> None:
    mypy("mypy", "--cache-dir", str(tmp_path / "cache"), str(HERE / "example.py"), cache=tmp_path)


def test_the_program_works() -> None:
    runpy.run_path(str(HERE / "example.py"))


def docstrings(module: str) -> Iterator[tuple[str, str, object]]:
    """Name, docstring in the stub, and the object itself, for what a stub documents."""
    runtime = importlib.import_module(f"corsac.{module}")
    for node in ast.parse((PACKAGE / f"{module}.pyi").read_text()).body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and (text := ast.get_docstring(node)):
            thing = getattr(runtime, node.name)
            yield node.name, text, thing
            for inner in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(inner, ast.FunctionDef) and (text := ast.get_docstring(inner)):
                    yield f"{node.name}.{inner.name}", text, getattr(thing, inner.name)


@pytest.mark.parametrize("module", ["_core", "refusal"])
def test_the_manual_is_the_same_for_editors_and_for_help(module: str) -> None:
    public = [one for one in docstrings(module) if one[0].partition(".")[0] in {*corsac.__all__, "command"}]
    assert {name: inspect.getdoc(thing) for name, _, thing in public} == {name: text for name, text, _ in public}


def test_everything_public_is_documented() -> None:
    for name in corsac.__all__:
        assert name == "__version__" or inspect.getdoc(getattr(corsac, name)), name
    for kind in (corsac.Policy, corsac.Decision, corsac.Verdict, corsac.Screening):
        for name, member in vars(kind).items():
            assert name.startswith("_") or inspect.getdoc(member), f"{kind.__name__}.{name}"


def test_the_examples_of_the_manual_work() -> None:
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner()
    texts = [(name, text) for name, text, _ in docstrings("_core")]
    texts.append(("PolicyError", inspect.getdoc(corsac.PolicyError) or ""))
    for name, text in texts:
        runner.run(parser.get_doctest(text, {"corsac": corsac}, name, None, None))
    assert runner.summarize(verbose=False).failed == 0 and runner.tries >= 8


def test_the_examples_of_the_readme_work() -> None:
    # `[...]` stands for the rest of a long line; what a doctest itself calls so would begin a line of code.
    text = (HERE.parent / "README.md").read_text().replace("[...]", "...")
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(doctest.DocTestParser().get_doctest(text, {}, "README.md", None, None))
    assert runner.summarize(verbose=False).failed == 0 and runner.tries >= 8


def test_the_signature_names_every_option() -> None:
    parameters = inspect.signature(corsac.Policy).parameters.values()
    from corsac import _core

    assert {one.kind for one in parameters} == {inspect.Parameter.KEYWORD_ONLY}
    hooks = {"allow_origin_regex", "allow_origin_func", "check_public_suffixes"}
    assert {one.name for one in parameters} == {*_core.OPTIONS, *hooks}
