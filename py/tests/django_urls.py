"""The views of `test_django.py`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import path


def hello(request: HttpRequest, rest: str = "") -> HttpResponse:
    return HttpResponse(b"hello")


async def later(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"later")


def raises(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("the view's")


def forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def own(request: HttpRequest) -> HttpResponse:
    headers = {"Access-Control-Allow-Origin": "own", "access-control-max-age": "5", "Vary": "Accept, Cookie"}
    return HttpResponse(headers=headers)


def streams(request: HttpRequest) -> Any:
    return StreamingHttpResponse([b"a", b"b"])


urlpatterns = [
    path("", hello),
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
