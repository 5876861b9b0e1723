"""The sandbox's calls, the proofs they make, and the lock on credentials until a proof is passed."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hakakses.portal.schema.statements import statements

FILES = ("0013_poc",)


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("schema", "0004_feedback")]
    operations: ClassVar[list[Operation]] = [migrations.RunSQL(statements(name)) for name in FILES]
