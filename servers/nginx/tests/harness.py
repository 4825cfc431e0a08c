"""A real nginx with the module, a real upstream behind it, and sockets to drive them.

The environment says where things are:

    CORSAC_NGINX_MODULE  ngx_http_corsac_module.so
    CORSAC_BINARY        the corsac command
    NGINX                nginx; by default the one that is found

Every server listens on a free port of 127.0.0.1, in a folder of its own, and is stopped by its own process id.
"""

import contextlib
import http.server
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

TIMEOUT = 60


def required(name):
    value = os.environ.get(name)
    if not value or not pathlib.Path(value).is_file():
        raise SystemExit(f"{name} has to name a file, and is {value!r}")
    return pathlib.Path(value).resolve()


MODULE = required("CORSAC_NGINX_MODULE")
COMMAND = required("CORSAC_BINARY")
NGINX = os.environ.get("NGINX") or shutil.which("nginx") or "/usr/sbin/nginx"
# For instance valgrind and its options, or env LD_PRELOAD=... for a sanitizer.
WRAPPER = os.environ.get("NGINX_WRAPPER", "").split()

CONFIGURATION = """\
load_module {module};
{user}worker_processes 1;
error_log {prefix}/error.log {level};
pid {prefix}/nginx.pid;
{main}
events {{ worker_connections 512; }}
http {{
    log_format cors '$request_method $request_uri $status $cors_kind $cors_verdict $cors_refusal "$cors_explanation"';
    access_log {prefix}/access.log cors;
    {temporary}
    keepalive_requests 1000000;
    types {{ text/html html; text/plain txt; }}
    {http}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Response:
    """A status, fields in the order of arrival, and a body."""

    def __init__(self, status, fields, body):
        self.status, self.fields, self.body = status, fields, body

    def all(self, name):
        return [value for field, value in self.fields if field.lower() == name.lower()]

    def one(self, name):
        values = self.all(name)
        assert len(values) < 2, f"{name} came {len(values)} times: {values}"
        return values[0] if values else None

    def cors(self):
        """The fields that the module is about, by name in lower case; each comes once."""
        names = {
            name.lower()
            for name, _ in self.fields
            if name.lower().startswith("access-control-") or name.lower() in ("vary", "timing-allow-origin")
        }
        return {name: self.one(name) for name in names}


class Connection:
    """A connection that is kept, and on which one may write whatever bytes."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        self.reader = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.reader.close()
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def request(self, method, target, fields=(), body=b"", version="1.1"):
        self.send(message(method, target, fields, body, version))
        return self.response(method)

    def response(self, method="GET"):
        line = self.reader.readline()
        if not line:
            raise ConnectionError("the server closed the connection")
        status = int(line.split()[1])
        fields = []
        while (line := self.reader.readline()) != b"\r\n":
            name, value = line.decode("latin-1").rstrip("\r\n").split(":", 1)
            fields.append((name, value.strip(" ")))
        response = Response(status, fields, b"")
        if method != "HEAD" and status not in (204, 304):
            response.body = self.body(response)
        return response

    def body(self, response):
        if response.one("Transfer-Encoding") == "chunked":
            body = b""
            while size := int(self.reader.readline(), 16):
                body += self.reader.read(size)
                self.reader.readline()
            self.reader.readline()
            return body
        length = response.one("Content-Length")
        return self.reader.read() if length is None else self.reader.read(int(length))


def message(method, target, fields=(), body=b"", version="1.1"):
    fields = list(fields)
    names = {name.lower() for name, _ in fields}
    if "host" not in names and version == "1.1":
        fields.insert(0, ("Host", "server.test"))
    if body and "content-length" not in names:
        fields.append(("Content-Length", str(len(body))))
    head = f"{method} {target} HTTP/{version}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields) + "\r\n"
    return head.encode("latin-1") + body


class Nginx:
    """nginx with a configuration. @PORT@, @PREFIX@ and what else is given by name are put into it."""

    def __init__(self, http, main="", level="warn", files=(), **names):
        self.prefix = pathlib.Path(tempfile.mkdtemp(prefix="corsac-nginx-"))
        self.port = free_port()
        self.level = level
        self.main = main
        self.names = dict(names, PREFIX=self.prefix, PORT=self.port)
        (self.prefix / "www").mkdir()
        (self.prefix / "www/index.html").write_text("hello\n")
        (self.prefix / "www/big.html").write_text("hello " * 2000)
        for name, content in dict(files).items():
            path = self.prefix / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.write(http)
        self.process = None
        self.forgiven = []

    def write(self, http):
        for name, value in self.names.items():
            http = http.replace(f"@{name}@", str(value))
        temporary = "".join(
            f"{name}_temp_path {self.prefix}/temp;\n    "
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        text = CONFIGURATION.format(
            module=MODULE,
            prefix=self.prefix,
            level=self.level,
            main=self.main,
            http=http,
            temporary=temporary,
            user="user root root;\n" if os.geteuid() == 0 else "",
        )
        self.configuration.write_text(text)

    @property
    def configuration(self):
        return self.prefix / "nginx.conf"

    def line(self, text):
        """The line of the configuration that has the text, which is on one line only."""
        lines = [number for number, line in enumerate(self.configuration.read_text().splitlines(), 1) if text in line]
        assert len(lines) == 1, f"{text!r} is on lines {lines}"
        return lines[0]

    def test(self):
        """nginx -t: its exit status and what it says."""
        done = subprocess.run(
            [NGINX, "-t", "-p", self.prefix, "-c", self.configuration], capture_output=True, text=True, timeout=TIMEOUT
        )
        return done.returncode, done.stderr

    def __enter__(self):
        self.process = subprocess.Popen(
            [*WRAPPER, NGINX, "-p", self.prefix, "-c", self.configuration, "-g", "daemon off;"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            self.wait()
        except BaseException:
            self.stop()
            self.remove()
            raise
        return self

    def wait(self):
        """Until it answers, and it is our own that answers: no other has the process id that it wrote."""
        for _ in range(TIMEOUT * 20):
            if self.process.poll() is not None:
                raise AssertionError(f"nginx did not start: {self.process.stderr.read()}")
            with contextlib.suppress(OSError, ValueError):
                Connection(self.port).__exit__()
                if int((self.prefix / "nginx.pid").read_text()) == self.process.pid:
                    return
            time.sleep(0.05)
        raise AssertionError("nginx does not answer")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            try:
                self.process.wait(TIMEOUT)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stderr.close()

    def __exit__(self, *_):
        self.stop()
        errors = "\n".join(
            line for line in self.errors().splitlines() if not any(text in line for text in self.forgiven)
        )
        self.remove()
        for word in ("[alert]", "[crit]", "[emerg]", "ERROR: AddressSanitizer"):
            assert word not in errors, errors
        # -11 and the like would stand in the log as an alert of the master's; the master itself has to end well, too.
        assert self.process.returncode == 0, (self.process.returncode, errors)

    def errors(self):
        path = self.prefix / "error.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def log(self, lines):
        """The access log, once it has so many lines: nginx writes a line after the response."""
        for _ in range(TIMEOUT * 20):
            found = (self.prefix / "access.log").read_text().splitlines()
            if len(found) >= lines:
                return found
            time.sleep(0.05)
        raise AssertionError(f"the log has {len(found)} lines, not {lines}")

    def workers(self):
        """The process ids of the workers, old ones that are finishing included."""
        path = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text().split()]

    def until(self, condition, what):
        for _ in range(TIMEOUT * 50):
            if condition():
                return
            time.sleep(0.02)
        raise AssertionError(f"{what}: {self.errors()}")

    def signal_reload(self):
        self.process.send_signal(signal.SIGHUP)

    def reload(self):
        """Has the master read the configuration again, and waits for a worker that has it."""
        before = set(self.workers())
        self.signal_reload()
        self.until(lambda: set(self.workers()) - before, "no new worker")

    def settle(self):
        """Waits until the old workers have ended, so that only the new one can answer."""
        self.until(lambda: len(self.workers()) == 1, "an old worker stays")

    def wait_for_error(self, text):
        self.until(lambda: text in self.errors(), f"no error says {text!r}")

    def forgive(self, text):
        """An error that a test has brought about."""
        self.forgiven.append(text)

    def remove(self):
        shutil.rmtree(self.prefix)

    def request(self, method, target, fields=(), body=b"", version="1.1"):
        with Connection(self.port) as connection:
            return connection.request(method, target, fields, body, version)


class Application(http.server.BaseHTTPRequestHandler):
    """An upstream that does CORS itself, and badly; what it sends is in the target's name."""

    protocol_version = "HTTP/1.1"

    VARY = {
        "/vary-one": ["Accept-Language"],
        "/vary-lines": ["Accept-Language", "origin , Cookie"],
        "/vary-any": ["*"],
        "/vary-origin": ["ORIGIN"],
        "/vary-empty": [""],
    }

    def do_GET(self):
        if self.path.startswith("/redirect"):
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
        elif self.path.startswith("/hidden"):
            self.send_response(200)
            self.send_header("X-Accel-Redirect", "/protected/index.html")
        elif self.path.startswith("/status/"):
            self.send_response(int(self.path.split("/")[2]))
        else:
            self.send_response(200)
        if not self.path.startswith("/plain"):
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("access-control-allow-credentials", "true")
            self.send_header("Access-Control-Expose-Headers", "X-Of-The-Application")
            self.send_header("TIMING-ALLOW-ORIGIN", "*")
        for value in self.VARY.get(self.path, []):
            self.send_header("Vary", value)
        body = f"{self.command} {self.path}\n".encode()
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_OPTIONS = do_DELETE = do_GET

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    do_PUT = do_POST

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def upstream():
    """The application on a port of its own."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Application) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def compile_image(policy, path):
    """An image that the corsac command makes of a policy in TOML."""
    source = path.with_suffix(".toml")
    source.write_text(policy)
    subprocess.run([COMMAND, "compile", source, "-o", path], check=True, stdout=subprocess.DEVNULL, timeout=TIMEOUT)
    return path.read_bytes()


class Case(unittest.TestCase):
    maxDiff = None

    def enter(self, context):
        return self.enterContext(context)
