"""What is kept of feedback data: once, counted, and readable by nobody who holds the database alone."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from cryptography.exceptions import InvalidTag
from tests.builders import a_nik
from tests.conftest import Database

from hakakses.core.feedback import Given
from hakakses.store import keys
from hakakses.store.cipher import RegisterCipher
from hakakses.store.feedback import Feedback, FeedbackCipher
from hakakses.store.keys import KEY_BYTES, KeyName, Keystore, KeystoreError
from hakakses.store.line import GATEWAY, Line

FIELDS = ("NO_REKENING", "CABANG")
DAY = dt.date(2026, 11, 24)


def _given(serial: int = 1, *values: str) -> Given:
    return Given(a_nik(serial), values or ("0012", "PONTIANAK"))


@pytest.fixture
async def stores(database: Database) -> AsyncIterator[list[Feedback]]:
    """As four workers would have them."""
    keystore = keys.load(database.settings.keys_dir / "register.json")
    lines = [Line(database.dsn, GATEWAY, "live", "feedback") for _ in range(4)]
    yield [Feedback(line, keystore) for line in lines]
    for line in lines:
        await line.close()


@pytest.fixture
async def owner(database: Database) -> AsyncIterator[asyncpg.Connection[Any]]:
    connection = await asyncpg.connect(database.dsn, server_settings={"search_path": "live"})
    yield connection
    await connection.close()


async def _give(
    store: Feedback,
    *batch: Given,
    institution: str = "bank",
    fields: Sequence[str] = FIELDS,
    day: dt.date = DAY,
) -> int:
    return await store.give(institution, f"PKS/{institution}", day, fields, batch)


async def test_a_record_is_kept_once_and_counted_once(stores: list[Feedback]) -> None:
    store = stores[0]
    assert await _give(store, _given(1), _given(2), _given(1)) == 2
    assert await _give(store, _given(2), _given(1)) == 0
    assert await _give(store, _given(1, "0013", "PONTIANAK"), day=dt.date(2026, 12, 1)) == 1
    assert await _give(store, _given(1), institution="klinik") == 1, "another institution's is another record"
    turned = Given(a_nik(1), ("PONTIANAK", "0012"))
    assert await _give(store, turned, fields=("CABANG", "NO_REKENING")) == 0, (
        "the juknis may reorder its fields"
    )
    swapped = Given(a_nik(1), ("PONTIANAK", "0012"))
    assert await _give(store, swapped) == 1
    assert await store.months("PKS/bank") == {dt.date(2026, 11, 1): 3, dt.date(2026, 12, 1): 1}
    assert await store.months("PKS/none") == {}


async def test_the_same_records_from_many_senders_at_once_are_kept_once(stores: list[Feedback]) -> None:
    batches = [[_given(serial) for serial in range(1, 301)] for _ in stores]
    batches[1].reverse()
    added = await asyncio.gather(
        *(_give(store, *batch) for store, batch in zip(stores, batches, strict=True))
    )
    assert sum(added) == 300
    assert await stores[0].months("PKS/bank") == {dt.date(2026, 11, 1): 300}


async def test_a_stolen_table_tells_nothing(
    database: Database, stores: list[Feedback], owner: asyncpg.Connection[Any]
) -> None:
    await _give(stores[0], _given())
    [row] = await owner.fetch("SELECT * FROM feedback")
    everything = b"\0".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
    keystore = keys.load(database.settings.keys_dir / "register.json")
    for secret in (
        a_nik().encode(),
        b"0012",
        b"PONTIANAK",
        b"NO_REKENING",
        RegisterCipher(keystore).index(a_nik()),
    ):
        assert secret not in everything
    cipher = FeedbackCipher(keystore)
    assert row["person"] == cipher.person(a_nik())
    assert cipher.open(row["digest"], row["sealed"]) == {"NO_REKENING": "0012", "CABANG": "PONTIANAK"}


def test_values_cannot_be_altered_or_moved():
    cipher = FeedbackCipher(Keystore({name: bytes(KEY_BYTES) for name in KeyName}))
    one, other = cipher.seal("bank", FIELDS, _given(1)), cipher.seal("bank", FIELDS, _given(2))
    for digest, sealed in (
        (other.digest, one.sealed),
        (one.digest, one.sealed[:-1] + bytes([one.sealed[-1] ^ 1])),
        (one.digest, b"\x02" + one.sealed[1:]),
    ):
        with pytest.raises(InvalidTag):
            cipher.open(digest, sealed)


def test_a_home_made_before_gets_its_key_and_keeps_the_others(tmp_path: Path) -> None:
    path = tmp_path / "register.json"
    earlier = keys.create(path, (KeyName.INDEX, KeyName.REGISTER))
    with pytest.raises(KeystoreError, match="hakakses setup"):
        keys.load(path).root(KeyName.FEEDBACK)
    made = keys.complete(path)
    assert made.names == {KeyName.INDEX, KeyName.REGISTER, KeyName.FEEDBACK}, "no other key is made anew"
    assert made.root(KeyName.INDEX) == earlier.root(KeyName.INDEX)
    assert keys.complete(path).root(KeyName.FEEDBACK) == made.root(KeyName.FEEDBACK)
    assert not path.stat().st_mode & 0o077
