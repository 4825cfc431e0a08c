"""What a client sees: every status, every way that a response comes about."""

import base64
import subprocess

from harness import Application, Case, Connection, Nginx, TIMEOUT, free_port, message, upstream

ORIGIN = "https://app.example.com"
CROSS = [("Origin", ORIGIN)]
STRANGER = [("Origin", "https://evil.example")]
PREFLIGHT = [*CROSS, ("Access-Control-Request-Method", "PUT")]

ALLOWED = {
    "access-control-allow-origin": ORIGIN,
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": "x-request-id",
    "vary": "Origin",
}
NOT_ALLOWED = {"vary": "Origin"}
PREFLIGHT_VARY = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
PREFLIGHT_ALLOWED = {
    "access-control-allow-origin": ORIGIN,
    "access-control-allow-credentials": "true",
    "access-control-allow-methods": "PUT",
    "access-control-allow-headers": "content-type",
    "access-control-max-age": "600",
    "vary": PREFLIGHT_VARY,
}

POLICY = f"""
    cors_allow_origins {ORIGIN} https://*.pages.example;
    cors_allow_methods PUT;
    cors_allow_headers content-type;
    cors_expose_headers x-request-id;
    cors_allow_credentials on;
    cors_max_age 10m;
"""

SITE = POLICY + """
    server {
        listen 127.0.0.1:@PORT@;
        listen 127.0.0.1:@H2@ http2;
        root @PREFIX@/www;
        cors on;
        large_client_header_buffers 4 8k;
        client_max_body_size 10;

        location /big.html { gzip on; gzip_vary on; gzip_min_length 100; }
        location /private/ { auth_basic "x"; auth_basic_user_file @PREFIX@/users; alias @PREFIX@/www/; }
        location /deny { deny all; }
        location /return/ { return 200 "returned"; }
        location /moved { return 301 /elsewhere; }
        location /failed { return 500; }
        location /teapot { return 418; }
        location /no-content { return 204; }
        location /directory { alias @PREFIX@/www; }
        location /headers { add_header Access-Control-Allow-Origin * always; add_header Vary Cookie always; return 200; }
        location /error-page/ { error_page 404 /errors/404.html; alias @PREFIX@/www/; }
        location /error-named/ { error_page 404 = @fallback; alias @PREFIX@/www/; }
        location /error-redirect/ { error_page 404 https://elsewhere.example/; alias @PREFIX@/www/; }
        location /errors/ { cors off; internal; alias @PREFIX@/www/; }
        location @fallback { cors off; return 200 "fallback"; }
        location /try/ { try_files /none @fallback; }
        location /rewritten/ { rewrite ^/rewritten/(.*)$ /off/$1 last; }
        location /off/ { cors off; alias @PREFIX@/www/; }
        location /off-with-page/ { cors off; error_page 405 @not-here; alias @PREFIX@/www/; }
        location @not-here { return 405 "page"; }
        location /off-then-on/ { cors off; try_files /none @on; }
        location @on { return 200 "on"; }
        location /parts/ { cors off; ssi on; ssi_types text/html; alias @PREFIX@/www/; }
        location /application/ { proxy_pass http://127.0.0.1:@UPSTREAM@/; }
        location /kept/ { cors_upstream keep; proxy_pass http://127.0.0.1:@UPSTREAM@/; }
        location /untouched/ { cors off; proxy_pass http://127.0.0.1:@UPSTREAM@/; }
        location /intercepted/ {
            proxy_intercept_errors on; error_page 503 /errors/index.html; proxy_pass http://127.0.0.1:@UPSTREAM@/;
        }
        location /protected/ { internal; cors off; alias @PREFIX@/www/; }
        location /dead/ { proxy_pass http://127.0.0.1:@DEAD@/; }
        location /any/ { cors_upstream keep; return 200; }
    }
"""

RETURNING = POLICY + """
    server {
        listen 127.0.0.1:@PORT@;
        cors on;
        return 301 https://elsewhere.example/;
    }
    server {
        listen 127.0.0.1:@MIXED@;
        cors on;
        if ($uri = /stopped) { return 404; }
        if ($uri ~ ^/moved) { return 301 https://elsewhere.example/; }
        location / { return 200 "here"; }
        location /off/ { cors off; return 200 "off"; }
        location /slash/ { proxy_pass http://127.0.0.1:@PORT@; }
    }
"""


class Responses(Case):
    @classmethod
    def setUpClass(cls):
        cls.h2 = free_port()
        port = cls.enterClassContext(upstream())
        cls.nginx = cls.enterClassContext(
            Nginx(
                SITE,
                UPSTREAM=port,
                H2=cls.h2,
                DEAD=free_port(),
                files={
                    "users": "user:{PLAIN}secret\n",
                    "www/parts.html": '<!--#include virtual="/index.html" --> and more\n',
                },
            )
        )

    def get(self, target, fields=CROSS, status=200, method="GET", body=b""):
        response = self.nginx.request(method, target, fields, body)
        self.assertEqual(response.status, status, (target, response.fields))
        return response

    def test_every_status_has_the_fields(self):
        for target, status in [
            ("/index.html", 200),
            ("/no-content", 204),
            ("/moved", 301),
            ("/directory", 301),
            ("/private/index.html", 401),
            ("/deny", 403),
            ("/missing", 404),
            ("/teapot", 418),
            ("/failed", 500),
            ("/dead/", 502),
            ("/application/status/503", 503),
            ("/application/redirect", 302),
            ("/application/status/404", 404),
        ]:
            with self.subTest(target=target):
                self.assertEqual(self.get(target, status=status).cors(), ALLOWED)
                self.assertEqual(self.get(target, STRANGER, status).cors(), NOT_ALLOWED)
                self.assertEqual(self.get(target, [], status).cors(), NOT_ALLOWED)

    def test_authorized(self):
        fields = [*CROSS, ("Authorization", "Basic " + base64.b64encode(b"user:secret").decode())]
        self.assertEqual(self.get("/private/index.html", fields).cors(), ALLOWED)

    def test_not_modified(self):
        tag = self.get("/index.html").one("ETag")
        response = self.get("/index.html", [*CROSS, ("If-None-Match", tag)], 304)
        self.assertEqual(response.cors(), ALLOWED)

    def test_precondition_failed(self):
        response = self.get("/index.html", [*CROSS, ("If-Match", '"other"')], 412)
        self.assertEqual(response.cors(), ALLOWED)

    def test_ranges(self):
        response = self.get("/index.html", [*CROSS, ("Range", "bytes=0-1")], 206)
        self.assertEqual((response.cors(), response.body), (ALLOWED, b"he"))
        self.assertEqual(self.get("/index.html", [*CROSS, ("Range", "bytes=99-")], 416).cors(), ALLOWED)

    def test_body_too_large(self):
        response = self.get("/application/", CROSS, 413, "POST", b"more than ten bytes")
        self.assertEqual(response.cors(), ALLOWED)

    def test_malformed_requests(self):
        with Connection(self.nginx.port) as connection:
            connection.send(b"GET / HTTP/1.1\r\nOrigin: " + ORIGIN.encode() + b"\r\n\r\n")
            response = connection.response()
        self.assertEqual((response.status, response.cors()), (400, ALLOWED))

    def test_oversized_fields(self):
        """Nothing comes of a field that nginx does not take; one that it takes and corsac does not is refused."""
        response = self.get("/index.html", [("Origin", "https://" + "a" * 9000)], 400)
        self.assertEqual(response.cors(), NOT_ALLOWED)
        response = self.get("/index.html", [("Origin", "https://" + "a" * 7000)])
        self.assertEqual(response.cors(), NOT_ALLOWED)
        response = self.get(
            "/index.html", [*PREFLIGHT, ("Access-Control-Request-Headers", "a," * 3900)], 403, "OPTIONS"
        )
        self.assertEqual(response.cors(), {"vary": PREFLIGHT_VARY})

    def test_gzip(self):
        response = self.get("/big.html", [*CROSS, ("Accept-Encoding", "gzip")])
        self.assertEqual(response.one("Content-Encoding"), "gzip")
        self.assertEqual(sorted(response.all("Vary")), ["Accept-Encoding", "Origin"])
        self.assertEqual(response.one("Access-Control-Allow-Origin"), ORIGIN)

    def test_head(self):
        self.assertEqual(self.get("/index.html", method="HEAD").cors(), ALLOWED)
        self.assertEqual(self.get("/application/", method="HEAD").cors(), ALLOWED)
        self.assertEqual(self.get("/missing", status=404, method="HEAD").cors(), ALLOWED)

    def test_preflights_come_first(self):
        for target in [
            "/index.html",
            "/missing",
            "/private/index.html",
            "/deny",
            "/return/",
            "/moved",
            "/failed",
            "/directory",
            "/application/",
            "/dead/",
            "/try/",
            "/rewritten/index.html",
            "/error-page/none",
            "/kept/",
        ]:
            with self.subTest(target=target):
                fields = [*PREFLIGHT, ("Access-Control-Request-Headers", "content-type")]
                response = self.get(target, fields, 204, "OPTIONS")
                self.assertEqual((response.cors(), response.body), (PREFLIGHT_ALLOWED, b""))
                response = self.get(target, [*STRANGER, PREFLIGHT[1]], 403, "OPTIONS")
                self.assertEqual((response.cors(), response.body), ({"vary": PREFLIGHT_VARY}, b""))
                self.assertEqual(response.one("Content-Length"), "0")

    def test_other_options_requests_go_on(self):
        response = self.get("/application/here", CROSS, 200, "OPTIONS")
        self.assertEqual((response.cors(), response.body), (ALLOWED, b"OPTIONS /here\n"))
        response = self.get("/application/here", [PREFLIGHT[1]], 200, "OPTIONS")
        self.assertEqual((response.cors(), response.body), (NOT_ALLOWED, b"OPTIONS /here\n"))

    def test_a_preflight_with_a_body(self):
        """It is read and thrown away: the next request on the connection is understood."""
        with Connection(self.nginx.port) as connection:
            response = connection.request("OPTIONS", "/deny", PREFLIGHT, b"0123456789")
            self.assertEqual((response.status, response.cors()["vary"]), (204, PREFLIGHT_VARY))
            self.assertEqual(connection.request("GET", "/index.html", CROSS).body, b"hello\n")

    def test_lists_on_several_lines(self):
        lines = [("Access-Control-Request-Headers", "content-type"), ("Access-Control-Request-Headers", "Content-Type")]
        self.assertEqual(self.get("/deny", [*PREFLIGHT, *lines], 204, "OPTIONS").cors(), PREFLIGHT_ALLOWED)
        lines.append(("Access-Control-Request-Headers", "x-other"))
        self.assertEqual(self.get("/deny", [*PREFLIGHT, *lines], 403, "OPTIONS").cors(), {"vary": PREFLIGHT_VARY})

    def test_repeated_origin(self):
        self.assertEqual(self.get("/index.html", [*CROSS, *CROSS]).cors(), NOT_ALLOWED)
        self.assertEqual(self.get("/deny", [*PREFLIGHT, *CROSS], 403, "OPTIONS").cors(), {"vary": PREFLIGHT_VARY})

    def test_error_pages_have_the_fields_of_what_failed(self):
        for target, status in [
            ("/error-page/none", 404),
            ("/error-redirect/none", 302),
            ("/intercepted/status/503", 503),
            ("/error-named/none", 200),
        ]:
            with self.subTest(target=target):
                self.assertEqual(self.get(target, status=status).cors(), ALLOWED)
                self.assertEqual(self.get(target, [], status=status).cors(), NOT_ALLOWED)

    def test_the_first_location_with_cors_on_decides(self):
        self.assertEqual(self.get("/try/").cors(), ALLOWED)
        self.assertEqual(self.get("/rewritten/index.html").cors(), ALLOWED)
        self.assertEqual(self.get("/application/hidden").cors(), ALLOWED)
        self.assertEqual(self.get("/off-then-on/").cors(), ALLOWED)
        self.assertEqual(self.get("/off-then-on/", PREFLIGHT, 204, "OPTIONS").cors()["access-control-max-age"], "600")

    def test_off(self):
        self.assertEqual(self.get("/off/index.html").cors(), {})
        self.assertEqual(self.get("/off/index.html", PREFLIGHT, 405, "OPTIONS").cors(), {})
        response = self.get("/untouched/vary-one")
        self.assertEqual(
            response.cors(),
            {
                "access-control-allow-origin": "*",
                "access-control-allow-credentials": "true",
                "access-control-expose-headers": "X-Of-The-Application",
                "timing-allow-origin": "*",
                "vary": "Accept-Language",
            },
        )

    def test_an_error_page_does_not_answer_preflights(self):
        self.assertEqual(self.get("/off-with-page/none", PREFLIGHT, 405, "OPTIONS").body, b"page")

    def test_subrequests_are_left_alone(self):
        response = self.get("/parts/parts.html")
        self.assertEqual((response.cors(), response.body), ({}, b"hello\n and more\n"))

    def test_fields_of_the_application_are_replaced(self):
        self.assertEqual(self.get("/application/").cors(), ALLOWED)
        self.assertEqual(self.get("/application/", STRANGER).cors(), NOT_ALLOWED)
        self.assertEqual(self.get("/application/", []).cors(), NOT_ALLOWED)

    def test_fields_of_the_application_are_kept(self):
        kept = {
            "access-control-allow-origin": "*",
            "access-control-allow-credentials": "true",
            "access-control-expose-headers": "X-Of-The-Application",
            "timing-allow-origin": "*",
            "vary": "Origin",
        }
        self.assertEqual(self.get("/kept/").cors(), kept)
        self.assertEqual(self.get("/kept/plain").cors(), ALLOWED)
        self.assertEqual(self.get("/kept/plain", STRANGER).cors(), NOT_ALLOWED)

    def test_add_header_comes_before(self):
        self.assertEqual(self.get("/headers").cors(), ALLOWED | {"vary": "Cookie, Origin"})
        self.assertEqual(self.get("/headers", STRANGER).cors(), {"vary": "Cookie, Origin"})

    def test_vary_is_merged(self):
        for target, vary in [
            ("/vary-one", "Accept-Language, Origin"),
            ("/vary-lines", "Accept-Language, origin, Cookie"),
            ("/vary-any", "*"),
            ("/vary-origin", "ORIGIN"),
            ("/vary-empty", "Origin"),
        ]:
            with self.subTest(target=target):
                self.assertIn(target, Application.VARY)
                self.assertEqual(self.get("/application" + target).cors(), ALLOWED | {"vary": vary})
                self.assertEqual(self.get("/application" + target, []).cors(), {"vary": vary})

    def test_pipelined_requests(self):
        requests = [
            ("GET", CROSS, ALLOWED),
            ("GET", STRANGER, NOT_ALLOWED),
            ("OPTIONS", PREFLIGHT, None),
            ("GET", [("Origin", "https://a.pages.example")], None),
            ("GET", [], NOT_ALLOWED),
            ("GET", CROSS, ALLOWED),
        ]
        with Connection(self.nginx.port) as connection:
            connection.send(b"".join(message(method, "/index.html", fields) for method, fields, _ in requests) * 20)
            for method, fields, cors in requests * 20:
                response = connection.response(method)
                self.assertEqual(response.status, 204 if method == "OPTIONS" else 200)
                if cors is None:
                    self.assertEqual(response.one("Access-Control-Allow-Origin"), fields[0][1])
                else:
                    self.assertEqual(response.cors(), cors)

    def test_old_versions(self):
        self.assertEqual(self.nginx.request("GET", "/index.html", CROSS, version="1.0").cors(), ALLOWED)

    def curl(self, target, *arguments):
        done = subprocess.run(
            [
                "curl",
                "--silent",
                "--show-error",
                "--include",
                "--http2-prior-knowledge",
                *arguments,
                f"http://127.0.0.1:{self.h2}{target}",
            ],
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=True,
        )
        head, _, body = done.stdout.partition("\r\n\r\n") if "\r\n" in done.stdout else done.stdout.partition("\n\n")
        status, *fields = head.splitlines()
        self.assertTrue(status.startswith("HTTP/2 "), status)
        pairs = dict(field.split(": ", 1) for field in fields)
        self.assertEqual(len(pairs), len(fields), fields)
        cors = {name: value for name, value in pairs.items() if name.startswith("access-control-") or name == "vary"}
        return int(status.split()[1]), cors, body

    def test_http2(self):
        origin = ["--header", f"Origin: {ORIGIN}"]
        self.assertEqual(self.curl("/index.html", *origin), (200, ALLOWED, "hello\n"))
        self.assertEqual(self.curl("/index.html"), (200, NOT_ALLOWED, "hello\n"))
        self.assertEqual(self.curl("/index.html", *origin, *origin), (200, NOT_ALLOWED, "hello\n"))
        self.assertEqual(
            self.curl("/application/vary-lines", *origin)[:2],
            (200, ALLOWED | {"vary": "Accept-Language, origin, Cookie"}),
        )
        self.assertEqual(self.curl("/private/index.html", *origin)[:2], (401, ALLOWED))
        self.assertEqual(self.curl("/error-page/none", *origin)[:2], (404, ALLOWED))
        preflight = ["--request", "OPTIONS", "--header", "Access-Control-Request-Method: PUT"]
        self.assertEqual(self.curl("/private/index.html", *origin, *preflight), (204, PREFLIGHT_ALLOWED, ""))
        self.assertEqual(
            self.curl("/deny", *preflight, "--header", "Origin: https://evil.example"),
            (403, {"vary": PREFLIGHT_VARY}, ""),
        )


class ServerLevel(Case):
    """A return of the server's own comes before any location is known."""

    @classmethod
    def setUpClass(cls):
        cls.mixed = free_port()
        cls.nginx = cls.enterClassContext(Nginx(RETURNING, MIXED=cls.mixed))

    def test_one_policy(self):
        response = self.nginx.request("OPTIONS", "/", PREFLIGHT)
        self.assertEqual((response.status, response.one("Access-Control-Allow-Methods")), (204, "PUT"))
        response = self.nginx.request("GET", "/", CROSS)
        self.assertEqual((response.status, response.cors()), (301, ALLOWED))

    def test_locations_that_differ(self):
        def mixed(method, target, fields):
            with Connection(self.mixed) as connection:
                response = connection.request(method, target, fields)
                self.assertEqual(connection.request("GET", "/", CROSS).body, b"here")
                return response

        for target in ["/stopped", "/moved/away", "/slash", "/"]:
            with self.subTest(target=target):
                response = mixed("OPTIONS", target, PREFLIGHT)
                self.assertEqual((response.status, response.body), (204, b""))
                self.assertEqual(response.cors(), {name: value for name, value in PREFLIGHT_ALLOWED.items()})
                self.assertIsNone(response.one("Location"))
                response = mixed("OPTIONS", target, [*STRANGER, PREFLIGHT[1]])
                self.assertEqual(
                    (response.status, response.cors(), response.body), (403, {"vary": PREFLIGHT_VARY}, b"")
                )
                # mixed() had an answer to a second request since, so that both first ones are logged.
                log = [line for line in self.nginx.log(2) if line.startswith(f"OPTIONS {target} ")]
                self.assertIn(f"OPTIONS {target} 204 preflight allowed - ", log[0])
                self.assertIn(f"OPTIONS {target} 403 preflight refused origin-not-allowed ", log[1])
        for target, status in [("/stopped", 404), ("/moved/away", 301), ("/slash", 301)]:
            with self.subTest(target=target):
                response = mixed("GET", target, CROSS)
                self.assertEqual((response.status, response.cors()), (status, ALLOWED))
        self.assertEqual(mixed("OPTIONS", "/off/", PREFLIGHT).body, b"off")
        self.assertEqual(mixed("GET", "/off/", CROSS).cors(), {})
