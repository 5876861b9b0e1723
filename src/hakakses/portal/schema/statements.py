"""The text of the schema's SQL files, for the migrations that run them."""

from __future__ import annotations

from importlib import resources


def statements(name: str) -> str:
    directory = resources.files("hakakses.store").joinpath("sql", "schema")
    return directory.joinpath(f"{name}.sql").read_text(encoding="utf-8")
