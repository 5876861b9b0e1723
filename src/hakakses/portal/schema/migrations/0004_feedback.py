"""Feedback data, and what counts towards the duty to give it."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hakakses.portal.schema.statements import statements

FILES = ("0012_feedback",)


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("schema", "0003_client_keys")]
    operations: ClassVar[list[Operation]] = [migrations.RunSQL(statements(name)) for name in FILES]
