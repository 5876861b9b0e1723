"""Register, rights and log: tables of the hot path, kept as SQL because no model reads them."""

from __future__ import annotations

from importlib import resources
from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

FILES = ("0001_register", "0002_rights", "0003_ledger", "0004_append", "0009_roles")


def _statements(name: str) -> str:
    directory = resources.files("hakakses.store").joinpath("sql", "schema")
    return directory.joinpath(f"{name}.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    initial = True
    operations: ClassVar[list[Operation]] = [migrations.RunSQL(_statements(name)) for name in FILES]
