"""What no rule looks at any more is dropped; what a rule still needs stays."""

from __future__ import annotations

import datetime as dt

import asyncpg
from tests.builders import NOON
from tests.conftest import Database

from hakakses.core.rights.guessing import WINDOW
from hakakses.store import keys
from hakakses.store.ledger import KEPT_FOR, Ledger
from hakakses.store.line import GATEWAY, Line

MOMENT = dt.timedelta(minutes=1)


async def test_old_guesses_and_kept_answers_are_forgotten(database: Database) -> None:
    owner = await asyncpg.connect(database.dsn, server_settings={"search_path": "live"})
    for number, age in enumerate((WINDOW + MOMENT, WINDOW - MOMENT)):
        await owner.execute("INSERT INTO wrong_value VALUES ($1, 1, '', $2)", bytes([number]), NOON - age)
    for number, age in enumerate((KEPT_FOR + MOMENT, KEPT_FOR - MOMENT)):
        await owner.execute(
            "INSERT INTO kept_answer VALUES ('c', $1, '', '', 0, 0, $2)", bytes([number]), NOON - age
        )
    line = Line(database.dsn, GATEWAY, "live", "ledger")
    await Ledger(line, line, keys.load(database.settings.keys_dir / "register.json")).forget(NOON)
    assert await owner.fetch("SELECT subject FROM wrong_value") == [(b"\1",)]
    assert await owner.fetch("SELECT key FROM kept_answer") == [(b"\1",)]
    await line.close()
    await owner.close()
