"""Who may speak for an institution, as an administrator changes it: clients with their keys, and operators.

Each change is one transaction, and reaches every worker by the directory's notice.
"""

from __future__ import annotations

from typing import Any

import msgspec

from hakakses.core.thumbprints import thumbprint
from hakakses.store.queries import load_queries
from hakakses.store.rights import Bound, Registration, key_ids, put_client, set_client_active

MOST_KEYS = 2
_SQL = load_queries("registrations")


class Declined(Exception):
    """A change that is not made.  code: for programs; then why, in Indonesian and in English."""

    def __init__(self, code: str, sentence_id: str, sentence_en: str) -> None:
        super().__init__(f"{sentence_id} / {sentence_en}")
        self.code, self.sentence_id, self.sentence_en = code, sentence_id, sentence_en


def _unknown_agreement() -> Declined:
    return Declined("unknown_agreement", "Perjanjian ini tidak punya hak.", "This agreement has no right.")


def _unknown_client() -> Declined:
    return Declined("unknown_client", "Klien ini tidak terdaftar.", "This client is not registered.")


class ListedClient(msgspec.Struct, frozen=True):
    id: str
    agreement: str
    active: bool
    sandbox: bool
    callers: list[str]
    networks: list[str]
    bound: Bound | None
    keys: list[str]


class ListedOperator(msgspec.Struct, frozen=True):
    agreement: str
    id: str
    name: str
    active: bool


async def register_client(connection: Any, client: Registration) -> None:
    """Register a client that is not there yet, under an agreement that has a right."""
    async with connection.transaction():
        if not await connection.fetchval(_SQL["find_agreement"], client.agreement):
            raise _unknown_agreement()
        if await connection.fetchrow(_SQL["lock_client"], client.id) is not None:
            raise Declined(
                "client_exists", "Klien ini sudah terdaftar.", "This client is registered already."
            )
        account = client.account
        if account is not None and await connection.fetchval(_SQL["find_account"], account.user_id):
            raise Declined(
                "account_exists", "USER_ID ini sudah terdaftar.", "This USER_ID is registered already."
            )
        await put_client(connection, client)


async def rotate_password(connection: Any, user_id: str, password: str) -> None:
    """Give an account of the Dukcapil wire format another password.  password: its slow hash."""
    if await connection.fetchval(_SQL["rotate_password"], user_id, password) is None:
        raise Declined("unknown_account", "USER_ID ini tidak terdaftar.", "This USER_ID is not registered.")


async def add_key(connection: Any, client_id: str, jwk: dict[str, Any]) -> str:
    """Give a client its second key; returns the key's name."""
    name = thumbprint(jwk)
    async with connection.transaction():
        keys, retired = await _locked(connection, client_id)
        if name in retired:
            raise Declined(
                "key_retired",
                "Kunci ini sudah dicabut dan tidak diterima lagi.",
                "This key was retired and is not taken again.",
            )
        if name in key_ids(keys):
            raise Declined("key_exists", "Kunci ini sudah terdaftar.", "This key is registered already.")
        if len(keys) >= MOST_KEYS:
            raise Declined(
                "two_keys_already",
                "Klien ini sudah punya dua kunci; cabut satu dahulu.",
                "This client has two keys; retire one first.",
            )
        await _set_keys(connection, client_id, [*keys, jwk], retired)
    return name


async def retire_key(connection: Any, client_id: str, name: str) -> None:
    """Take a key away; the tokens that it proved end with it, those of the other key live on."""
    async with connection.transaction():
        keys, retired = await _locked(connection, client_id)
        left = [key for key in keys if name not in key_ids([key])]
        if len(left) == len(keys):
            raise Declined(
                "unknown_key", "Klien ini tidak punya kunci tersebut.", "The client does not have this key."
            )
        if not left:
            raise Declined(
                "last_key",
                "Ini kunci terakhirnya; tambahkan kunci lain atau nonaktifkan kliennya.",
                "This is its last key; add another, or disable the client.",
            )
        await _set_keys(connection, client_id, left, [*retired, name])


async def _locked(connection: Any, client_id: str) -> tuple[list[dict[str, Any]], list[str]]:
    row = await connection.fetchrow(_SQL["lock_client"], client_id)
    if row is None:
        raise _unknown_client()
    if row["public_keys"] is None:
        raise Declined(
            "client_without_keys",
            "Klien ini tidak memakai kunci.",
            "This client does not prove itself by a key.",
        )
    return msgspec.json.decode(row["public_keys"])["keys"], list(row["retired"])


async def _set_keys(connection: Any, client_id: str, keys: list[dict[str, Any]], retired: list[str]) -> None:
    text = msgspec.json.encode({"keys": keys}).decode()
    await connection.execute(_SQL["set_keys"], client_id, text, retired)


async def switch_client(connection: Any, client_id: str, *, active: bool) -> None:
    """Let a client call, or not; either way its tokens end."""
    async with connection.transaction():
        if await connection.fetchrow(_SQL["lock_client"], client_id) is None:
            raise _unknown_client()
        await set_client_active(connection, client_id, active=active)


async def list_clients(connection: Any) -> list[ListedClient]:
    return [_listed(row) for row in await connection.fetch(_SQL["list_clients"])]


def _listed(row: Any) -> ListedClient:
    keys = msgspec.json.decode(row["public_keys"])["keys"] if row["public_keys"] else []
    return ListedClient(
        id=row["id"],
        agreement=row["agreement"],
        active=row["active"],
        sandbox=row["sandbox"],
        callers=list(row["callers"]),
        networks=list(row["networks"]),
        bound=None if row["bound"] is None else Bound(row["bound"]),
        keys=list(key_ids(keys)),
    )


async def add_operator(connection: Any, agreement: str, operator: str, name: str) -> None:
    async with connection.transaction():
        if not await connection.fetchval(_SQL["find_agreement"], agreement):
            raise _unknown_agreement()
        if await connection.fetchval(_SQL["add_operator"], agreement, operator, name) is None:
            raise Declined(
                "operator_exists", "Operator ini sudah terdaftar.", "This operator is registered already."
            )


async def switch_operator(connection: Any, agreement: str, operator: str, *, active: bool) -> None:
    if await connection.fetchval(_SQL["switch_operator"], agreement, operator, active) is None:
        raise Declined(
            "unknown_operator", "Operator ini tidak terdaftar.", "This operator is not registered."
        )


async def list_operators(connection: Any, agreement: str) -> list[ListedOperator]:
    """agreement: "" for all."""
    rows = await connection.fetch(_SQL["list_operators"], agreement)
    return [msgspec.convert(dict(row), ListedOperator) for row in rows]
