"""The one migration history, run from code: Django owns it, the heavy tables are plain SQL files."""

from __future__ import annotations

import django
import psycopg
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from hakakses.settings import TenantKind


def migrate(dsn: str, schema: str, kind: TenantKind = TenantKind.LIVE) -> None:
    """Bring a tenant's schema up to date.  dsn: of a login that may create schemas and roles."""
    with psycopg.connect(dsn) as connection:
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
    _configure(dsn, schema)
    call_command("migrate", verbosity=0, interactive=False)
    connections.close_all()
    with psycopg.connect(dsn) as connection:
        tenant = sql.SQL("UPDATE {}.tenant SET kind = {kind} WHERE kind <> {kind}")
        connection.execute(tenant.format(sql.Identifier(schema), kind=sql.Literal(kind.value)))


def _configure(dsn: str, schema: str) -> None:
    parts = conninfo_to_dict(dsn)
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "postgres"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": {**parts, "options": f"-c search_path={schema}"},
    }
    if not django_settings.configured:
        django_settings.configure(
            INSTALLED_APPS=["hakakses.portal.schema"],
            USE_TZ=True,
            DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        )
        django.setup()
    # A second tenant, or another database, in one process: Django keeps the connection it made first.
    connections.close_all()
    connections.settings = connections.configure_settings({DEFAULT_DB_ALIAS: database})
    connections[DEFAULT_DB_ALIAS] = connections.create_connection(DEFAULT_DB_ALIAS)
