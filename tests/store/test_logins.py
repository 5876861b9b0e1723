"""A process that is captured can do no more than its role: the log's writer cannot change the log."""

from __future__ import annotations

import asyncpg
import pytest
from tests.conftest import Database

from hakakses.store.line import GATEWAY, PUBLISHER, SEALER, connect
from hakakses.store.logins import open_logins

REFUSED = {
    GATEWAY: ("UPDATE ledger_entry SET entry = ''", "DELETE FROM ledger_entry", "TRUNCATE ledger_entry",
              "DELETE FROM quota_use", "DELETE FROM access_right", "UPDATE register SET sealed = ''",
              "SELECT sealed FROM feedback", "DELETE FROM feedback", "UPDATE feedback SET sealed = ''",
              "DELETE FROM feedback_month"),
    SEALER: ("INSERT INTO ledger_entry VALUES (0, '', '', '')", "SELECT FROM register", "SELECT FROM subject_key",
             "SELECT FROM feedback_month"),
    PUBLISHER: ("SELECT FROM ledger_entry", "DELETE FROM client", "SELECT FROM access_right"),
}  # fmt: skip


async def test_a_role_cannot_leave_its_room(database: Database) -> None:
    logins = await open_logins(database.dsn, database.settings.keys_dir)
    for role, statements in REFUSED.items():
        connection = await connect(logins[role], role, "live")
        for statement in statements:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("SET ROLE hakakses")
        await connection.execute("RESET ROLE")
        assert await connection.fetchval("SELECT session_user") == role
        await connection.close()


async def test_passwords_stay_the_same_and_private(database: Database) -> None:
    first = await open_logins(database.dsn, database.settings.keys_dir)
    assert await open_logins(database.dsn, database.settings.keys_dir) == first
    files = list(database.settings.keys_dir.glob("*.password"))
    assert len(files) == len(REFUSED)
    assert not [file.name for file in files if file.stat().st_mode & 0o077]
