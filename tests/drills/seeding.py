"""One resident, and sandbox clients each under a right of its own, in a migrated database."""

from __future__ import annotations

import datetime as dt

import asyncpg
import msgspec
from tests.builders import a_resident
from tests.registering import date_register, put_residents

from hakakses.core.rights.right import AccessRight
from hakakses.gateway.clients import hash_secret
from hakakses.settings import Settings
from hakakses.store import keys
from hakakses.store.cipher import RegisterCipher
from hakakses.store.poc import pass_poc
from hakakses.store.rights import Registration, publish_right, put_client

SECRET = "a-secret-made-for-this-drill"
AS_OF = dt.date(2026, 6, 30)


async def seed(owner_dsn: str, settings: Settings, rights: dict[str, AccessRight]) -> None:
    cipher = RegisterCipher(keys.load(settings.keys_dir / "register.json"))
    owner = await asyncpg.connect(owner_dsn, server_settings={"search_path": settings.schema})
    await put_residents(owner, cipher, [a_resident()], AS_OF)
    await date_register(owner, AS_OF)
    for client, right in rights.items():
        await publish_right(owner, msgspec.structs.replace(right, valid_until=AS_OF.replace(year=2099)))
        await pass_poc(owner, right.agreement, "penguji")
        await put_client(
            owner, Registration(client, right.agreement, right.networks, secret=hash_secret(SECRET))
        )
    await owner.close()
