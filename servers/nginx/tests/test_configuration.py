"""What an operator sees: which configurations start, what is said of the others and where, and what locations inherit."""

import pathlib
import tempfile
import threading

from harness import Case, Connection, Nginx, compile_image

SERVER = "server { listen 127.0.0.1:@PORT@; root @PREFIX@/www;\n%s\n}"
ON = "cors on; cors_allow_origins https://a.example;\n"

# A configuration, in whose server it stands, the text on the line that is blamed, and what is said.
REFUSED = [
    (
        "cors_allow_origins https://a.example\nhttps://b.example/;",
        "https://b.example/",
        'cors_allow_origins[1] "https://b.example/", byte 17: nothing stands after the host or port; remove the slash: '
        '"https://b.example"',
    ),
    (
        "cors_allow_origins https://a.example;\ncors_allow_origins HTTPS://b.example;",
        "HTTPS:",
        'cors_allow_origins[1] "HTTPS://b.example": an upper-case letter stands where browsers always send lower case; '
        'write it in lower case: "https://b.example"',
    ),
    (
        "cors_allow_methods PUT\npatch;",
        "patch",
        'cors_allow_methods[1] "patch": methods are case-sensitive and this one is not normalized by browsers; write PATCH: '
        '"PATCH"',
    ),
    (
        "cors_allow_headers x-*;",
        "x-*",
        'cors_allow_headers[0] "x-*", byte 2: a `*` inside a name is no wildcard to a browser; list the full names, or `*` '
        "alone",
    ),
    (
        "cors_expose_headers content-type;",
        "content-type",
        'cors_expose_headers[0] "content-type": pages can read this header without permission; remove it',
    ),
    (
        "cors_allow_hosts https://a.example;",
        "cors_allow_hosts",
        'cors_allow_hosts[0] "https://a.example": the Host field has no scheme; write the name alone, with its port if '
        'that is not the default one: "a.example"',
    ),
    (
        "cors_allow_content_types application/*;",
        "application/*",
        'cors_allow_content_types[0] "application/*", byte 12: a content type is taken by its full name; list each one',
    ),
    ('cors_allow_origins "";', "cors_allow_origins", 'cors_allow_origins[0] "": the entry is empty; remove it'),
    (
        "cors_max_age 2d;",
        "2d",
        "cors_max_age: no browser keeps a preflight for more than 86400 seconds; write at most that",
    ),
    ("cors_max_age soon;", "soon", '"cors_max_age" directive needs a time such as 600 or 10m'),
    ("cors_max_age 1;\ncors_max_age 22;", "22", '"cors_max_age" directive is duplicate'),
    (
        "cors_preflight_status 300;",
        "300",
        "cors_preflight_status: browsers take a preflight's answer only with a status from 200 to 299",
    ),
    ("cors_preflight_status 0;", "status 0", '"cors_preflight_status" directive needs a status from 200 to 299'),
    (
        "cors_static_origin maybe;",
        "maybe",
        'invalid value "maybe" in "cors_static_origin" directive, it must be "on" or "off"',
    ),
    ("cors_static_origin on;\ncors_static_origin off;", "origin off", '"cors_static_origin" directive is duplicate'),
    ("cors_upstream sometimes;", "sometimes", 'invalid value "sometimes"'),
    ("cors on;\ncors off;", "cors off;", '"cors" directive is duplicate'),
    ("cors ;", "cors ;", 'invalid number of arguments in "cors" directive'),
    # What shows only beside other directives.
    (
        "cors on;\ncors_allow_origins https://b.example;\ncors_allow_origins https://a.example https://b.example;",
        "https://a.example",
        'cors_allow_origins[2] "https://b.example": the entry repeats an earlier one; remove it',
    ),
    (
        "cors on;\ncors_allow_origins *;\ncors_allow_credentials on;",
        "cors_allow_origins",
        'cors_allow_origins[0] "*": browsers refuse `*` with credentials; list the trusted origins, or write a pattern such as '
        "https://*.example.com, or drop allow_credentials",
    ),
    (
        "cors on;\ncors_allow_origins https://a.example;\ncors_allow_null_origin on;\ncors_allow_credentials on;",
        "null",
        "cors_allow_null_origin: any page can make itself `null` in a sandboxed frame; drop allow_null_origin or "
        "allow_credentials",
    ),
    (
        "cors on;\ncors_allow_origins https://*.github.io;",
        "github",
        'cors_allow_origins[0] "https://*.github.io", byte 10: anyone can register a name below this suffix; name your own '
        "domain, or set dangerously_allow_public_suffixes",
    ),
    (
        "cors on;\ncors_allow_origins http://a.example:*;",
        "a.example",
        'cors_allow_origins[0] "http://a.example:*", byte 17: any program on that host could take a port; list the ports, or '
        "set dangerously_allow_any_port",
    ),
    (
        "cors on;\ncors_allow_origins http://a.example;\ncors_allow_credentials on;",
        "a.example",
        'cors_allow_origins[0] "http://a.example": anyone on the network path can speak as an http origin; use https, or set '
        "dangerously_allow_insecure_origins",
    ),
    (
        "cors_allow_origins https://*.a.example;\ncors_static_origin on;\nlocation /deep/ { cors on; }",
        "static",
        "cors_static_origin: static_origin sends its entry as it is, which cannot be a pattern; write one origin in full, "
        "needed in location /deep/",
    ),
    (
        "cors_allow_origins https://b.example;\ncors_allow_origins http://a.example;\nlocation /deep {\ncors on;\ncors_allow_credentials on; }",
        "http://a.example",
        'cors_allow_origins[1] "http://a.example": anyone on the network path can speak as an http origin; use https, or set '
        "dangerously_allow_insecure_origins, needed in location /deep",
    ),
    (
        "cors_guard on;\ncors_allow_origins https://a.example https://a.example;",
        "https",
        'cors_allow_origins[1] "https://a.example": the entry repeats an earlier one; remove it',
    ),
    # Images.
    ("cors_policy missing.bin;", "missing", 'open() "@PREFIX@/missing.bin" failed (2: No such file or directory)'),
    (
        "cors_policy policy.toml;",
        "policy.toml",
        '"@PREFIX@/policy.toml" is not the image of a policy: the bytes do not begin with a policy image\'s mark; make one with '
        '"corsac compile POLICY.toml -o policy.bin"',
    ),
    (
        "cors_policy cut.bin;",
        "cut.bin",
        '"@PREFIX@/cut.bin" is not the image of a policy: the image is cut short or has bytes after its end; make one with '
        '"corsac compile POLICY.toml -o policy.bin"',
    ),
    ("cors_policy policy.bin;\ncors_policy policy.bin ;", "policy.bin ;", '"cors_policy" directive is duplicate'),
    (
        "cors_policy policy.bin;\ncors_max_age 5;",
        "cors_max_age",
        '"cors_max_age" cannot change the policy that "cors_policy" takes from a file at @PREFIX@/nginx.conf:@LINE@',
    ),
    (
        "cors_policy policy.bin;\nlocation / { location /in {\ncors_max_age 5; } }",
        "cors_max_age",
        '"cors_max_age" cannot change the policy that "cors_policy" takes from a file at @PREFIX@/nginx.conf:@LINE@',
    ),
    ("if ($uri) { cors on; }", "if", '"cors" directive is not allowed here'),
]

TAKEN = [
    "cors on; cors_allow_origins *;",
    "cors_allow_credentials on; cors_allow_origins *;",
    "cors on; cors_allow_origins http://a.example; cors_allow_credentials on;"
    "cors_dangerously_allow_insecure_origins on;",
    "cors on; cors_allow_origins https://*.github.io; cors_dangerously_allow_public_suffixes on;",
    "cors on; cors_allow_origins http://a.example:*; cors_dangerously_allow_any_port on;",
    "cors_policy policy.bin; location / { cors on; location /in { cors_upstream keep; } }",
    "cors_max_age 1m; location / { cors on; cors_policy policy.bin; location /in { cors off; } }",
    "cors on; cors_allow_null_origin on;",
    "cors on; cors_allow_origins https://a.example; cors_max_age 86400; cors_preflight_status 200; cors_minimal_answers on;"
    "cors_timing_allow_origin on; cors_allow_private_network on; cors_static_origin off; cors_allow_methods *;"
    "cors_allow_headers * authorization; cors_expose_headers *; cors_allow_hosts a.example;"
    "cors_allow_content_types application/json; cors_guard on; cors_check_host on;",
]

POLICY_TOML = 'allow_origins = ["https://image.example"]\nallow_methods = ["DELETE"]\nmax_age = 7\n'


def image():
    with tempfile.TemporaryDirectory() as folder:
        return compile_image(POLICY_TOML, pathlib.Path(folder) / "policy.bin")


class Configurations(Case):
    @classmethod
    def setUpClass(cls):
        policy = image()
        cls.files = {"policy.bin": policy, "cut.bin": policy[:-1], "policy.toml": POLICY_TOML}

    def check(self, text):
        nginx = Nginx(SERVER % text, files=self.files)
        try:
            return nginx, *nginx.test()
        finally:
            self.addCleanup(nginx.remove)

    def test_refused(self):
        for text, blamed, said in REFUSED:
            with self.subTest(text=text):
                nginx, status, errors = self.check(text)
                said = said.replace("@PREFIX@", str(nginx.prefix))
                if "@LINE@" in said:
                    said = said.replace("@LINE@", str(nginx.line("cors_policy")))
                place = f" in {nginx.configuration}:{nginx.line(blamed)}\n"
                self.assertEqual(status, 1, errors)
                self.assertEqual(
                    [emerg.split(": ", 1)[1] for emerg in errors.splitlines(True) if "[emerg]" in emerg],
                    [f"{said}{place}"],
                )

    def test_taken(self):
        for text in TAKEN:
            with self.subTest(text=text):
                _, status, errors = self.check(text)
                self.assertEqual((status, "[warn]" in errors, "[emerg]" in errors), (0, False, False), errors)

    def test_included_files_are_named(self):
        nginx = Nginx(SERVER % "include cors.conf;", files={"cors.conf": "\ncors_allow_origins\n    b.example;\n"})
        self.addCleanup(nginx.remove)
        status, errors = nginx.test()
        self.assertEqual(status, 1)
        self.assertIn(
            f'cors_allow_origins[0] "b.example": an origin begins with its scheme; write it, for instance '
            f'https://: "https://b.example" in {nginx.prefix}/cors.conf:3\n',
            errors,
        )

    def test_no_origins(self):
        nginx, status, errors = self.check("location / {\ncors on; }\nlocation /other { cors on ; }")
        self.assertEqual(status, 0)
        self.assertEqual(errors.count("[warn]"), 1)
        self.assertIn(
            f'"cors" is on without "cors_allow_origins": no origin is allowed in {nginx.configuration}:'
            f'{nginx.line("cors on; }")}\n',
            errors,
        )

    def test_no_origins_where_cors_is_inherited(self):
        nginx = Nginx("cors  on;\n" + SERVER % "location / { cors_max_age 5; }")
        self.addCleanup(nginx.remove)
        status, errors = nginx.test()
        self.assertEqual((status, errors.count("[warn]")), (0, 2))
        place = f"no origin is allowed in {nginx.configuration}:{nginx.line('cors  on;')}\n"
        self.assertEqual(errors.count(place), 2)


class Differences(Case):
    """A location that differs from its server in one thing alone does differ."""

    SERVER = """
        server {
            listen 127.0.0.1:@PORT@; server_name %s.test;
            cors on; cors_allow_origins https://a.example;
            cors_allow_hosts policy.test; add_header Access-Control-Allow-Origin https://application.example;
            location / { return 200; }
            location /other { %s return 200; }
        }
    """
    WAYS = {
        "policy": "cors_allow_origins https://b.example;",
        "upstream": "cors_upstream keep;",
        "guard": "cors_guard on;",
        "host": "cors_check_host on;",
    }

    def test_each(self):
        expected = {
            "policy": (200, "https://b.example"),
            "upstream": (200, "https://application.example"),
            "guard": (403, None),
            "host": (421, None),
        }
        for name, other in expected.items():
            with self.subTest(name=name), Nginx(self.SERVER % (name, self.WAYS[name])) as nginx:
                for target, answer in [("/", (200, None)), ("/other", other)]:
                    response = nginx.request("POST", target, [("Origin", "https://b.example")])
                    self.assertEqual((response.status, response.one("Access-Control-Allow-Origin")), answer, target)


class Inheritance(Case):
    HTTP = (
        """
        cors_allow_origins https://http.example;
        cors_allow_methods PUT;
        cors_max_age 1h;
        cors on;
    """
        + SERVER % """
        cors_allow_origins https://server.example;
        location /same { }
        location /more { cors_allow_origins https://location.example; cors_allow_origins https://second.example;
                         location /more/deep { cors_allow_methods DELETE; cors_max_age 0; } }
        location /off { cors off; location /off/on { cors on; } }
        location /image { cors_policy policy.bin; location /image/deep { cors_upstream keep; } }
        location /shared { cors_static_origin on; cors_allow_credentials on; cors_timing_allow_origin on; }
        location /status { cors_preflight_status 200; }
        location /minimal { cors_minimal_answers on; cors_allow_headers x-a x-b; }
        location /network { cors_allow_private_network on; }
        location /null { cors_allow_null_origin on; }
    """
    )

    @classmethod
    def setUpClass(cls):
        cls.nginx = cls.enterClassContext(Nginx(cls.HTTP, files={"policy.bin": image()}))

    def preflight(self, target, origin, method="GET", *fields):
        return self.nginx.request(
            "OPTIONS", target, [("Origin", origin), ("Access-Control-Request-Method", method), *fields]
        )

    def test_a_list_is_replaced_as_a_whole(self):
        for target, allowed in [
            ("/same", ["server"]),
            ("/more", ["location", "second"]),
            ("/more/deep", ["location", "second"]),
            ("/image", ["image"]),
            ("/off/on", ["server"]),
            ("/image/deep", ["image"]),
        ]:
            for name in ["http", "server", "location", "second", "image"]:
                with self.subTest(target=target, name=name):
                    origin = f"https://{name}.example"
                    response = self.preflight(target, origin)
                    self.assertEqual(response.status, 204 if name in allowed else 403)
                    response = self.nginx.request("GET", target, [("Origin", origin)])
                    self.assertEqual(response.one("Access-Control-Allow-Origin"), origin if name in allowed else None)

    def test_each_directive_by_itself(self):
        for target, origin, methods, age in [
            ("/same", "server", "PUT", "3600"),
            ("/more", "location", "PUT", "3600"),
            ("/more/deep", "second", "DELETE", "0"),
            ("/image", "image", "DELETE", "7"),
        ]:
            with self.subTest(target=target):
                response = self.preflight(target, f"https://{origin}.example")
                self.assertEqual(response.one("Access-Control-Allow-Methods"), methods)
                self.assertEqual(response.one("Access-Control-Max-Age"), age)

    def test_off(self):
        self.assertEqual(self.nginx.request("GET", "/off", [("Origin", "https://server.example")]).cors(), {})

    def test_switches(self):
        response = self.nginx.request("GET", "/shared", [("Origin", "https://other.example")])
        self.assertEqual(
            response.cors(),
            {
                "access-control-allow-origin": "https://server.example",
                "access-control-allow-credentials": "true",
                "timing-allow-origin": "https://server.example",
            },
        )
        self.assertEqual(self.preflight("/status", "https://server.example").status, 200)
        asked = ("Access-Control-Request-Headers", "x-b")
        response = self.preflight("/minimal", "https://server.example", "GET", asked)
        self.assertEqual(response.one("Access-Control-Allow-Headers"), "x-b")
        asked = ("Access-Control-Request-Private-Network", "true")
        response = self.preflight("/network", "https://server.example", "GET", asked)
        self.assertEqual(response.one("Access-Control-Allow-Private-Network"), "true")
        self.assertEqual(self.preflight("/null", "null").status, 204)
        self.assertEqual(self.preflight("/same", "null").status, 403)


class Verdicts(Case):
    HTTP = SERVER % """
        cors_allow_origins https://a.example;
        cors_allow_hosts server.test;
        location /guarded { cors on; cors_guard on; return 200 "done"; }
        location /alone { cors_guard on; return 200 "done"; }
        location /hosts { cors on; cors_check_host on; return 200 "done"; }
        location /both { cors_guard on; cors_check_host on; cors_allow_content_types application/json; return 200 "done"; }
        location /page { cors on; cors_guard on; error_page 403 /alone; return 200 "done"; }
        location /own-page { cors on; cors_guard on; error_page 403 = @own-page; return 200 "done"; }
        location @own-page { cors on; cors_guard on; cors_max_age 5; return 200 "done"; }
        location /checked/ { auth_request /subrequest; alias @PREFIX@/www/; }
        location /subrequest { cors_check_host on; cors_allow_hosts other.test; return 204; }
        location /later/ { cors on; cors_guard off; try_files /none @guarded; }
        location @guarded { cors_guard on; error_page 404 = @done; return 404; }
        location @done { return 200 "done"; }
        location /then-cors { cors_guard on; try_files /none @cors; }
        location @cors { cors on; return 200 "done"; }
    """
    CORS = {"access-control-allow-origin": "https://a.example", "vary": "Origin"}
    OWN, STRANGER = [("Origin", "https://a.example")], [("Origin", "https://b.example")]

    @classmethod
    def setUpClass(cls):
        cls.nginx = cls.enterClassContext(Nginx(cls.HTTP))

    def ask(self, status, cors, method, target, fields):
        response = self.nginx.request(method, target, fields)
        self.assertEqual((response.status, response.cors()), (status, cors), (method, target, fields))
        if status == 200:
            self.assertEqual(response.body, b"done")

    def test_guard(self):
        for target in ["/guarded", "/later/"]:
            self.ask(200, self.CORS, "POST", target, self.OWN)
            self.ask(403, {"vary": "Origin"}, "POST", target, self.STRANGER)
            self.ask(200, {"vary": "Origin"}, "GET", target, self.STRANGER)
            self.ask(200, {"vary": "Origin"}, "POST", target, [])
            self.ask(403, {"vary": "Origin"}, "POST", target, [("Sec-Fetch-Site", "cross-site")])
            self.ask(200, {"vary": "Origin"}, "POST", target, [("Sec-Fetch-Site", "same-origin")])

    def test_guard_without_cors(self):
        self.ask(200, {}, "POST", "/alone", self.OWN)
        self.ask(403, {}, "POST", "/alone", self.STRANGER)
        preflight = [*self.STRANGER, ("Access-Control-Request-Method", "PUT")]
        self.ask(200, {}, "OPTIONS", "/alone", preflight)

    def test_a_refusal_has_an_error_page(self):
        response = self.nginx.request("POST", "/page", self.STRANGER)
        self.assertEqual((response.status, response.body, response.cors()), (403, b"done", {"vary": "Origin"}))

    def test_cors_after_the_guard(self):
        self.ask(200, self.CORS, "POST", "/then-cors", self.OWN)
        self.ask(200, {"vary": "Origin"}, "GET", "/then-cors", self.STRANGER)
        self.ask(403, {}, "POST", "/then-cors", self.STRANGER)

    def test_a_preflight_under_another_name(self):
        preflight = [("Host", "rebound.example"), *self.OWN, ("Access-Control-Request-Method", "GET")]
        response = self.nginx.request("OPTIONS", "/hosts", preflight)
        self.assertEqual(response.status, 421)
        self.assertIn(b"421 Misdirected Request", response.body)

    def test_a_refusal_is_not_refused_again(self):
        self.ask(200, {"vary": "Origin"}, "POST", "/own-page", self.STRANGER)

    def test_subrequests_are_not_asked(self):
        self.assertEqual(self.nginx.request("GET", "/checked/index.html").body, b"hello\n")
        self.assertEqual(self.nginx.request("GET", "/subrequest").status, 421)

    def test_host(self):
        self.ask(200, self.CORS, "GET", "/hosts", self.OWN)
        self.ask(421, self.CORS, "GET", "/hosts", [("Host", "rebound.example"), *self.OWN])
        self.ask(421, {"vary": "Origin"}, "GET", "/hosts", [("Host", "rebound.example")])

    def test_the_host_of_an_absolute_target(self):
        for target in ["http://server.test/hosts", "http://server.test/hosts?a=b"]:
            self.assertEqual(self.nginx.request("GET", target).status, 200)
        self.assertEqual(self.nginx.request("GET", "http://rebound.example/hosts").status, 400)
        self.assertEqual(self.nginx.request("GET", "http://server.test:81/hosts").status, 400)
        self.assertEqual(
            self.nginx.request("GET", "http://rebound.example/hosts", [("Host", "rebound.example")]).status, 421
        )

    def test_both(self):
        own = [*self.OWN, ("Content-Type", "application/json")]
        self.ask(200, {}, "POST", "/both", own)
        self.ask(403, {}, "POST", "/both", [*self.OWN, ("Content-Type", "text/plain")])
        self.ask(421, {}, "POST", "/both", [("Host", "rebound.example"), *own])

    def test_handshakes(self):
        upgrade = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")]
        self.ask(403, {"vary": "Origin"}, "GET", "/guarded", [*self.STRANGER, *upgrade])
        self.ask(200, self.CORS, "GET", "/guarded", [*self.OWN, *upgrade])


class Logs(Case):
    HTTP = SERVER % """
        cors_allow_origins https://a.example;
        cors_allow_methods PUT;
        cors on;
        location /off { cors off; return 200; }
        location /guarded { cors_guard on; return 200; }
        location /alone { cors off; cors_guard on; return 200; }
        location /page { error_page 404 /index.html; }
        location /paged { cors_guard on; error_page 403 /index.html; return 200; }
        location /later { try_files /none @later; }
        location @later { cors_guard on; cors_allow_origins https://c.example; return 200; }
    """

    def test_reasons(self):
        refused = 'refused origin-not-allowed "origin \\x22https://b.example\\x22 is not in allow_origins, and '
        trusted = "\"origin \\x22https://b.example\\x22 is no entry of allow_origins, and it is not the server's own, "
        near = (
            "\"origin \\x22http://c.example\\x22 is no entry of allow_origins, and it is not the server's own, as Host is "
            "\\x22server.test\\x22; nearest is allow_origins[0] \\x22https://c.example\\x22: the scheme differs; "
        )
        requests = [
            (
                "GET",
                "/",
                "https://a.example",
                [],
                "200 actual allowed - "
                '"origin \\x22https://a.example\\x22 is allowed by allow_origins[0] \\x22https://a.example\\x22"',
            ),
            ("GET", "/", "https://b.example", [], "200 actual " + refused),
            ("GET", "/", None, [], '200 not-cors - - "there is no Origin, '),
            ("GET", "/off", "https://b.example", [], '200 - - - "-"'),
            ("OPTIONS", "/off", "https://b.example", [("Access-Control-Request-Method", "PUT")], '200 - - - "-"'),
            (
                "OPTIONS",
                "/",
                "https://a.example",
                [("Access-Control-Request-Method", "PUT")],
                "204 preflight allowed - ",
            ),
            (
                "OPTIONS",
                "/",
                "https://b.example",
                [("Access-Control-Request-Method", "PUT")],
                "403 preflight " + refused,
            ),
            (
                "OPTIONS",
                "/",
                "https://a.example",
                [("Access-Control-Request-Method", "PATCH")],
                '403 preflight refused method-not-allowed "method \\x22PATCH\\x22 is not in allow_methods',
            ),
            ("POST", "/guarded", "https://b.example", [], "403 actual refused origin-not-trusted " + trusted),
            ("GET", "/paged", "https://b.example", [], "403 actual refused origin-not-trusted " + trusted),
            ("POST", "/later", "http://c.example", [], "403 actual refused origin-not-trusted " + near),
            ("POST", "/alone", "https://b.example", [], "403 - refused origin-not-trusted "),
            ("POST", "/alone", "https://a.example", [], '200 - - - "-"'),
            ("GET", "/page", "https://b.example", [], "404 actual " + refused),
        ]
        with Nginx(self.HTTP) as nginx:
            for method, target, origin, fields, _ in requests:
                # For an error page nginx makes the method GET, in logs too.
                method = "POST" if target == "/paged" else method
                nginx.request(method, target, [("Origin", origin)] * (origin is not None) + fields)
            lines = [line for line in nginx.log(len(requests)) if line]
            for line, (method, target, _, _, said) in zip(lines, requests, strict=True):
                self.assertTrue(line.startswith(f"{method} {target} {said}"), (line, said))

    def test_in_other_directives(self):
        http = SERVER % (
            ON + "add_header X-Verdict '$cors_kind $cors_verdict $cors_refusal'; add_header X-Why $cors_explanation;"
        )
        with Nginx(http) as nginx:
            response = nginx.request("GET", "/", [("Origin", "https://b.example")])
            self.assertEqual(response.one("X-Verdict"), "actual refused origin-not-allowed")
            self.assertIn("is not in allow_origins", response.one("X-Why"))


class Reload(Case):
    def test_requests_go_on(self):
        """Ten reloads, each to another policy, while requests come on new and on kept connections."""

        def http(number):
            return SERVER % f"cors on; cors_allow_origins https://n{number}.example https://always.example;"

        stop = threading.Event()
        failures, count = [], [0]

        def ask(nginx, keep):
            while not stop.is_set():
                try:
                    with Connection(nginx.port) as connection:
                        for _ in range(keep):
                            response = connection.request("GET", "/", [("Origin", "https://always.example")])
                            assert (
                                response.one("Access-Control-Allow-Origin") == "https://always.example"
                            ), response.fields
                            count[0] += 1
                            if response.one("Connection") == "close":
                                break
                except ConnectionError:
                    # A worker that ends closes kept connections that are idle, and a request may cross that.
                    if keep == 1:
                        failures.append("a new connection was closed")
                except AssertionError as error:
                    failures.append(error)

        with Nginx(http(0)) as nginx:
            threads = [threading.Thread(target=ask, args=(nginx, keep)) for keep in (1, 1, 20)]
            for thread in threads:
                thread.start()
            try:
                for number in range(1, 11):
                    nginx.write(http(number))
                    nginx.reload()
                    nginx.settle()
                    answers = {
                        n: nginx.request("GET", "/", [("Origin", f"https://n{n}.example")]).one(
                            "Access-Control-Allow-Origin"
                        )
                        for n in (number - 1, number)
                    }
                    self.assertEqual(answers, {number - 1: None, number: f"https://n{number}.example"})
                # A bad policy leaves the good one in use.
                nginx.write(SERVER % "cors on; cors_allow_origins https://bad.example/;")
                worker = nginx.workers()
                nginx.signal_reload()
                nginx.wait_for_error("remove the slash")
                self.assertEqual(nginx.workers(), worker)
                nginx.forgive("remove the slash")
            finally:
                stop.set()
                for thread in threads:
                    thread.join()
            self.assertEqual(failures, [])
            self.assertGreater(count[0], 0)

    def test_from_off_to_on(self):
        with Nginx(SERVER % "cors off;") as nginx:
            self.assertEqual(nginx.request("GET", "/", [("Origin", "https://a.example")]).cors(), {})
            for text, vary in [(ON, "Origin"), ("cors off;", None), (ON, "Origin")]:
                nginx.write(SERVER % text)
                nginx.reload()
                nginx.settle()
                self.assertEqual(nginx.request("GET", "/", [("Origin", "https://a.example")]).one("Vary"), vary)
