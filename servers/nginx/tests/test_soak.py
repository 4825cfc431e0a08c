"""Many requests with random fields on kept connections, through reloads: no error, no growth.

SOAK_REQUESTS says how many (100000), SOAK_SEED from which seed (1).
"""

import os
import pathlib
import random

from harness import WRAPPER, Case, Connection, Nginx, message

REQUESTS = int(os.environ.get("SOAK_REQUESTS", 100_000))
SEED = int(os.environ.get("SOAK_SEED", 1))
RELOADS = 10
BATCH = 100

# What a worker may grow by once it is warm, in pages: none of it is per request.
SLACK = 8

HTTP = """
    access_log @PREFIX@/access.log cors buffer=64k;
    server {
        listen 127.0.0.1:@PORT@;
        root @PREFIX@/www;
        large_client_header_buffers 4 16k;
        cors on;
        cors_allow_origins https://app.example.com https://*.pages.example http://localhost:*;
        cors_allow_methods PUT DELETE;
        cors_allow_headers authorization content-type;
        cors_max_age 600;
        location /guarded { cors_guard on; cors_allow_hosts server.test; cors_check_host on; return 200 "done"; }
        location /moved { return 301 /elsewhere; }
        location /page { error_page 404 /index.html; }
    }
"""

TARGETS = ["/index.html", "/missing", "/guarded", "/moved", "/page", "/"]
ORIGINS = [
    "https://app.example.com",
    "https://a.pages.example",
    "https://pages.example",
    "http://localhost:3000",
    "null",
    "https://app.example.com.",
    "https://APP.example.com",
    "",
    "https://evil.example",
    "http://localhost:65536",
]
NAMES = [
    "Origin",
    "Access-Control-Request-Method",
    "Access-Control-Request-Headers",
    "Sec-Fetch-Site",
    "Access-Control-Request-Private-Network",
    "Content-Type",
    "Accept",
    "X-Other",
]
BYTES = bytes(set(range(33, 256)) - {127}).decode("latin-1") + " ,,,---..:/"


class Generator:
    """Requests, the same ones for a seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def value(self, name):
        choice = self.random.random()
        if name == "Origin" and choice < 0.8:
            return self.random.choice(ORIGINS)
        if name == "Access-Control-Request-Method" and choice < 0.8:
            return self.random.choice(["PUT", "DELETE", "PATCH", "GET", "put", "TRACE", ""])
        if name == "Access-Control-Request-Headers" and choice < 0.8:
            return ",".join(
                self.random.choices(
                    ["authorization", "content-type", "x-other", "", " "], k=self.random.randrange(1, 6)
                )
            )
        if name == "Sec-Fetch-Site" and choice < 0.8:
            return self.random.choice(["same-origin", "same-site", "cross-site", "none", "elsewhere"])
        length = self.random.randrange(0, 40) if choice < 0.99 else self.random.randrange(0, 9000)
        return "".join(self.random.choices(BYTES, k=length)).strip()

    def request(self):
        method = self.random.choice(["GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "OPTIONS", "DELETE"])
        names = self.random.choices(NAMES, k=self.random.randrange(0, 5))
        if self.random.random() < 0.5:
            names.append("Origin")
        if method == "OPTIONS" and self.random.random() < 0.8:
            names.append("Access-Control-Request-Method")
        fields = [(name, self.value(name)) for name in names]
        return method, self.random.choice(TARGETS), fields


def resident(pid):
    return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1])


class Soak(Case):
    def ask(self, connection, generator, count):
        """Sends requests a batch at a time, and reads as many responses; says whether the connection is still open."""
        requests = [generator.request() for _ in range(count)]
        connection.send(b"".join(message(*request) for request in requests))
        for method, target, fields in requests:
            response = connection.response(method)
            context = (method, target, fields, response.status, response.fields)
            self.assertIn(response.status, (200, 204, 301, 403, 404, 405), context)
            origins = [value for name, value in fields if name == "Origin"]
            allowed = response.one("Access-Control-Allow-Origin")
            self.assertIn(allowed, [None, *ORIGINS[:2], "http://localhost:3000"], context)
            if allowed is not None:
                self.assertEqual(origins, [allowed], context)
            self.assertIn("Origin", response.one("Vary"), context)

    def generation(self, nginx, generator, count):
        """Requests to one worker, on kept connections that each take a few batches; how many pages it grew."""
        warm = None
        done = 0
        while done < count:
            with Connection(nginx.port) as connection:
                for _ in range(4):
                    batch = min(BATCH, count - done)
                    self.ask(connection, generator, batch)
                    done += batch
            if warm is None and done >= count // 2:
                warm = resident(nginx.workers()[0])
        return resident(nginx.workers()[0]) - warm

    def test_soak(self):
        generator = Generator(SEED)
        growth = []
        with Nginx(HTTP) as nginx:
            for _ in range(RELOADS):
                growth.append(self.generation(nginx, generator, REQUESTS // (RELOADS + 1)))
                # The reload meets an open connection with a response under way.
                with Connection(nginx.port) as connection:
                    connection.send(message("GET", "/index.html") * BATCH)
                    nginx.reload()
                    self.assertEqual(connection.response().status, 200)
                nginx.settle()
            growth.append(self.generation(nginx, generator, REQUESTS - RELOADS * (REQUESTS // (RELOADS + 1))))
            nginx.log(REQUESTS // 2)
        print(f"\nsoak: {REQUESTS} requests, seed {SEED}, {RELOADS} reloads; pages that each worker grew by: {growth}")
        if WRAPPER:
            print("  under a wrapper memory is not nginx's own: its growth says nothing")
        else:
            self.assertLessEqual(max(growth), SLACK)
