#!/usr/bin/env python3
"""What the module costs: instructions per request, counted by callgrind, beside the usual map + if + add_header recipe.

    cost.py --module ngx_http_corsac_module.so [--nginx nginx]

Each figure is the difference of two runs of different lengths, divided by the difference: starting and stopping cancel.
Instructions do not depend on the machine's mood. "recipe" is what is usually written, with a regular expression;
"by hand" sends exactly what the module sends, from full texts. Without CORS, nginx answers an OPTIONS request for a
file with 405, so that a preflight's answer can cost less than none.

Exits with 1 where the module adds more than --bar of what the recipe adds, or where an answer is not what it should be.
"""

import argparse
import json
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

SHORT, LONG = 50, 550

ORIGIN = "https://app.example.com"

# As Chromium sends it for fetch().
BROWSER = f"""Host: api.example.com
Connection: keep-alive
sec-ch-ua-platform: "Linux"
User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36
sec-ch-ua: "Chromium";v="130", "Not?A_Brand";v="99"
sec-ch-ua-mobile: ?0
Accept: */*
Origin: {ORIGIN}
Sec-Fetch-Site: cross-site
Sec-Fetch-Mode: cors
Sec-Fetch-Dest: empty
Referer: https://app.example.com/
Accept-Encoding: gzip, deflate, br, zstd
Accept-Language: en-US,en;q=0.9
"""

PREFLIGHT = f"""Host: api.example.com
Connection: keep-alive
Accept: */*
Access-Control-Request-Method: PUT
Access-Control-Request-Headers: authorization,content-type
Origin: {ORIGIN}
User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36
Sec-Fetch-Mode: cors
Sec-Fetch-Site: cross-site
Sec-Fetch-Dest: empty
Referer: https://app.example.com/
Accept-Encoding: gzip, deflate, br, zstd
Accept-Language: en-US,en;q=0.9
"""


def message(method, fields):
    return f"{method} /index.html HTTP/1.1\n{fields}\n".replace("\n", "\r\n").encode()


REQUESTS = {
    "GET": message("GET", BROWSER),
    "GET without Origin": message("GET", BROWSER.replace(f"Origin: {ORIGIN}\n", "")),
    "preflight": message("OPTIONS", PREFLIGHT),
}

MODULE = """
    cors_allow_origins https://app.example.com https://admin.example.com https://www.example.com;
    cors_allow_methods PUT DELETE;
    cors_allow_headers authorization content-type;
    cors_allow_credentials on;
    cors_max_age 600;
"""

# As it is usually written: a regular expression in a map.
MAP = """
    map $http_origin $cors_origin {
        default "";
        "~^https://(app|admin|www)\\.example\\.com$" $http_origin;
    }
"""

# By hand: full texts, which are cheaper to look up.
EXACT_MAP = """
    map $http_origin $cors_origin {
        default "";
        "https://app.example.com" $http_origin;
        "https://admin.example.com" $http_origin;
        "https://www.example.com" $http_origin;
    }
"""

CREDENTIALS_MAP = """
    map $cors_origin $cors_credentials {
        default "true";
        "" "";
    }
"""

ORIGIN_FIELDS = """
        add_header Access-Control-Allow-Origin $cors_origin always;
        add_header Access-Control-Allow-Credentials $cors_credentials always;
        add_header Vary Origin always;
"""

PREFLIGHT_FIELDS = """
        add_header Access-Control-Allow-Methods "PUT,DELETE" always;
        add_header Access-Control-Allow-Headers "authorization,content-type" always;
"""

# As it is usually written: every field on every response.
RECIPE = f"""
    if ($request_method = OPTIONS) {{
        {ORIGIN_FIELDS} {PREFLIGHT_FIELDS}
        add_header Access-Control-Max-Age 600 always;
        return 204;
    }}
    {ORIGIN_FIELDS} {PREFLIGHT_FIELDS}
"""

# By hand, to the fields that the module sends.
TRIMMED = f"""
    if ($request_method = OPTIONS) {{
        {ORIGIN_FIELDS} {PREFLIGHT_FIELDS}
        add_header Access-Control-Max-Age 600 always;
        return 204;
    }}
    {ORIGIN_FIELDS}
"""

# Whether the module is loaded, what stands in http, what in the location, and whether CORS is answered.
SETUPS = {
    "no module": (False, "", "", False),
    "loaded, off": (True, "", "", False),
    "on, three origins": (True, "", "cors on;" + MODULE, True),
    "recipe": (False, MAP + CREDENTIALS_MAP, RECIPE, True),
    "recipe, by hand": (False, EXACT_MAP + CREDENTIALS_MAP, TRIMMED, True),
}

CONFIGURATION = """
{load}
daemon off;
master_process off;
error_log {prefix}/error.log warn;
pid {prefix}/nginx.pid;
events {{ worker_connections 64; }}
http {{
    access_log off;
    keepalive_requests 1000000;
    {temporary}
    types {{ text/html html; }}
    {http}
    server {{
        listen 127.0.0.1:{port};
        root {prefix}/www;
        location / {{
            {location}
        }}
    }}
}}
"""

TEMPORARY = "\n    ".join(
    f"{name}_temp_path {{prefix}}/temp;" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def connect(port, process):
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=60)
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise SystemExit("nginx did not start under valgrind")


def read_response(reader):
    head = []
    while (line := reader.readline()) not in (b"\r\n", b""):
        head.append(line.decode().rstrip())
    length = next((int(field[15:]) for field in head if field.lower().startswith("content-length:")), 0)
    reader.read(length)
    return head


def check(head, name, answered):
    """The figures mean nothing where the answers are wrong."""
    fields = {field.split(": ", 1)[0].lower(): field.split(": ", 1)[1] for field in head[1:]}
    allowed = ORIGIN if answered and "without" not in name else None
    if fields.get("access-control-allow-origin") != allowed:
        raise SystemExit(f"{name}: a wrong answer: {head}")
    if name == "preflight" and answered and "204" not in head[0]:
        raise SystemExit(f"{name}: a wrong answer: {head}")


def instructions(options, setup, name, count):
    """How many instructions nginx takes to start, to answer this many requests, and to stop."""
    loaded, http, location, answered = SETUPS[setup]
    prefix = pathlib.Path(tempfile.mkdtemp(prefix="corsac-cost-"))
    try:
        (prefix / "www").mkdir()
        (prefix / "www/index.html").write_text("hello\n")
        port = free_port()
        (prefix / "nginx.conf").write_text(
            CONFIGURATION.format(
                load=f"load_module {options.module.resolve()};" if loaded else "",
                prefix=prefix,
                port=port,
                http=http,
                location=location,
                temporary=TEMPORARY.format(prefix=prefix),
            )
        )
        process = subprocess.Popen(
            [
                "valgrind",
                "--tool=callgrind",
                f"--callgrind-out-file={prefix}/callgrind.out",
                f"--log-file={prefix}/valgrind.log",
                options.nginx,
                "-p",
                prefix,
                "-c",
                prefix / "nginx.conf",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with connect(port, process) as connection:
                reader = connection.makefile("rb")
                for _ in range(count):
                    connection.sendall(REQUESTS[name])
                    check(read_response(reader), name, answered)
        finally:
            process.terminate()
            process.wait(60)
        return int(re.search(r"Collected : (\d+)", (prefix / "valgrind.log").read_text()).group(1))
    finally:
        if options.keep:
            print(prefix, setup, name, count)
        else:
            shutil.rmtree(prefix)


def version(options):
    said = subprocess.run([options.nginx, "-v"], capture_output=True, text=True, check=True).stderr
    return said.strip().rpartition(": ")[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--module", type=pathlib.Path, required=True)
    parser.add_argument("--nginx", default=shutil.which("nginx") or "/usr/sbin/nginx")
    parser.add_argument("--bar", type=float, default=0.25, help="the most that module / recipe may be")
    parser.add_argument("--runs", type=int, default=1, metavar="N", help="count N times (default: 1); medians are shown")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write all counts into this file")
    parser.add_argument("--keep", action="store_true", help="keep what callgrind wrote, and say where")
    options = parser.parse_args()

    missed, rows = [], []
    print(f"{'instructions per request':24}" + "".join(f"{setup:>24}" for setup in SETUPS) + f"{'module / recipe':>24}")
    for name in REQUESTS:
        samples = {setup: [] for setup in SETUPS}
        for _ in range(options.runs):
            for setup in SETUPS:
                short, long = (instructions(options, setup, name, count) for count in (SHORT, LONG))
                samples[setup].append((long - short) / (LONG - SHORT))
        rows.append({"name": f"nginx/{name}", "samples": samples})
        cost = {setup: statistics.median(counts) for setup, counts in samples.items()}
        base = cost["no module"]
        # Of each run by itself, as the report has it.
        counts = zip(samples["no module"], samples["on, three origins"], samples["recipe"])
        ratio = statistics.median((module - bare) / (recipe - bare) for bare, module, recipe in counts)
        print(
            f"{name:24}"
            + "".join(f"{cost[setup]:>15,.0f} {cost[setup] - base:>+8,.0f}" for setup in SETUPS)
            + f"{ratio:>24.3f}"
        )
        if ratio > options.bar:
            missed.append(name)
    if options.json:
        options.json.write_text(json.dumps({"about": version(options), "rows": rows}))
    if missed:
        print(f"over {options.bar} of the recipe: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
