"""Each process logs in to PostgreSQL as its own role, so that a captured gateway cannot rewrite what it logged."""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from hakakses.store.line import GATEWAY, PUBLISHER, SEALER
from hakakses.store.private_files import write_private

ROLES = (GATEWAY, SEALER, PUBLISHER)


async def open_logins(owner_dsn: str, keys_dir: Path) -> dict[str, str]:
    """Let the roles of the migrated schema log in, with passwords kept in private files; role -> DSN."""
    connection = await asyncpg.connect(owner_dsn)
    try:
        logins = {}
        for role in ROLES:
            password = kept_password(keys_dir / f"{role}.password")
            # ALTER ROLE takes no parameters; the server quotes.
            statement = await connection.fetchval(
                "SELECT format('ALTER ROLE %I LOGIN PASSWORD %L', $1::text, $2::text)", role, password
            )
            await connection.execute(statement)
            logins[role] = _as(owner_dsn, role, password)
        return logins
    finally:
        await connection.close()


def kept_password(path: Path) -> str:
    """The password in a private file, made when there is none."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        write_private(path, secrets.token_urlsafe(24).encode())
    return path.read_text()


def _as(dsn: str, role: str, password: str) -> str:
    parts = urlsplit(dsn)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{quote(password)}@{place}"))
