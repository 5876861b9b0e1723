"""The demonstration's accounts in the Dukcapil wire format, one for each agreement that opens that door."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping

import asyncpg

from hakakses.core.rights.right import AccessRight
from hakakses.demo.demo_json import DemoService
from hakakses.gateway.dukcapil.door import PREFIX
from hakakses.gateway.dukcapil.passwords import hash_password
from hakakses.store.rights import Account, Registration, put_client

IP_USER, DECLARED = "10.10.1.20", ("10.10.0.0/16",)
_PASSWORD_BYTES = 6  # as short as the field issues them


async def seed_accounts(
    owner_dsn: str, schema: str, rights: Iterable[AccessRight], base_url: str, kept: Mapping[str, str]
) -> list[DemoService]:
    """Register the accounts.  kept: user id -> password given earlier."""
    connection = await asyncpg.connect(owner_dsn, server_settings={"search_path": schema})
    try:
        described: list[DemoService] = []
        for right in rights:
            if right.dukcapil is None:
                continue
            user_id = f"20260101080000{right.institution.id.upper()}1"
            password = kept.get(user_id) or secrets.token_urlsafe(_PASSWORD_BYTES)
            account = Account(user_id, hash_password(password), DECLARED)
            client = f"{right.institution.id}-dukcapil"
            await put_client(
                connection, Registration(client, right.agreement, right.networks, account=account)
            )
            described += _described(right, base_url, user_id, password)
        return described
    finally:
        await connection.close()


def _described(right: AccessRight, base_url: str, user_id: str, password: str) -> Iterator[DemoService]:
    assert right.dukcapil is not None
    for path, service in right.dukcapil.services.items():
        yield DemoService(
            profile=service.profile,
            service=path.rpartition("/")[2],
            url=f"{base_url}{PREFIX}{path}",
            user_id=user_id,
            password=password,
            ip_user=IP_USER,
            elements=list(right.sets[service.set].elements),
        )
