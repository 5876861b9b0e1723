"""Register, rights and log: tables of the hot path, kept as SQL because no model reads them."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hakakses.portal.schema.statements import statements

FILES = ("0001_register", "0002_rights", "0003_ledger", "0004_append", "0009_roles")


class Migration(migrations.Migration):
    initial = True
    operations: ClassVar[list[Operation]] = [migrations.RunSQL(statements(name)) for name in FILES]
