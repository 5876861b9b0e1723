"""A family is found by its tags, and never more than a family."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Any

import asyncpg
import msgspec
import pytest
from tests.builders import a_card, a_nik, a_resident
from tests.conftest import Database
from tests.verification.world import AS_OF

from hakakses.core.families import MOST_MEMBERS
from hakakses.store import keys
from hakakses.store.cipher import RegisterCipher
from hakakses.store.line import BY_KEY, GATEWAY, Line, connect
from hakakses.store.queries import load_queries
from hakakses.store.register import Register

NOBODY: tuple[str, ...] = ()


class Held(msgspec.Struct, frozen=True):
    register: Register
    cipher: RegisterCipher
    owner: Any

    async def put(self, serials: Iterable[int], card: str, tagged: str) -> None:
        """Rows whose sealed text has one card and whose tag is another's."""
        rows = []
        for nik in map(a_nik, serials):
            index = self.cipher.index(nik)
            tag = int.from_bytes(self.cipher.family_tag(tagged.encode(), index), "big", signed=True)
            rows.append((index, self.cipher.seal(index, a_resident(NIK=nik, NO_KK=card)), AS_OF, tag))
        await self.owner.executemany("INSERT INTO register VALUES ($1, $2, $3, $4)", rows)


@pytest.fixture
async def held(database: Database) -> AsyncIterator[Held]:
    keystore = keys.load(database.settings.keys_dir / "register.json")
    line = Line(database.dsn, GATEWAY, "live", "register")
    owner = await asyncpg.connect(database.dsn, server_settings={"search_path": "live"})
    yield Held(Register(line, keystore), RegisterCipher(keystore), owner)
    await line.close()
    await owner.close()


async def test_the_largest_family_is_found_wherever_its_rows_lie(held: Held) -> None:
    everyone = range(1, MOST_MEMBERS + 1)
    await held.put(everyone, a_card(), a_card())
    await held.put([99], a_card(2), a_card(2))
    assert await held.register.family(a_card()) == tuple(map(a_nik, everyone))


async def test_members_in_the_first_and_the_last_shard_are_found(held: Held) -> None:
    shards = {held.cipher.index(a_nik(serial))[0]: serial for serial in range(1, 10_000)}
    ends = sorted((shards[0], shards[255]))
    await held.put(ends, a_card(), a_card())
    assert await held.register.family(a_card()) == tuple(map(a_nik, ends))


async def test_a_card_that_a_crowd_shares_is_nobodys(held: Held) -> None:
    await held.put(range(1, 3 * MOST_MEMBERS), a_card(), a_card())
    assert await held.register.family(a_card()) == NOBODY


async def test_a_tag_that_two_cards_share_tells_neither_of_the_other(held: Held) -> None:
    await held.put([1], a_card(), a_card())
    await held.put([2], a_card(2), a_card())
    assert await held.register.family(a_card()) == (a_nik(1),)


async def test_a_look_up_goes_by_the_tags_index_in_one_partition_for_each(
    database: Database, held: Held
) -> None:
    for serial in range(1, 800):
        await held.put([serial], a_card(serial), a_card(serial))
    await held.owner.execute("ANALYZE register")
    connection = await connect(database.dsn, GATEWAY, "live", BY_KEY)
    query = load_queries("register")["fetch_family"]
    await connection.execute(f"PREPARE looked AS {query}")
    plan = await connection.fetch(
        r"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) EXECUTE looked('{1,2}', '{\\x00,\\x50}', '{\\x01,\\x51}', 9)"
    )
    lines = [row[0] for row in plan if "register_g" in row[0]]
    assert len(lines) == 16
    assert all("Index Scan using" in line and "family_idx" in line for line in lines)
    assert sum("never executed" in line for line in lines) == 14
    await connection.close()
