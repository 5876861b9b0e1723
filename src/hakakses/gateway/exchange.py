"""One HTTP request with its body read, and the reply to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]

from hakakses.core import problems
from hakakses.core.problems import Refused
from hakakses.core.rights.decision import ZONE
from hakakses.gateway.native import MOST_BODY
from hakakses.gateway.parts import Parts
from hakakses.gateway.problem_json import details, extra_headers, status_of
from hakakses.gateway.proxies import Proxies
from hakakses.gateway.uploads import MOST_DRAINED, Upload

_DIGITS = len(str(MOST_DRAINED))
_JSON = ("content-type", "application/json")
_PROBLEM = ("content-type", "application/problem+json")
_NO_STORE = ("cache-control", "no-store")
_encode = msgspec.json.Encoder().encode


class Reply(msgspec.Struct, frozen=True):
    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Request(msgspec.Struct, frozen=True):
    """One request with its body read.

    body is None when it was larger than allowed, and where the route takes it as an upload.
    query: undecoded, without its question mark.
    names: the path's segments that its route leaves open, by name, as they stand.
    address: the client's own, also where a trusted proxy stands between.
    certificate: what a trusted proxy says that the client proved to own, as escaped PEM; "" for none.
    """

    method: str
    path: str
    query: str
    headers: Any
    address: str
    body: bytes | None
    names: dict[str, str] = {}
    certificate: str = ""
    upload: Upload | None = None


Handler = Callable[[Request, Parts], Awaitable[Reply]]


def json_reply(value: object, status: int = 200) -> Reply:
    return Reply(status, [_JSON, _NO_STORE], _encode(value))


def problem_reply(refused: Refused) -> Reply:
    problem = refused.problem
    headers = [_PROBLEM, _NO_STORE, *extra_headers(refused, dt.datetime.now(ZONE))]
    return Reply(status_of(problem), headers, _encode(details(refused)))


def not_allowed(allowed: str, refusal: Callable[[Refused], Reply]) -> Reply:
    """The refusal of a method at a path that has others."""
    reply = refusal(Refused(problems.METHOD_NOT_ALLOWED))
    return Reply(reply.status, [*reply.headers, ("allow", allowed)], reply.body)


async def read_request(scope: Any, protocol: Any, proxies: Proxies | None) -> Request:
    return _request(scope, proxies, await _read_body(scope, protocol))


def uploading_request(scope: Any, proxies: Proxies | None, upload: Upload) -> Request:
    """A request whose body its handler reads as it arrives."""
    return _request(scope, proxies, None, upload)


def _request(
    scope: Any, proxies: Proxies | None, body: bytes | None, upload: Upload | None = None
) -> Request:
    peer, headers = _address(scope.client), scope.headers
    seen = None if proxies is None else proxies.seen(peer, headers)
    address, certificate = (peer, "") if seen is None else (seen.address, seen.certificate)
    return Request(
        scope.method,
        scope.path,
        scope.query_string,
        headers,
        address,
        body,
        certificate=certificate,
        upload=upload,
    )


async def _read_body(scope: Any, protocol: Any) -> bytes | None:
    """The body, or None when larger than MOST_BODY; what is too large is not kept.

    A body that ends before its declared length was cut off; nothing of it is an ask.
    """
    if scope.method in ("GET", "HEAD"):
        return b""
    declared = scope.headers.get("content-length")
    if (
        declared is not None
        and len(declared) < _DIGITS
        and declared.isdecimal()
        and int(declared) <= MOST_BODY
    ):
        try:
            body: bytes = await protocol()
        except ProtocolClosed:  # cut off
            return b""
        return body if len(body) == int(declared) else b""
    return await _read_in_pieces(protocol, declared)


async def _read_in_pieces(protocol: Any, declared: str | None) -> bytes | None:
    kept, seen = bytearray(), 0
    async for chunk in protocol:
        seen += len(chunk)
        if seen <= MOST_BODY:
            kept += chunk
        elif seen > MOST_DRAINED:
            break
    if seen > MOST_BODY:
        return None
    return b"" if declared is not None and declared != str(seen) else bytes(kept)


def _address(peer: str) -> str:
    return peer.rpartition(":")[0].strip("[]")
