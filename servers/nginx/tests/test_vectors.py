"""The conformance vectors through nginx, over HTTP/1.1.

A policy is written as directives, in a server of its own for cases about CORS and in a location for the other verdicts. Each
request is sent as it stands, and its status and fields are compared by the rules of vectors/README.md. A request that
"continues" comes to a "return 200". What cannot be sent to nginx over HTTP/1.1 is counted by its reason, and printed.
"""

import collections
import json
import pathlib
import re

from harness import Case, Nginx

VECTORS = pathlib.Path(__file__).resolve().parents[3] / "vectors"
SETS = ("access-control-allow-methods", "access-control-allow-headers", "access-control-expose-headers", "vary")
NAMES = ("access-control-", "timing-allow-origin", "vary")

# What each kind of case has on, beside its policy.
SWITCHES = {
    "request": "cors on;",
    "screen": "cors on; cors_guard on; cors_check_host on;",
    "guard": "cors_guard on;",
    "host": "cors_check_host on;",
}

# At least so many cases run: a runner that skips them is no test.
LEAST = {"request": 1350, "screen": 20, "guard": 100, "host": 40}


def text(value):
    if isinstance(value, dict):
        return value["repeat"] * value["times"]
    if isinstance(value, list):
        return "".join(map(text, value))
    return value


def directives(kind, policy):
    lines = [SWITCHES[kind]]
    for option, value in sorted(policy.items()):
        if isinstance(value, list):
            lines += [f"cors_{option} {quoted(text(entry))};" for entry in value]
        elif isinstance(value, bool):
            lines.append(f"cors_{option} {'on' if value else 'off'};")
        elif value is not None:
            lines.append(f"cors_{option} {value};")
    return "\n".join(lines)


def quoted(value):
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def obstacle(kind, case):
    """Why nginx would not see the policy or the request as it stands; None where it does."""
    request = case[kind]
    method = request.get("method", "GET")
    if any(len(text(entry)) > 4000 for value in case["policy"].values() if isinstance(value, list) for entry in value):
        return "nginx takes no word over 4 KiB in a configuration"
    if request.get("own_names"):
        return "there is no directive for names known at run time"
    if request.get("absent_origin") == "refuse":
        return "there is no directive to refuse what has no Origin"
    if request.get("scheme"):
        return "the scheme is nginx's to know"
    if not re.fullmatch("[A-Z_-]+", method):
        return "nginx takes methods of upper-case letters alone"
    if method in ("CONNECT", "TRACE"):
        return "nginx answers CONNECT and TRACE itself"
    for name, value in request["fields"]:
        if not re.fullmatch("[A-Za-z0-9-]+", name):
            return "nginx drops fields of such names"
        if re.search("[\0\r\n]", text(value)):
            return "no field of HTTP/1.1 holds NUL, CR or LF"
        if text(value).strip(" ") != text(value):
            return "blanks around a value are no part of it in HTTP/1.1"
        if name.lower() == "transfer-encoding" or (name.lower() == "content-length" and text(value) != "0"):
            return "the request would have a body"
    hosts = [text(value) for name, value in request["fields"] if name.lower() == "host"]
    if kind != "request":
        if len(hosts) != 1:
            return "nginx answers 400 to a request without Host, or with two"
        if not re.fullmatch(r"[A-Za-z0-9._-]+(:[0-9]*)?|\[[0-9A-Fa-f:.]+\](:[0-9]*)?", hosts[0]) or ".." in hosts[0]:
            return "nginx answers 400 to such a Host itself"
    return None


def bag(fields):
    """The fields as they compare."""
    lines = collections.Counter()
    for name, value in fields:
        name, value = name.lower(), text(value)
        if name in SETS:
            value = frozenset(member.strip(" \t") for member in value.split(",")) - {""}
        lines[name, value] += 1
    return lines


class Vectors(Case):
    def test_all(self):
        cases, skipped = [], collections.Counter()
        for path in sorted(VECTORS.glob("*.json")):
            if path.name == "exceptions.json":
                continue
            for case in json.loads(path.read_text()):
                if "websocket" in case:
                    skipped["a handshake is asked about within screen"] += 1
                for kind in SWITCHES:
                    if kind in case:
                        reason = obstacle(kind, case)
                        if reason is None:
                            cases.append((kind, case))
                        else:
                            skipped[reason] += 1

        places = {}
        for kind, case in cases:
            places.setdefault((kind, directives(kind, case["policy"])), f"v{len(places)}.test")
        with Nginx(self.configuration(places), level="error") as nginx:
            for kind, case in cases:
                with self.subTest(id=case["id"]):
                    self.run_case(nginx, places[kind, directives(kind, case["policy"])], kind, case)

        ran = collections.Counter(kind for kind, _ in cases)
        print(f"\nvectors through nginx: {dict(ran)} of {len(places)} policies")
        for reason, count in skipped.most_common():
            print(f"  {count} did not run: {reason}")
        for kind, least in LEAST.items():
            self.assertGreaterEqual(ran[kind], least, kind)

    @staticmethod
    def configuration(places):
        http = "server_names_hash_max_size 8192;\nlarge_client_header_buffers 4 4m;\n"
        servers, locations = "", ""
        for (kind, policy), name in places.items():
            if kind == "request":
                servers += f"server {{ listen 127.0.0.1:@PORT@; server_name {name};\n{policy}\nreturn 200; }}\n"
            else:
                locations += f"location = /{name} {{\n{policy}\nreturn 200; }}\n"
        return http + f"server {{ listen 127.0.0.1:@PORT@ default_server;\n{locations}\n}}\n" + servers

    def run_case(self, nginx, name, kind, case):
        request, expect = case[kind], case["expect"]
        fields = [(name, text(value)) for name, value in request["fields"]]
        if kind == "request":
            fields = [("Host", name), *(field for field in fields if field[0].lower() != "host")]
        response = nginx.request(request.get("method", "GET"), f"/{name}", fields)
        got = [(name, value) for name, value in response.fields if name.lower().startswith(NAMES)]
        self.assertEqual(response.status, 200 if expect["status"] is None else expect["status"])
        self.assertEqual(bag(got), bag(expect.get("fields", [])))
