"""hakakses setup: keys, database and schemas; safe to repeat."""

from __future__ import annotations

import asyncio

import msgspec
import typer

from hakakses.portal.project.migrate import migrate
from hakakses.settings import Settings, load_settings
from hakakses.store import embedded, keys
from hakakses.store.keys import KeyName
from hakakses.store.logins import open_logins

# The checkpoint's key is the sealer's own and never lies beside the others.
REGISTER_KEYS = tuple(name for name in KeyName if name is not KeyName.CHECKPOINT)


class Prepared(msgspec.Struct, frozen=True):
    """What stands ready.  cluster: the private one, if ours.  owner: its DSN.  logins: role -> DSN."""

    cluster: embedded.Cluster | None
    owner: str
    logins: dict[str, str]


def prepare(settings: Settings) -> Prepared:
    """Make what is missing: private cluster, logins, and of each tenant keystore and schema."""
    settings.keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    cluster = None if settings.dsn else embedded.ensure(settings)
    owner = settings.dsn if cluster is None else cluster.dsn
    for tenant in settings.tenants:
        if not tenant.keystore.exists():
            keys.create(tenant.keystore, REGISTER_KEYS)
        keys.complete(tenant.keystore)
        migrate(owner, tenant.schema, tenant.kind)
    return Prepared(cluster, owner, asyncio.run(open_logins(owner, settings.keys_dir)))


def command() -> None:
    """Make keys, database and schemas where they are missing; the database's owner runs this."""
    settings = load_settings()
    prepare(settings)
    typer.echo(f"siap / ready: {settings.home}")
