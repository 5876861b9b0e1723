"""From a path and a method to an operation: a route says everything of one, for the router and the document."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from hakakses.core.problems import Problem, Refused
from hakakses.gateway.exchange import Handler, Reply, Request, problem_reply
from hakakses.gateway.parts import Parts

CASELESS = ("/dukcapil/", "/databalikan/")  # programs in the field write these in any case


class Body(msgspec.Struct, frozen=True):
    """A body that the handler takes as it arrives.  most: bytes.  media: what it may be, for the document."""

    most: int
    media: tuple[str, ...]


class Route(msgspec.Struct, frozen=True):
    """One operation.

    template: a path, of which {segments} may be open.  name: for programs, unique.
    success: what a 200 holds; str is plain text, all else JSON.  problems: those of the operation itself.
    body: what a request holds, None for nothing.  secured: needs a token.  others: status -> a refusal that
    is not problem details.  narrower: JSON Schema of what a 200 promises beyond its type.
    refusal: how its door tells a refusal.
    upload: of a route that takes its body as it arrives instead of a read one.
    unlimited: answered however busy the worker is, and however long it takes.
    """

    method: str
    template: str
    name: str
    handler: Handler
    summary_id: str
    summary_en: str
    success: type
    problems: tuple[Problem, ...]
    body: type | None = None
    secured: bool = False
    others: dict[int, type] = {}
    narrower: dict[str, Any] = {}
    refusal: Callable[[Refused], Reply] = problem_reply
    upload: Body | None = None
    unlimited: bool = False


class Way(msgspec.Struct, frozen=True):
    """How a method at a path is answered.

    most_uploaded: bytes that the handler takes as they arrive; 0 for one that wants the body read.
    unlimited: as in Route.
    """

    handler: Handler
    most_uploaded: int = 0
    unlimited: bool = False


class Found(msgspec.Struct, frozen=True):
    """What stands at a path.  names: its open segments.  refusal: how the path's door tells one."""

    methods: dict[str, Way]
    names: dict[str, str]
    refusal: Callable[[Refused], Reply]


class _Place(msgspec.Struct):
    """All that one template offers."""

    methods: dict[str, Way]
    refusal: Callable[[Refused], Reply]


class Router:
    """The routes by path; each path also answers OPTIONS, and HEAD where it answers GET (RFC 9110 §9.3)."""

    def __init__(self, routes: Iterable[Route]) -> None:
        places: dict[str, _Place] = {}
        for route in routes:
            methods = places.setdefault(route.template, _Place({}, route.refusal)).methods
            way = Way(route.handler, route.upload.most if route.upload else 0, route.unlimited)
            methods[route.method] = way
            if route.method == "GET":
                methods["HEAD"] = way
        for place in places.values():
            place.methods["OPTIONS"] = Way(_options(", ".join((*place.methods, "OPTIONS"))))
        self._plain = {
            template: Found(place.methods, {}, place.refusal)
            for template, place in places.items()
            if "{" not in template
        }
        self._open = _Segments()
        for template, place in places.items():
            if "{" in template:
                self._open.add(template.split("/"), place)

    def find(self, path: str) -> Found | None:
        """What is at a path; None where there is nothing."""
        folded = path.casefold()
        if folded.startswith(CASELESS):
            path = folded.rstrip("/")
        return self._plain.get(path) or self._open.find(path.split("/"))


class _Segments:
    """Templates with {open} segments, as a tree of segments; a fixed segment goes before an open one."""

    def __init__(self) -> None:
        self._fixed: dict[str, _Segments] = {}
        self._any: dict[str, _Segments] = {}
        self._place: _Place | None = None

    def add(self, segments: list[str], place: _Place) -> None:
        if not segments:
            self._place = place
            return
        first, rest = segments[0], segments[1:]
        if first.startswith("{"):
            self._any.setdefault(first.strip("{}"), _Segments()).add(rest, place)
        else:
            self._fixed.setdefault(first, _Segments()).add(rest, place)

    def find(self, segments: list[str]) -> Found | None:
        if not segments:
            place = self._place
            return None if place is None else Found(place.methods, {}, place.refusal)
        first, rest = segments[0], segments[1:]
        fixed = self._fixed.get(first)
        if fixed is not None and (found := fixed.find(rest)) is not None:
            return found
        for name, below in self._any.items():
            if first and (found := below.find(rest)) is not None:
                return Found(found.methods, {name: first, **found.names}, found.refusal)
        return None


def _options(allowed: str) -> Handler:
    async def options(request: Request, parts: Parts) -> Reply:
        return Reply(204, [("allow", allowed)], b"")

    return options
