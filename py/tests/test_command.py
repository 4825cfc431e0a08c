"""``python -m corsac`` prints and answers what the binary does."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

BINARY = os.environ.get("CORSAC_BINARY")
PYTHON = [sys.executable, "-m", "corsac"]

with_binary = pytest.mark.skipif(
    BINARY is None, reason="needs CORSAC_BINARY, the path of the binary (set by cargo xtask python)"
)

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs signals as POSIX has them")

POLICY = """\
allow_origins = ["https://app.example.com", "https://*.preview.example.com"]
allow_methods = ["PUT"]
allow_headers = ["content-type"]
allow_credentials = true
allow_hosts = ["api.example.com"]
"""

EXPECTATIONS = """\
policy = "p.toml"

[[expect]]
from = "https://app.example.com"
request = "PUT https://api.example.com/items/7"
allowed = true

[[expect]]
method = "GET"
fields = ["Origin: https://evil.example"]
allowed = true
"""

PREFLIGHT = ["-X", "OPTIONS", "-H", "Origin: https://app.example.com", "-H", "Access-Control-Request-Method: PUT"]
EXPLAIN = ["explain", "p.toml", "--from", "https://app.example.com"]

INVOCATIONS: dict[str, list[str]] = {
    "nothing": [],
    "an unknown command": ["playgroud"],
    "an unknown option": ["check", "p.toml", "--colour"],
    "a missing argument": ["decide"],
    "help": ["--help"],
    "the version": ["--version"],
    "a good policy": ["check", "p.toml"],
    "a good policy for programs": ["check", "p.toml", "--json"],
    "a bad policy": ["check", "bad.toml"],
    "a bad policy for programs": ["check", "bad.toml", "--json"],
    "a bad policy where a good one belongs": ["decide", "bad.toml"],
    "standard input": ["check", "-"],
    "no TOML": ["check", "broken.toml"],
    "no file": ["check", "absent.toml"],
    "an allowed preflight": ["decide", "p.toml", *PREFLIGHT],
    "an allowed preflight for programs": ["decide", "p.toml", "--json", *PREFLIGHT],
    "a refused request": ["decide", "p.toml", "-H", "Origin: https://evil.example"],
    "another verdict": ["decide", "p.toml", "--ask", "host", "-H", "Host: evil.example"],
    "a story": [*EXPLAIN, "PUT https://api.example.com/items/7", "--credentials"],
    "a story for programs": [*EXPLAIN, "DELETE https://api.example.com/items/7", "--json"],
    "expectations": ["test", "p.test.toml"],
    "an image": ["compile", "p.toml", "-o", "-", "--format", "bin"],
    "a header": ["compile", "p.toml", "-o", "-", "--format", "c"],
    "arguments that are no text": ["check", os.fsdecode(b"\xff\x1b[31m")],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "p.toml").write_text(POLICY)
    (tmp_path / "p.test.toml").write_text(EXPECTATIONS)
    (tmp_path / "bad.toml").write_text(
        'allow_origins = ["*", "https://App.example/"]\nallow_credentials = true\nmax_age = "1"\n'
    )
    (tmp_path / "broken.toml").write_text("allow_origins = [\n")
    return tmp_path


def environment(**variables: str) -> dict[str, str]:
    """The tester's own, without what it says about colour."""
    own = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE")}
    return own | variables


def run(program: list[str], arguments: list[str], folder: Path, **variables: str) -> tuple[int, bytes, bytes]:
    ran = subprocess.run(
        [*program, *arguments],
        cwd=folder,
        env=environment(**variables),
        input=b'allow_origins = ["https://a.example/"]\n',
        capture_output=True,
        timeout=60,
        check=False,
    )
    return ran.returncode, ran.stdout, ran.stderr


@with_binary
@pytest.mark.parametrize("arguments", INVOCATIONS.values(), ids=INVOCATIONS.keys())
def test_same_output_and_exit_code_as_the_binary(arguments: list[str], folder: Path) -> None:
    assert BINARY is not None
    code, out, err = run(PYTHON, arguments, folder)
    expected_code, expected_out, expected_err = run([BINARY], arguments, folder)

    def named(text: bytes) -> bytes:
        """The binary's help speaks of itself."""
        return text.replace(b"Usage: corsac", b"Usage: python -m corsac")

    assert (code, out, err) == (expected_code, named(expected_out), named(expected_err))


@with_binary
@pytest.mark.parametrize("variables", [{"CLICOLOR_FORCE": "1"}, {"NO_COLOR": "1", "TERM": "xterm-256color"}])
def test_same_colours_as_the_binary(variables: dict[str, str], folder: Path) -> None:
    assert BINARY is not None
    ours = run(PYTHON, ["check", "bad.toml"], folder, **variables)
    assert ours == run([BINARY], ["check", "bad.toml"], folder, **variables)
    assert (b"\x1b[" in ours[1]) == ("CLICOLOR_FORCE" in variables)


def test_exit_codes_are_yes_no_and_misuse(folder: Path) -> None:
    codes = [run(PYTHON, ["check", name], folder)[0] for name in ("p.toml", "bad.toml", "absent.toml")]
    assert codes == [0, 1, 2]


def test_help_speaks_of_python(folder: Path) -> None:
    code, out, err = run(PYTHON, ["decide", "--help"], folder)
    assert (code, err) == (0, b"")
    assert b"Usage: python -m corsac decide " in out
    assert b"\n  python -m corsac decide app.toml" in out
    assert b"\n  corsac " not in out


def test_the_playground_is_left_to_the_binary(folder: Path) -> None:
    code, out, err = run(PYTHON, ["playground", "p.toml", "--no-open"], folder)
    assert (code, out) == (2, b"")
    assert err.startswith(b"error: this build has no playground; ")


def test_a_closed_pipe_is_no_error(folder: Path) -> None:
    entries = ",\n".join(f'"https://h{number}.example/"' for number in range(5_000))
    (folder / "long.toml").write_text(f"allow_origins = [{entries}]\n")
    child = subprocess.Popen(
        [*PYTHON, "check", "long.toml"],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None and child.stderr is not None
    child.stdout.read(10)
    child.stdout.close()
    err = child.stderr.read()
    child.stderr.close()
    assert (err, child.wait(timeout=60)) == (b"", 1)


@pytest.fixture
def interrupted() -> Iterator[Callable[[Any], subprocess.Popen[bytes]]]:
    """Starts the command with that for interrupts, which what is started inherits, and interrupts it while it reads."""
    before = signal.getsignal(signal.SIGINT)
    children: list[subprocess.Popen[bytes]] = []

    def interrupted(handler: Any) -> subprocess.Popen[bytes]:
        signal.signal(signal.SIGINT, handler)
        pipe = subprocess.PIPE
        child = subprocess.Popen([*PYTHON, "check", "-"], env=environment(), stdin=pipe, stdout=pipe, stderr=pipe)
        children.append(child)
        assert child.stdin is not None
        # Longer than a pipe holds: once all is written, the command is reading.
        child.stdin.write(b"# comment\n" * 20_000)
        child.stdin.flush()
        child.send_signal(signal.SIGINT)
        return child

    yield interrupted
    signal.signal(signal.SIGINT, before)
    for child in children:
        child.kill()
        child.communicate()


@posix
def test_an_interrupt_ends_it_while_it_reads(interrupted: Callable[[Any], subprocess.Popen[bytes]]) -> None:
    child = interrupted(signal.default_int_handler)
    assert child.wait(timeout=30) == -signal.SIGINT
    assert child.stderr is not None and child.stderr.read() == b""


@posix
def test_an_interrupt_is_ignored_where_whoever_started_it_wants_that(interrupted: Callable[[Any], subprocess.Popen[bytes]]) -> None:
    child = interrupted(signal.SIG_IGN)
    _, err = child.communicate(timeout=30)
    assert (child.returncode, err) == (0, b"")
