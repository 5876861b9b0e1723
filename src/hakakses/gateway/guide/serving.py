"""Serves the guide: everything is known and compressed before the first request, and nothing calls outside."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterator
from functools import cache

import msgspec

from hakakses.gateway.exchange import Reply, Request
from hakakses.gateway.guide.pages import FOLDER, LANGUAGES, page
from hakakses.gateway.parts import Parts
from hakakses.gateway.routing import Route

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# Swagger UI writes style attributes and carries its icons as data.
_TRY_POLICY = _POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'").replace(
    "img-src 'self'", "img-src 'self' data:"
)
_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))", re.IGNORECASE)
_PAGE = "text/html; charset=utf-8"
# Path below /docs/, media type.  What stands compressed in the folder is served so.
_FILES = {
    "guide.css": "text/css; charset=utf-8",
    "guide.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "try.css": "text/css; charset=utf-8",
    "try.js": "text/javascript; charset=utf-8",
    "swagger-ui/swagger-ui.css.gz": "text/css; charset=utf-8",
    "swagger-ui/swagger-ui-bundle.js.gz": "text/javascript; charset=utf-8",
    "swagger-ui/LICENSE.txt": "text/plain; charset=utf-8",
}


class Document(msgspec.Struct, frozen=True):
    """What stands at one path, as it is and compressed.  tag: changes when it does."""

    media: str
    policy: str
    plain: bytes
    packed: bytes
    tag: str


def _document(media: str, plain: bytes, policy: str = _POLICY, packed: bytes = b"") -> Document:
    tag = hashlib.sha256(plain).hexdigest()[:32]
    return Document(media, policy, plain, packed or gzip.compress(plain, 9, mtime=0), tag)


@cache
def documents() -> dict[str, Document]:
    """Path -> what stands there."""
    return {**dict(_pages()), **dict(_files())}


def _pages() -> Iterator[tuple[str, Document]]:
    for language in LANGUAGES:
        for name, path in language.paths.items():
            policy = _TRY_POLICY if name == "try" else _POLICY
            made = _document(_PAGE, page(name, language).encode(), policy)
            yield path, made
            yield path.rstrip("/"), made


def _files() -> Iterator[tuple[str, Document]]:
    for name, media in _FILES.items():
        held = (FOLDER / "static" / name).read_bytes()
        served = f"/docs/{name.rpartition('/')[2].removesuffix('.gz')}"
        if name.endswith(".gz"):
            yield served, _document(media, gzip.decompress(held), packed=held)
        else:
            yield served, _document(media, held)


async def _serve(request: Request, parts: Parts) -> Reply:
    found = documents()[request.path]
    packs = _GZIP.search(request.headers.get("accept-encoding") or "") is not None
    tag = f'"{found.tag}{"-gz" if packs else ""}"'
    headers = [
        ("content-type", found.media),
        ("cache-control", "no-cache"),  # kept, but asked for again: a tag that is the same costs no body
        ("etag", tag),
        ("vary", "accept-encoding"),
        ("content-security-policy", found.policy),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
    ]
    if tag in (request.headers.get("if-none-match") or ""):
        return Reply(304, headers, b"")
    if not packs:
        return Reply(200, headers, found.plain)
    return Reply(200, [*headers, ("content-encoding", "gzip")], found.packed)


# Not in the OpenAPI document: they are for people.
ROUTES = tuple(
    Route("GET", path, path, _serve, "Panduan", "The guide", str, (), unlimited=True) for path in documents()
)
