"""The addresses of the Dukcapil wire format; what stands behind each is named by an agreement."""

from __future__ import annotations

from hakakses.gateway.dukcapil.door import answer
from hakakses.gateway.routing import Route

_PATHS = {
    "askService": "/dukcapil/get_json/{institution}/{service}",
    "askRegionalService": "/dukcapil/get_json/{region}/{institution}/{service}",
}
ROUTES = tuple(
    Route("POST", path, name, answer, "Tanya layanan Dukcapil", "Ask a Dukcapil service", dict, ())
    for name, path in _PATHS.items()
)
