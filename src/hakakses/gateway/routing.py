"""From a path and a method to an operation: a route says everything of one, for the router and the document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from hakakses.core.problems import Problem
from hakakses.gateway.exchange import Handler, Reply, Request
from hakakses.gateway.parts import Parts

CASELESS = "/dukcapil/"  # programs in the field write what follows in any case


class Route(msgspec.Struct, frozen=True):
    """One operation.

    template: a path, of which {segments} may be open.  name: for programs, unique.
    success: what a 200 holds; str is plain text, all else JSON.  problems: those of the operation itself.
    body: what a request holds, None for nothing.  secured: needs a token.  others: status -> a refusal that
    is not problem details.  narrower: JSON Schema of what a 200 promises beyond its type.
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
    unlimited: bool = False


class Found(msgspec.Struct, frozen=True):
    """What stands at a path.  names: its open segments."""

    methods: dict[str, Handler]
    names: dict[str, str]


class Router:
    """The routes by path; each path also answers OPTIONS, and HEAD where it answers GET (RFC 9110 §9.3)."""

    def __init__(self, routes: Iterable[Route]) -> None:
        tables: dict[str, dict[str, Handler]] = {}
        unlimited: set[Handler] = set()
        for route in routes:
            if route.unlimited:
                unlimited.add(route.handler)
            methods = tables.setdefault(route.template, {})
            methods[route.method] = route.handler
            if route.method == "GET":
                methods["HEAD"] = route.handler
        for methods in tables.values():
            methods["OPTIONS"] = _options(", ".join((*methods, "OPTIONS")))
        self._plain = {
            template: Found(methods, {}) for template, methods in tables.items() if "{" not in template
        }
        self.unlimited = frozenset(unlimited)
        self._open = _Segments()
        for template, methods in tables.items():
            if "{" in template:
                self._open.add(template.split("/"), methods)

    def find(self, path: str) -> Found | None:
        """What is at a path; None where there is nothing."""
        if path[: len(CASELESS)].casefold() == CASELESS:
            path = path.casefold()
        return self._plain.get(path) or self._open.find(path.split("/"))


class _Segments:
    """Templates with {open} segments, as a tree of segments; a fixed segment goes before an open one."""

    def __init__(self) -> None:
        self._fixed: dict[str, _Segments] = {}
        self._any: dict[str, _Segments] = {}
        self._methods: dict[str, Handler] | None = None

    def add(self, segments: list[str], methods: dict[str, Handler]) -> None:
        if not segments:
            self._methods = methods
            return
        first, rest = segments[0], segments[1:]
        if first.startswith("{"):
            self._any.setdefault(first.strip("{}"), _Segments()).add(rest, methods)
        else:
            self._fixed.setdefault(first, _Segments()).add(rest, methods)

    def find(self, segments: list[str]) -> Found | None:
        if not segments:
            return None if self._methods is None else Found(self._methods, {})
        first, rest = segments[0], segments[1:]
        fixed = self._fixed.get(first)
        if fixed is not None and (found := fixed.find(rest)) is not None:
            return found
        for name, below in self._any.items():
            if first and (found := below.find(rest)) is not None:
                return Found(found.methods, {name: first, **found.names})
        return None


def _options(allowed: str) -> Handler:
    async def options(request: Request, parts: Parts) -> Reply:
        return Reply(204, [("allow", allowed)], b"")

    return options
