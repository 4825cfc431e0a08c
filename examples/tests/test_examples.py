"""The installed C library and the examples that use it, built outside of the tree and driven over sockets.

CORSAC_PREFIX is where `cargo xtask install` has put the library, CORSAC_BINARY the corsac command. What a test needs
and the machine lacks is said in a line `skipped: needs ...`; with CI=true in the environment that is a failure.
"""

from __future__ import annotations

import base64
import http.client
import http.server
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path
from typing import NoReturn

EXAMPLES = Path(__file__).resolve().parent.parent
ALLOWED = "https://app.example.com"
REFUSED = "https://app.example.com.evil.example"
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def needs(what: str) -> NoReturn:
    """Skips the test, which in CI is a failure."""
    if os.environ.get("CI") == "true":
        raise AssertionError(f"needs {what}")
    print(f"skipped: needs {what}", flush=True)
    raise unittest.SkipTest(f"needs {what}")


def tool(name: str, package: str) -> str:
    """The path of a program."""
    return shutil.which(name) or needs(f"{name} (Debian's {package})")


def prefix() -> Path:
    value = os.environ.get("CORSAC_PREFIX")
    if not value:
        raise AssertionError("CORSAC_PREFIX is not set: cargo xtask install --prefix DIR, then CORSAC_PREFIX=DIR")
    return Path(value).resolve()


def environment(root: Path) -> dict[str, str]:
    """The environment in which the library at a prefix is found by pkg-config, and nothing else changes."""
    return {**os.environ, "PKG_CONFIG_PATH": str(root / "lib/pkgconfig"), "LC_ALL": "C"}


def run(*command: object, **options: object) -> str:
    """Runs a command and gives what it printed; a failure shows all of it."""
    ran = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, **options)
    if ran.returncode != 0:
        raise AssertionError(f"{command} ended with {ran.returncode}\n{ran.stdout}{ran.stderr}")
    return ran.stdout


class Case(unittest.TestCase):
    """A test with a temporary folder of its class, into which examples are copied."""

    folder: Path

    @classmethod
    def setUpClass(cls) -> None:
        temporary = tempfile.TemporaryDirectory(prefix="corsac-example-")
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = Path(temporary.name)
        # Apache's workers run as another user.
        cls.folder.chmod(0o755)

    @classmethod
    def copy(cls, example: str) -> Path:
        """A copy of an example's sources, outside of the tree."""
        copy = Path(tempfile.mkdtemp(prefix=f"{example}-", dir=cls.folder))
        copy.chmod(0o755)
        return Path(shutil.copytree(EXAMPLES / example, copy, dirs_exist_ok=True))

    @classmethod
    def make(cls, example: str) -> Path:
        """A copy of an example, built as its README says."""
        tool("pkg-config", "pkgconf")
        copy = cls.copy(example)
        run(tool("make", "make"), "-C", copy, env=environment(prefix()))
        return copy


class Consumers(Case):
    """Programs outside of the tree, built against the installed library."""

    def hold_to_answers(self, decide: Path) -> None:
        preflight = [f"Origin: {ALLOWED}", "Access-Control-Request-Method: PUT"]
        answer = run(decide, "OPTIONS", *preflight)
        self.assertEqual(answer.splitlines()[:2], ["respond with 204", f"Access-Control-Allow-Origin: {ALLOWED}"])
        refused = subprocess.run([decide, "GET", f"Origin: {REFUSED}"], capture_output=True, text=True, check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertEqual(refused.stdout.splitlines(), ["continue to the application", "Vary: Origin"])
        self.assertIn("not in allow_origins", refused.stderr)
        misused = subprocess.run([decide, "GET", "no field"], capture_output=True, check=False)
        self.assertEqual(misused.returncode, 2)

    def hold_to_dependencies(self, program: Path, shared: bool) -> None:
        dynamic = run("objdump", "-p", program)
        self.assertEqual("NEEDED               libcorsac.so." in dynamic, shared)

    def test_pkg_config(self) -> None:
        folder = self.make("c")
        for program in ["decide", "decide-static"]:
            self.hold_to_answers(folder / program)
            self.hold_to_dependencies(folder / program, shared=program == "decide")
        self.assertEqual(run(folder / "helpers"), "ok\n")

    def cmake(self, folder: Path, root: Path) -> None:
        run(tool("cmake", "cmake"), "-S", folder, "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={root}")
        run("cmake", "--build", folder / "build")

    def test_cmake(self) -> None:
        folder = self.copy("c")
        self.cmake(folder, prefix())
        for program in ["decide", "decide-static"]:
            self.hold_to_answers(folder / "build" / program)
            self.hold_to_dependencies(folder / "build" / program, shared=program == "decide")
        self.assertEqual(run(folder / "build/helpers"), "ok\n")

    def test_the_installed_tree_can_be_moved(self) -> None:
        moved = Path(shutil.copytree(prefix(), self.folder / "moved to", symlinks=True))
        for file in moved.rglob("*"):
            if file.suffix in {".pc", ".cmake"}:
                self.assertNotIn(str(prefix()), file.read_text(), file)
        folder = self.copy("c")
        self.cmake(folder, moved)
        self.hold_to_answers(folder / "build/decide")
        self.assertIn(str(moved), run("objdump", "-p", folder / "build/decide"))

    def test_a_cmake_version_of_another_series_is_not_taken(self) -> None:
        tool("cmake", "cmake")
        major, minor, patch = run("pkg-config", "--modversion", "corsac", env=environment(prefix())).strip().split(".")
        for version, taken in [
            (f"{major}.{minor}.{patch}", True),
            (f"{major}.{minor}", True),
            (f"{major}.{minor}.{patch} EXACT", True),
            (major, True),
            (f"{major}.{minor}.{int(patch) + 1}", False),
            (f"{major}.{int(minor) + 1}", False),
            (f"{int(major) + 1}", False),
        ]:
            folder = self.copy("c")
            file = folder / "CMakeLists.txt"
            file.write_text(file.read_text().replace("find_package(corsac 0.1 ", f"find_package(corsac {version} "))
            command = ["cmake", "-S", folder, "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={prefix()}"]
            found = subprocess.run(command, capture_output=True, check=False).returncode == 0
            self.assertEqual(found, taken, version)

    def test_the_helpers_in_every_standard(self) -> None:
        folder = self.copy("c")
        archive = prefix() / "lib/libcorsac.a"
        for compiler, package in [("g++", "g++"), ("clang++", "clang")]:
            for standard in ["c++17", "c++20"]:
                with self.subTest(compiler=compiler, standard=standard):
                    command = [tool(compiler, package), f"-std={standard}", *WARNINGS, f"-I{prefix() / 'include'}"]
                    run(*command, folder / "helpers.cpp", archive, "-o", folder / "program")
                    self.assertEqual(run(folder / "program"), "ok\n")


class Answer:
    """A response."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.body = response.read()
        self.fields = [(name.lower(), value) for name, value in response.getheaders()]

    def values(self, name: str) -> list[str]:
        return [value for field, value in self.fields if field == name]

    def cors(self) -> dict[str, list[str]]:
        """The fields of CORS, `Vary` left out."""
        names = {name for name, _ in self.fields if name.startswith("access-control-") or name.startswith("timing-")}
        return {name: self.values(name) for name in names}

    def vary(self) -> list[str]:
        """The members of `Vary`, which is one line at most."""
        lines = self.values("vary")
        assert len(lines) <= 1, lines
        return sorted(member.strip().lower() for line in lines for member in line.split(","))


PREFLIGHT_VARY = ["access-control-request-headers", "access-control-request-method", "origin"]
ALLOW = {"access-control-allow-origin": [ALLOWED]}


class Served:
    """What every server owes CORS. The server has /items, /careless, which speaks of CORS itself, and not /nope."""

    port: int
    connection: http.client.HTTPConnection

    def setUp(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.addCleanup(self.connection.close)

    def ask(self, method: str, path: str, *fields: tuple[str, str]) -> Answer:
        self.connection.putrequest(method, path)
        for name, value in fields:
            self.connection.putheader(name, value)
        self.connection.endheaders()
        return Answer(self.connection.getresponse())

    def preflight(self, path: str, origin: str, method: str, *headers: str) -> Answer:
        fields = [("Origin", origin), ("Access-Control-Request-Method", method)]
        fields += [("Access-Control-Request-Headers", line) for line in headers]
        return self.ask("OPTIONS", path, *fields)

    def test_an_allowed_origin(self) -> None:
        for method in ["GET", "HEAD"]:
            answer = self.ask(method, "/items", ("Origin", ALLOWED))
            self.assertEqual((answer.status, answer.cors(), answer.vary()), (200, ALLOW, ["origin"]), method)
            self.assertEqual(answer.body == b"", method == "HEAD")

    def test_a_refused_origin(self) -> None:
        for origin in [REFUSED, "null", ""]:
            answer = self.ask("GET", "/items", ("Origin", origin))
            self.assertEqual((answer.status, answer.cors(), answer.vary()), (200, {}, ["origin"]), origin)
            self.assertNotEqual(answer.body, b"")

    def test_no_origin(self) -> None:
        answer = self.ask("GET", "/items")
        self.assertEqual((answer.status, answer.cors(), answer.vary()), (200, {}, ["origin"]))

    def test_a_repeated_origin(self) -> None:
        answer = self.ask("GET", "/items", ("Origin", ALLOWED), ("Origin", ALLOWED))
        self.assertEqual((answer.status, answer.cors(), answer.vary()), (200, {}, ["origin"]))

    def test_an_error(self) -> None:
        answer = self.ask("GET", "/nope", ("Origin", ALLOWED))
        self.assertEqual((answer.status, answer.cors(), answer.vary()), (404, ALLOW, ["origin"]))

    def test_an_allowed_preflight(self) -> None:
        for headers in [(), ("content-type,x-tag",), ("content-type", "x-tag")]:
            answer = self.preflight("/items", ALLOWED, "PUT", *headers)
            self.assertEqual((answer.status, answer.body, answer.vary()), (204, b"", PREFLIGHT_VARY), headers)
            allowed = ",".join(answer.cors()["access-control-allow-headers"]).replace(" ", "").split(",")
            self.assertEqual(sorted(allowed), ["content-type", "x-tag"], headers)
            self.assertEqual(answer.values("access-control-allow-methods"), ["PUT"])
            self.assertEqual(answer.values("access-control-allow-origin"), [ALLOWED])

    def test_a_refused_preflight(self) -> None:
        for origin, method, headers in [
            (REFUSED, "PUT", ()),
            (ALLOWED, "DELETE", ()),
            (ALLOWED, "PUT", ("content-type", "x-other")),
        ]:
            answer = self.preflight("/items", origin, method, *headers)
            self.assertEqual((answer.status, answer.body, answer.cors()), (403, b"", {}), (origin, method, headers))
            self.assertEqual(answer.vary(), PREFLIGHT_VARY)

    def test_options_without_a_method_asked_for_is_no_preflight(self) -> None:
        answer = self.ask("OPTIONS", "/nope", ("Origin", ALLOWED))
        self.assertNotIn(answer.status, [204, 403])
        self.assertEqual((answer.cors(), answer.vary()), (ALLOW, ["origin"]))

    def test_what_the_application_says_is_dropped_and_its_vary_kept(self) -> None:
        vary = ["accept-encoding", "accept-language", "origin"]
        for fields, cors in [([("Origin", ALLOWED)], ALLOW), ([("Origin", REFUSED)], {}), ([], {})]:
            answer = self.ask("GET", "/careless", *fields)
            self.assertEqual((answer.status, answer.cors(), answer.vary()), (200, cors, vary), fields)

    def test_the_connection_is_kept(self) -> None:
        self.ask("GET", "/items")
        first = self.connection.sock
        self.assertIsNotNone(first)
        self.preflight("/items", ALLOWED, "PUT")
        self.preflight("/items", REFUSED, "PUT")
        self.ask("GET", "/nope", ("Origin", ALLOWED))
        self.ask("GET", "/items", ("Origin", REFUSED))
        self.assertIs(self.connection.sock, first)


class Process:
    """A server of ours, stopped at the end by its own process id."""

    def __init__(self, command: list[object], folder: Path, **options: object) -> None:
        self.errors = folder / "errors"
        with self.errors.open("wb") as errors:
            words = list(map(str, command))
            self.child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=errors, text=True, **options)

    def stop(self) -> int:
        """Ends it and gives its exit status."""
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
        status = self.child.wait(timeout=120)
        if self.child.stdout:
            self.child.stdout.close()
        return status


def microhttpd(folder: Path, *before: object) -> tuple[Process, int]:
    """Starts the server, which says its port."""
    process = Process([*before, folder / "server"], folder)
    line = process.child.stdout.readline()
    if not line.startswith("listening on 127.0.0.1:"):
        process.stop()
        raise AssertionError(f"{line}{process.errors.read_text()}")
    return process, int(line.rsplit(":", 1)[1])


def make_microhttpd(case: type[Case]) -> Path:
    tool("pkg-config", "pkgconf")
    if subprocess.run(["pkg-config", "--exists", "libmicrohttpd"], check=False).returncode != 0:
        needs("libmicrohttpd (Debian's libmicrohttpd-dev)")
    return case.make("libmicrohttpd")


class Microhttpd(Served, Case):
    """examples/libmicrohttpd"""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.process, cls.port = microhttpd(make_microhttpd(cls))
        cls.addClassCleanup(cls.process.stop)

    def test_a_body_is_read_after_the_decision(self) -> None:
        for origin, cors in [(ALLOWED, ALLOW), (REFUSED, {})]:
            self.connection.request("PUT", "/items", body=b"x" * 100_000, headers={"Origin": origin})
            answer = Answer(self.connection.getresponse())
            self.assertEqual((answer.status, answer.cors(), answer.vary()), (200, cors, ["origin"]))

    def test_the_reason_is_logged_and_not_sent(self) -> None:
        answer = self.preflight("/items", ALLOWED, "PATCH")
        self.assertEqual(answer.body, b"")
        self.assertIn("refused: method-not-allowed: ", self.process.errors.read_text())

    def test_a_preflight_with_a_body(self) -> None:
        fields = {"Origin": ALLOWED, "Access-Control-Request-Method": "PUT"}
        self.connection.request("OPTIONS", "/items", body=b"x" * 1000, headers=fields)
        answer = Answer(self.connection.getresponse())
        self.assertEqual((answer.status, answer.body), (204, b""))


class MicrohttpdMemory(Case):
    """examples/libmicrohttpd, over many requests"""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.built = make_microhttpd(cls)

    def drive(self, port: int, requests: int) -> None:
        """Requests of every kind over kept connections, and some that are broken off."""
        origins = [{"Origin": ALLOWED}, {"Origin": REFUSED}, {}]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for number in range(requests):
            fields = dict(origins[number % 3])
            if number % 5 == 0:
                fields["Access-Control-Request-Method"] = "PUT"
            method = "OPTIONS" if number % 5 == 0 else "GET"
            connection.request(method, ["/items", "/careless", "/nope"][number % 7 % 3], headers=fields)
            Answer(connection.getresponse())
            if number % 50 == 0:
                with socket.create_connection(("127.0.0.1", port)) as broken:
                    broken.sendall(b"PUT /items HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nxyz")
        connection.close()

    def test_no_growth(self) -> None:
        process, port = microhttpd(self.built)
        try:
            self.drive(port, 1000)
            before = resident(process.child.pid)
            self.drive(port, 4000)
            # One decision a request would be 4 MB.
            self.assertLess(resident(process.child.pid) - before, 512)
        finally:
            status = process.stop()
        self.assertEqual(status, 0)

    def test_valgrind(self) -> None:
        valgrind = [tool("valgrind", "valgrind"), "--quiet", "--leak-check=full", "--error-exitcode=9"]
        process, port = microhttpd(self.built, *valgrind)
        try:
            self.drive(port, 300)
        finally:
            status = process.stop()
        # Valgrind's lines begin with the process id.
        report = [line for line in process.errors.read_text().splitlines() if line.startswith("==")]
        self.assertEqual(status, 0, "\n".join(report))


def resident(pid: int) -> int:
    """KiB of memory that a process has."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


class Upstream(http.server.BaseHTTPRequestHandler):
    """A server behind a proxy, with its own idea of CORS."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(404 if self.path.endswith("/nope") else 200)
        for name, value in [
            ("access-control-allow-origin", "*"),
            ("Access-Control-Allow-Origin", "https://old.example.com"),
            ("Access-Control-Expose-Headers", "x-secret"),
            ("Timing-Allow-Origin", "*"),
            ("Vary", "Accept-Language"),
            ("Vary", "origin"),
            ("Content-Length", "3"),
        ]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"hi\n")

    do_OPTIONS = do_GET

    def log_message(self, *_: object) -> None:
        pass


POLICY = f"""
CorsAllowOrigins {ALLOWED}
CorsAllowMethods PUT
CorsAllowHeaders content-type
CorsAllowHeaders x-tag
"""


class ApacheCase(Case):
    """Apache with the module."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.apxs = tool("apxs", "apache2-dev")
        cls.program = Path(run(cls.apxs, "-q", "sbindir").strip()) / run(cls.apxs, "-q", "progname").strip()
        if not cls.program.exists():
            needs("Apache (Debian's apache2)")
        cls.module = cls.make("apache") / ".libs/mod_corsac.so"
        (cls.folder / "users").touch()

    @classmethod
    def site(cls) -> Path:
        """A folder to serve from."""
        site = Path(tempfile.mkdtemp(prefix="site-", dir=cls.folder))
        site.chmod(0o755)
        for name in ["items", "careless", "missing", "secret"]:
            (site / name).write_text(f"{name}\n")
        return site

    @classmethod
    def configuration(cls, site: Path, port: int, text: str) -> Path:
        """A whole configuration around some lines."""
        modules = Path(run(cls.apxs, "-q", "libexecdir").strip())
        built_in = run(cls.program, "-l")
        names = "mpm_event unixd authn_core authn_file authz_core authz_user auth_basic alias headers rewrite"
        lines = [f"ServerRoot {site}", f"Listen 127.0.0.1:{port}", "ServerName localhost", f"PidFile {site}/pid"]
        lines += [f"DefaultRuntimeDir {site}", f"ErrorLog {site}/log", "LogLevel corsac:info", f"DocumentRoot {site}"]
        for name in f"{names} proxy proxy_http".split():
            if f"mod_{name}.c" not in built_in and (modules / f"mod_{name}.so").exists():
                lines.append(f"LoadModule {name}_module {modules}/mod_{name}.so")
        if os.geteuid() == 0:
            lines += ["User #65534", "Group #65534"]
        lines += [f"LoadModule corsac_module {cls.module}", text]
        file = site / "httpd.conf"
        file.write_text("\n".join(lines) + "\n")
        return file

    @classmethod
    def serve(cls, text: str) -> tuple[int, Path]:
        """Starts a server and gives its port and folder. A port that another program was quicker to take is let go."""
        for _ in range(5):
            site = cls.site()
            token = secrets.token_hex(16)
            (site / "token").write_text(token)
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            process = Process([cls.program, "-f", cls.configuration(site, port, text), "-D", "FOREGROUND"], site)
            cls.addClassCleanup(process.stop)
            while process.child.poll() is None:
                try:
                    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                    connection.request("GET", "/token")
                    answer = Answer(connection.getresponse())
                    connection.close()
                except (ConnectionError, http.client.HTTPException):
                    time.sleep(0.05)
                    continue
                if answer.body.decode() == token:
                    return port, site
                break
            process.stop()
        log = site / "log"
        raise AssertionError(process.errors.read_text() + (log.read_text() if log.exists() else ""))


class Apache(Served, ApacheCase):
    """examples/apache, with policies that go by URL"""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        upstream = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
        threading.Thread(target=upstream.serve_forever, daemon=True).start()
        cls.addClassCleanup(upstream.server_close)
        cls.addClassCleanup(upstream.shutdown)
        cls.port, cls.site_folder = cls.serve(
            POLICY
            + f"""
            Header always set Access-Control-Allow-Origin "*"
            <Location /careless>
                Header set Timing-Allow-Origin "*"
                Header add Access-Control-Expose-Headers x-secret
                Header set Vary "Accept-Encoding"
                Header add Vary "origin, Accept-Language"
            </Location>
            <Location /secret>
                AuthType Basic
                AuthName secret
                AuthUserFile {cls.folder}/users
                Require valid-user
            </Location>
            <Location /denied>
                Require all denied
            </Location>
            <Location /none>
                CorsPolicy none
            </Location>
            <Location /other>
                CorsAllowOrigins https://other.example.com
            </Location>
            <Location /proxied>
                ProxyPass http://127.0.0.1:{upstream.server_port}/proxied
            </Location>
            ErrorDocument 404 /missing
            <Location /missing>
                CorsAllowOrigins https://never.example.com
            </Location>
            Redirect /old http://elsewhere.example.com/
            RewriteEngine On
            RewriteRule ^/rewritten http://elsewhere.example.com/ [R=301,L]
            """
        )

    def test_a_preflight_comes_before_authentication_and_routing(self) -> None:
        for path in ["/secret", "/denied", "/old", "/rewritten", "/proxied", "/nope"]:
            self.assertEqual(self.preflight(path, ALLOWED, "PUT").status, 204, path)
            self.assertEqual(self.preflight(path, REFUSED, "PUT").status, 403, path)

    def test_errors_and_redirects_carry_the_fields(self) -> None:
        wrong = base64.b64encode(b"someone:wrong").decode()
        for path, fields, status in [
            ("/secret", [], 401),
            ("/secret", [("Authorization", f"Basic {wrong}")], 401),
            ("/denied", [], 403),
            ("/old", [], 302),
            ("/rewritten", [], 301),
            ("/proxied/nope", [], 404),
        ]:
            answer = self.ask("GET", path, ("Origin", ALLOWED), *fields)
            self.assertEqual((answer.status, answer.cors()), (status, ALLOW), path)
            self.assertIn("origin", answer.vary(), path)

    def test_not_modified(self) -> None:
        etag = self.ask("GET", "/items", ("Origin", ALLOWED)).values("etag")[0]
        answer = self.ask("GET", "/items", ("Origin", ALLOWED), ("If-None-Match", etag))
        self.assertEqual((answer.status, answer.cors(), answer.vary()), (304, ALLOW, ["origin"]))

    def test_an_error_page_answers_by_the_policy_of_the_request(self) -> None:
        answer = self.ask("GET", "/nope", ("Origin", ALLOWED))
        self.assertEqual((answer.status, answer.body), (404, b"missing\n"))
        self.assertEqual(answer.cors(), ALLOW)
        never = ("Origin", "https://never.example.com")
        self.assertEqual(self.ask("GET", "/nope", never).cors(), {})

    def test_what_a_proxied_server_says_is_dropped_and_its_vary_kept(self) -> None:
        for origin, cors in [(ALLOWED, ALLOW), (REFUSED, {})]:
            answer = self.ask("GET", "/proxied", ("Origin", origin))
            self.assertEqual((answer.status, answer.cors()), (200, cors))
            self.assertEqual(answer.vary(), ["accept-language", "origin"])

    def test_a_section_has_its_own_policy_or_none(self) -> None:
        answer = self.ask("GET", "/none", ("Origin", ALLOWED))
        self.assertEqual((answer.cors(), answer.vary()), ({"access-control-allow-origin": ["*"]}, []))
        self.assertEqual(self.ask("GET", "/other", ("Origin", ALLOWED)).cors(), {})
        other = "https://other.example.com"
        self.assertEqual(
            self.ask("GET", "/other", ("Origin", other)).cors(), {"access-control-allow-origin": [other]}
        )
        self.assertEqual(self.preflight("/other", other, "PUT").status, 403)

    def test_the_reason_is_logged(self) -> None:
        self.ask("GET", "/items", ("Origin", ALLOWED), ("Origin", ALLOWED))
        self.assertIn("CORS refused: origin-repeated: ", (self.site_folder / "log").read_text())


class ApacheByFile(Served, ApacheCase):
    """examples/apache, with an image, in a section that goes by files"""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        binary = os.environ.get("CORSAC_BINARY") or needs("CORSAC_BINARY (cargo build --package corsac-cli)")
        policy = cls.folder / "policy.toml"
        policy.write_text(
            f'allow_origins = ["{ALLOWED}"]\nallow_methods = ["PUT"]\nallow_headers = ["content-type", "x-tag"]\n'
        )
        run(binary, "compile", policy, "-o", cls.folder / "policy.bin")
        cls.port, _ = cls.serve(
            f"""
            CorsAllowOrigins https://outer.example.com
            <Directory {cls.folder}>
                CorsPolicy {cls.folder}/policy.bin
            </Directory>
            <Files careless>
                Header set Access-Control-Allow-Origin "*"
                Header set Vary "Accept-Encoding, Origin, Accept-Language"
            </Files>
            <Files secret>
                AuthType Basic
                AuthName secret
                AuthUserFile {cls.folder}/users
                Require valid-user
            </Files>
            """
        )

    def test_a_preflight_comes_before_authentication(self) -> None:
        self.assertEqual(self.preflight("/secret", ALLOWED, "PUT").status, 204)
        self.assertEqual(self.ask("GET", "/secret", ("Origin", ALLOWED)).status, 401)
        self.assertEqual(self.preflight("/secret", "https://outer.example.com", "PUT").status, 403)


class ApacheConfiguration(ApacheCase):
    """apachectl -t, and graceful restarts"""

    def test_a_graceful_restart_takes_the_new_policy(self) -> None:
        port, site = self.serve(POLICY)
        for number in range(3):
            origin = f"https://app{number}.example.com"
            self.configuration(site, port, f"CorsAllowOrigins {origin}")
            os.kill(int((site / "pid").read_text()), signal.SIGUSR1)
            for _ in range(200):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                connection.request("GET", "/items", headers={"Origin": origin})
                answer = Answer(connection.getresponse())
                connection.close()
                self.assertEqual(answer.status, 200)
                if answer.cors():
                    break
                time.sleep(0.05)
            self.assertEqual(answer.values("access-control-allow-origin"), [origin])

    def test_a_bad_policy_is_refused_by_directive_and_line(self) -> None:
        site = self.site()
        good = self.configuration(site, 1, POLICY)
        run(self.program, "-t", "-f", good)
        (site / "no-image").write_text("allow_origins = []\n")
        for text, said in [
            ("CorsAllowOrigins https://a.example.com/", ["CorsAllowOrigins: allow_origins[0]", "remove the slash"]),
            ("CorsAllowMethods get\nCorsAllowMethods trace", ["CorsAllowMethods: allow_methods[1]", "TRACE"]),
            ("CorsAllowHeaders x-*", ["CorsAllowHeaders: allow_headers[0]"]),
            ("CorsMaxAge soon", ["CorsMaxAge: soon is no number"]),
            ("CorsMaxAge 86401", ["CorsMaxAge on line", "86400"]),
            ("CorsAllowCredentials perhaps", ["CorsAllowCredentials must be On or Off"]),
            ("CorsAllowOrigins *\nCorsAllowCredentials On", ["CorsAllowOrigins on line", "with credentials"]),
            ("CorsAllowOrigins https://*.github.io", ["CorsAllowOrigins on line", "public_suffixes"]),
            ("CorsAllowOrigins https://a.example.com https://a.example.com", ["on line", "repeats"]),
            ("CorsPolicy no-image", ["CorsPolicy: ", "mark"]),
            ("CorsPolicy not-there", ["CorsPolicy: cannot read"]),
            ("CorsPolicy none\nCorsMaxAge 5", ["CorsPolicy stands alone"]),
            ("CorsMaxAge 5\nCorsPolicy none", ["CorsPolicy stands alone"]),
        ]:
            for around in ["{}", "<Location /x>\n{}\n</Location>", "<Directory />\n{}\n</Directory>"]:
                file = self.configuration(site, 1, around.format(text))
                tried = subprocess.run([self.program, "-t", "-f", file], capture_output=True, text=True, check=False)
                self.assertNotEqual(tried.returncode, 0, text)
                lines = file.read_text().splitlines()
                written = [number for number, line in enumerate(lines, 1) if line.startswith("Cors")]
                self.assertTrue(any(f"line {number} of" in tried.stderr for number in written), tried.stderr)
                for part in said:
                    self.assertIn(part.lower(), tried.stderr.lower(), text)

    def test_a_dangerous_switch_may_stand_after_what_it_allows(self) -> None:
        text = "CorsAllowOrigins https://*.github.io\nCorsDangerouslyAllowPublicSuffixes On"
        run(self.program, "-t", "-f", self.configuration(self.site(), 1, text))


if __name__ == "__main__":
    unittest.main(verbosity=2)
