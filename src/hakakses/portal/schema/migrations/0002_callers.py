"""Credentials bound to addresses, operators, and the log's writer that counts them."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hakakses.portal.schema.statements import statements

FILES = ("0010_callers", "0004_append")


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("schema", "0001_ground")]
    operations: ClassVar[list[Operation]] = [migrations.RunSQL(statements(name)) for name in FILES]
