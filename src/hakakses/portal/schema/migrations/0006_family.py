"""The family card in the register, as a tag."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hakakses.portal.schema.statements import statements


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("schema", "0005_poc")]
    operations: ClassVar[list[Operation]] = [migrations.RunSQL(statements("0014_family"))]
