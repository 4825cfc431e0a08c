"""The views of `test_django.py`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import path


#: The requests that came to `counted`.
reached: list[str | None] = []


def counted(request: HttpRequest) -> HttpResponse:
    reached.append(request.method)
    return HttpResponse(b"counted")


def hello(request: HttpRequest, rest: str = "") -> HttpResponse:
    return HttpResponse(b"hello")


async def later(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"later")


def raises(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("the view's")


def forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


OWN = (
    "Access-Control-Allow-Origin",
    "access-control-allow-credentials",
    "Access-Control-Allow-Methods",
    "ACCESS-CONTROL-ALLOW-HEADERS",
    "Access-Control-Max-Age",
    "Access-Control-Allow-Private-Network",
    "Access-Control-Expose-Headers",
    "Timing-Allow-Origin",
)


def own(request: HttpRequest) -> HttpResponse:
    return HttpResponse(headers={name: "own" for name in OWN})


def streams(request: HttpRequest) -> Any:
    return StreamingHttpResponse([b"a", b"b"])


urlpatterns = [
    path("", hello),
    path("counted", counted),
    path("ü/<path:rest>", hello),
    path("later", later),
    path("raises", raises),
    path("forbidden", forbidden),
    path("redirects", lambda request: HttpResponseRedirect("/")),
    path("slash/", hello),
    path("streams", streams),
    path("own", own),
    path("vary", lambda request: HttpResponse(headers={"Vary": request.META["QUERY_STRING"].replace("%20", " ")})),
]
