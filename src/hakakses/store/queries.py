"""Named SQL: each query lives in store/sql/*.sql under a line ``-- name: x``."""

from __future__ import annotations

from importlib import resources

_MARK = "-- name: "


def load_queries(name: str) -> dict[str, str]:
    """The queries of one file of store/sql by their names."""
    text = resources.files("hakakses.store").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    blocks = text.split(_MARK)[1:]
    return {title.strip(): body.strip() for title, _, body in (block.partition("\n") for block in blocks)}
