"""From a path and a method to an operation: a route says everything of one, for the router and the document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from hakakses.core.problems import Problem
from hakakses.gateway.exchange import Handler, Reply, Request
from hakakses.gateway.parts import Parts


class Route(msgspec.Struct, frozen=True):
    """One operation.

    template: a path, whose last segment may be a {parameter}.  name: for programs, unique.
    success: what a 200 holds; str is plain text, all else JSON.  problems: those of the operation itself.
    body: what a request holds, None for nothing.  secured: needs a token.  others: status -> a refusal that
    is not problem details.  narrower: JSON Schema of what a 200 promises beyond its type.
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


class Router:
    """The routes by path; each path also answers OPTIONS, and HEAD where it answers GET (RFC 9110 §9.3)."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._paths: dict[str, dict[str, Handler]] = {}
        self._prefixes: dict[str, dict[str, Handler]] = {}
        for route in routes:
            prefix, parameter, _ = route.template.partition("{")
            table = self._prefixes if parameter else self._paths
            methods = table.setdefault(prefix, {})
            methods[route.method] = route.handler
            if route.method == "GET":
                methods["HEAD"] = route.handler
        for methods in (*self._paths.values(), *self._prefixes.values()):
            methods["OPTIONS"] = _options(", ".join((*methods, "OPTIONS")))

    def methods(self, path: str) -> dict[str, Handler] | None:
        """Method -> handler at a path; None where there is nothing."""
        found = self._paths.get(path)
        if found is not None:
            return found
        head, slash, last = path.rpartition("/")
        return self._prefixes.get(head + slash) if last else None


def _options(allowed: str) -> Handler:
    async def options(request: Request, parts: Parts) -> Reply:
        return Reply(204, [("allow", allowed)], b"")

    return options
