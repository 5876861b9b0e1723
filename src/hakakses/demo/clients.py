"""The demonstration's institutions: example agreements in force, and a credential for each."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import asyncpg
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import ECKey

from hakakses.core.agreements.agreement import read_agreement
from hakakses.core.agreements.compiler import compile_agreement
from hakakses.core.poc import rehearsed
from hakakses.core.rights.right import AccessRight
from hakakses.demo.demo_json import DemoClient
from hakakses.gateway.clients import hash_secret
from hakakses.gateway.dukcapil.profiles import profiles
from hakakses.store.poc import open_poc, pass_poc
from hakakses.store.private_files import write_private
from hakakses.store.rights import Registration, publish_right, put_client, put_operator

# One institution proves itself by a key, as all do outside a sandbox.
BY_KEY = "asuransi-contoh"
FIRST = ("bank-contoh", "rumah-sakit-contoh", "kepolisian-contoh", BY_KEY)

PASSED_BY = "peragaan / demonstration"
OPERATORS = ("petugas-1", "petugas-2", "petugas-3")


class SeedError(Exception):
    """An example agreement gives no right; the message names its file."""


def example_rights(directory: Path) -> list[AccessRight]:
    """The rights that the agreements of a directory give, the best known institutions first."""
    rights = [_right(path) for path in sorted(directory.glob("*.toml"))]
    if not rights:
        raise SeedError(f"no agreement in {directory}")
    order = {institution: place for place, institution in enumerate(FIRST)}
    return sorted(
        rights, key=lambda right: (order.get(right.institution.id, len(order)), right.institution.id)
    )


def _right(path: Path) -> AccessRight:
    agreement = read_agreement(path.read_text(encoding="utf-8"))
    right = agreement if isinstance(agreement, list) else compile_agreement(agreement, profiles())
    if isinstance(right, list):
        raise SeedError(f"{path}: {right[0].clause}: {right[0].sentence_id} / {right[0].sentence_en}")
    return right


async def seed(
    owner_dsn: str, schema: str, rights: Iterable[AccessRight], keys_dir: Path, kept: dict[str, str]
) -> list[DemoClient]:
    """Put the rights in force and let each institution call.  kept: client id -> secret given earlier."""
    connection = await asyncpg.connect(owner_dsn, server_settings={"search_path": schema})
    try:
        return [await _seed_one(connection, right, keys_dir, kept) for right in rights]
    finally:
        await connection.close()


async def seed_sandbox(
    owner_dsn: str, live: str, sandbox: str, rights: Iterable[AccessRight], kept: dict[str, str]
) -> list[DemoClient]:
    """Let the institutions of rights whose proof of concept is open call the sandbox, and nothing else.

    live, sandbox: schemas.  The live one learns of the agreement and its right, and holds its credentials locked.
    """
    connection = await asyncpg.connect(owner_dsn)
    try:
        clients = []
        for right in rights:
            await _into(connection, live)
            await publish_right(connection, right)
            await open_poc(connection, right.agreement)
            await _into(connection, sandbox)
            clients.append(await _seed_rehearsal(connection, rehearsed(right), kept))
        return clients
    finally:
        await connection.close()


async def _into(connection: Any, schema: str) -> None:
    await connection.execute("SELECT set_config('search_path', $1, false)", schema)


async def _seed_rehearsal(connection: Any, right: AccessRight, kept: dict[str, str]) -> DemoClient:
    client = f"{right.institution.id}-uji"  # the live credential will have the plain name
    secret = kept.get(client) or secrets.token_urlsafe(32)
    await publish_right(connection, right)
    await _put_operators(connection, right)
    proof = hash_secret(secret)
    await put_client(connection, Registration(client, right.agreement, right.networks, secret=proof))
    return _described(client, right, secret, None)


async def _put_operators(connection: Any, right: AccessRight) -> None:
    for number, operator in enumerate(OPERATORS, 1):
        await put_operator(connection, right.agreement, operator, f"Petugas Rekaan {number}")


async def _seed_one(connection: Any, right: AccessRight, keys_dir: Path, kept: dict[str, str]) -> DemoClient:
    client = right.institution.id
    await publish_right(connection, right)
    await pass_poc(connection, right.agreement, PASSED_BY)
    await _put_operators(connection, right)
    if client == BY_KEY:
        path = keys_dir / f"demo-{client}.pem"
        public = {"keys": [_public_key(path)]}
        await put_client(connection, _registration(right, public_keys=public))
        return _described(client, right, None, str(path))
    secret = kept.get(client) or secrets.token_urlsafe(32)
    await put_client(connection, _registration(right, secret=hash_secret(secret)))
    return _described(client, right, secret, None)


def _registration(right: AccessRight, **proof: Any) -> Registration:
    return Registration(right.institution.id, right.agreement, right.networks, **proof)


def _public_key(path: Path) -> dict[str, Any]:
    """The public half, as a JWK, of the private key in a file, made when there is none."""
    if not path.exists():
        made = ec.generate_private_key(ec.SECP256R1())
        text = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_private(path, text)
    return dict(ECKey.import_key(path.read_bytes()).as_dict(private=False))


def _described(client: str, right: AccessRight, secret: str | None, key_file: str | None) -> DemoClient:
    purposes = {
        code: {"verify": sorted(purpose.verify), "read": sorted(purpose.read)}
        for code, purpose in right.purposes.items()
    }
    first = next(iter(purposes))
    return DemoClient(
        id=client,
        institution=right.institution.name,
        agreement=right.agreement,
        secret=secret,
        key_file=key_file,
        purpose=first,
        modes=[mode for mode, granted in (("verify", right.verify), ("read", right.read)) if granted],
        elements=purposes[first]["verify"],
        callers=[kind.value for kind in right.callers],
        operators=list(OPERATORS),
        purposes=purposes,
    )
