"""Serves one FastAPI application for each case of a file, each with corsac around it, and prints the port."""

import json
import pathlib
import socket
import sys
from typing import Any

import uvicorn
from corsac import Policy
from corsac.asgi import CORSMiddleware
from fastapi import FastAPI, Response


def application(status: int, fields: list[list[str]], methods: list[str]) -> FastAPI:
    app = FastAPI()

    @app.api_route("/", methods=methods)
    def answer() -> Response:
        return Response("body", status, dict(fields))

    return app


def main() -> None:
    listed = json.loads(pathlib.Path(sys.argv[1]).read_text())
    apps = [
        CORSMiddleware(application(case["status"], listed["fields"], listed["methods"]), policy=Policy(**case["policy"]))
        for case in listed["cases"]
    ]

    async def dispatch(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            case = int(scope["path"].rsplit("/", 1)[1])
            await apps[case]({**scope, "path": "/", "raw_path": b"/"}, receive, send)

    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    # h11 takes every method; the faster parser knows a list.
    config = uvicorn.Config(dispatch, http="h11", lifespan="off", log_level="warning")
    uvicorn.Server(config).run([listener])


main()
