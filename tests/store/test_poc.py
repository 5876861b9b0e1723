"""The database itself keeps a credential locked until its agreement has passed, whoever writes it."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import psycopg
import pytest
from django.core.management import call_command
from tests.builders import NOON, a_nik, a_right, an_ask, an_asker
from tests.conftest import Database
from tests.fakes import FakeRegister
from tests.verification.world import AS_OF, BLOCKED, DEAD, RESIDENTS, UNKNOWN

from hakakses.core import problems
from hakakses.core.poc_report import digest
from hakakses.core.problems import Refused
from hakakses.core.rights.ask import Method, Mode
from hakakses.core.rights.right import Granted
from hakakses.portal.project.migrate import _configure, migrate
from hakakses.store import keys
from hakakses.store.calls import MOST_A_DAY, MOST_LOGINS_A_DAY, Calls, WatchedStores
from hakakses.store.ledger import Ledger
from hakakses.store.line import GATEWAY, Line
from hakakses.store.logins import open_logins
from hakakses.store.poc import PocState, UnprovenError, find_poc, open_poc, pass_poc
from hakakses.store.rights import Registration, publish_right, put_client
from hakakses.verification.ports import StoreUnavailable
from hakakses.verification.verify import Stores, refuse, verify

CLIENT = Registration("client-1", "PKS/1", ("127.0.0.0/8",), secret="salt$hash")
PORTAL = a_right(methods={Method.WEB_PORTAL: Granted("Pasal 3")})


@pytest.fixture
async def live(database: Database) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(database.dsn, server_settings={"search_path": "live"})
    yield connection
    await connection.close()


async def _clients(connection: Any) -> list[str]:
    return [row["id"] for row in await connection.fetch("SELECT id FROM client")]


async def test_a_credential_is_locked_until_the_proof_is_passed(live):
    with pytest.raises(UnprovenError):
        await put_client(live, CLIENT)  # without any right
    await publish_right(live, a_right())
    await open_poc(live, "PKS/1")
    with pytest.raises(UnprovenError, match="PKS/1: uji konsep"):
        await put_client(live, CLIENT)
    assert await _clients(live) == []
    assert await pass_poc(live, "PKS/1", "Pejabat Contoh", "laporan")
    await put_client(live, CLIENT)
    await put_client(live, CLIENT)
    assert await _clients(live) == ["client-1"]


async def test_what_is_no_web_service_needs_no_proof(live):
    await publish_right(live, PORTAL)
    await put_client(live, CLIENT)


async def test_the_web_service_does_not_come_to_credentials_by_a_new_right(live):
    await publish_right(live, PORTAL)
    await put_client(live, CLIENT)
    with pytest.raises(UnprovenError):
        await publish_right(live, a_right(version=2))
    await pass_poc(live, "PKS/1", "Pejabat Contoh")
    assert await publish_right(live, a_right(version=2))


async def test_nor_by_a_right_that_is_published_at_the_same_moment(live, database):
    await publish_right(live, PORTAL)
    other = await asyncpg.connect(database.dsn, server_settings={"search_path": "live"})
    async with live.transaction():
        await put_client(live, CLIENT)
        publishing = asyncio.create_task(publish_right(other, a_right(version=2)))
        await asyncio.sleep(0.3)
        assert not publishing.done()
    with pytest.raises(UnprovenError):
        await publishing
    await other.close()


async def test_a_credential_does_not_move_to_an_agreement_without_proof(live):
    for agreement in ("PKS/1", "PKS/2"):
        await publish_right(live, a_right(agreement=agreement))
    await pass_poc(live, "PKS/1", "Pejabat Contoh")
    await put_client(live, CLIENT)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await live.execute("UPDATE client SET agreement = 'PKS/2'")
    assert refused.value.sqlstate == "HKPOC"


async def test_the_lock_holds_whatever_the_search_path(live):
    await publish_right(live, a_right())
    await live.execute("SET search_path = sandbox")
    with pytest.raises(asyncpg.PostgresError) as refused:
        await live.execute(
            "INSERT INTO live.client (id, agreement, public_keys, networks) VALUES ('c', 'PKS/1', '{}', '{::1}')"
        )
    assert refused.value.sqlstate == "HKPOC"


async def test_a_pass_says_who_when_and_on_which_report_and_stays(live):
    assert await find_poc(live, "PKS/1") is None
    await open_poc(live, "PKS/1")
    found = await find_poc(live, "PKS/1")
    assert found is not None
    assert found.state is PocState.OPEN
    assert await pass_poc(live, "PKS/1", "Pejabat Contoh", "# laporan")
    assert not await pass_poc(live, "PKS/1", "Orang Lain", "# lain")
    await open_poc(live, "PKS/1")
    found = await find_poc(live, "PKS/1")
    assert found is not None
    assert (found.state, found.passed_by) == (PocState.PASSED, "Pejabat Contoh")
    assert found.report_sha256 == digest("# laporan")
    for statement in (
        "UPDATE poc SET passed_by = 'x'",
        "DELETE FROM poc",
        "UPDATE tenant SET kind = 'sandbox'",
    ):
        if "tenant" in statement:
            await publish_right(live, a_right())
            await put_client(live, CLIENT)
        with pytest.raises(asyncpg.RaiseError):
            await live.execute(statement)


async def test_only_the_sandbox_admits_the_unproven(live):
    await live.execute("SET search_path = sandbox")
    await publish_right(live, a_right())
    await put_client(live, CLIENT)


@asynccontextmanager
async def _calls(database: Database, schema: str) -> AsyncIterator[tuple[Calls, WatchedStores]]:
    """A tenant's notes, and its log under watch, as the gateway's own login sees them."""
    login = (await open_logins(database.dsn, database.settings.keys_dir))[GATEWAY]
    line = Line(login, GATEWAY, schema, "log")
    ledger = Ledger(line, line, keys.load(database.settings.keys_dir / "sandbox.json"))
    calls = Calls(line)
    try:
        yield calls, WatchedStores(FakeRegister(RESIDENTS, AS_OF, AS_OF), ledger, calls)
    finally:
        await line.close()


async def test_the_live_tenant_notes_no_call(database):
    async with _calls(database, "live") as (_, stores):
        with pytest.raises(StoreUnavailable):
            await refuse(Refused(problems.NOT_JSON), an_ask(), an_asker(), stores, NOON)


async def test_a_call_is_what_the_log_says_of_it(database):
    async with _calls(database, "sandbox") as (calls, stores):
        await refuse(Refused(problems.NOT_JSON), an_ask(), an_asker(), stores, NOON)
        [call] = await calls.made("PKS/1")
        assert (call.decision, call.client, call.at, call.seq) == ("not_json", "client-1", NOON, 0)
        assert set(call.elements) == set(an_ask().elements)
        owner = await asyncpg.connect(database.dsn, server_settings={"search_path": "sandbox"})
        await owner.execute(
            "INSERT INTO poc_call (at, agreement, client, seq) VALUES (now(), 'PKS/2', 'c', 0)"
        )
        await owner.execute(
            "INSERT INTO poc_call (at, agreement, client, seq) VALUES (now(), 'PKS/2', 'c', 7)"
        )
        await owner.close()
        assert await calls.made("PKS/2") == [], "a note without an entry of its own counts for nothing"


async def test_whom_a_call_was_about_is_noted_however_many_ask_at_once(database):
    about = {a_nik(): "AKTIF", DEAD: "MENINGGAL", BLOCKED: "NONAKTIF", UNKNOWN: "TIDAK_DITEMUKAN"}
    asks = [
        an_ask(nik=nik, mode=mode, elements={"NAMA_LGKP": "BUDI SANTOSO"})
        for mode in Mode
        for nik, status in about.items()
    ]
    async with _calls(database, "sandbox") as (calls, watched):
        stores = Stores(watched, watched)
        await asyncio.gather(*(verify(ask, an_asker(), stores, NOON) for ask in asks))
        found = Counter((call.mode, call.decision, call.subject) for call in await calls.made("PKS/1"))
    nobody = problems.RESIDENT_NOT_ANSWERED.code
    wanted = [
        ("verify", "SESUAI" if status == "AKTIF" else "TIDAK_SESUAI", status) for status in about.values()
    ]
    wanted += [("read", "READ" if status == "AKTIF" else nobody, status) for status in about.values()]
    assert found == Counter(wanted)


async def test_who_asks_without_end_fills_no_disk(database):
    owner = await asyncpg.connect(database.dsn, server_settings={"search_path": "sandbox"})
    await publish_right(owner, a_right())
    await put_client(owner, CLIENT)
    async with _calls(database, "sandbox") as (calls, stores):
        for _ in range(MOST_LOGINS_A_DAY + 5):
            await calls.login_refused("client-1", NOON)
        await calls.login_refused("nobody", NOON)
        assert len(await calls.made("PKS/1")) == MOST_LOGINS_A_DAY
        await owner.execute(
            "INSERT INTO poc_call (at, agreement, client, seq)"
            " SELECT $1, 'PKS/1', 'client-1', 1000 + n FROM generate_series(1, $2::int) n",
            NOON,
            MOST_A_DAY,
        )
        await refuse(Refused(problems.NOT_JSON), an_ask(), an_asker(), stores, NOON)
        assert not [call for call in await calls.made("PKS/1") if call.decision == "not_json"]
        later = NOON + dt.timedelta(days=2)
        await refuse(Refused(problems.NOT_JSON), an_ask(), an_asker(), stores, later)
        assert [call.at for call in await calls.made("PKS/1") if call.decision == "not_json"] == [later]
    await owner.close()


async def test_the_gateway_cannot_pass_a_proof(database):
    login = (await open_logins(database.dsn, database.settings.keys_dir))[GATEWAY]
    connection = await asyncpg.connect(login, server_settings={"search_path": "live"})
    for statement in ("INSERT INTO poc (agreement) VALUES ('PKS/1')", "UPDATE tenant SET kind = 'sandbox'",
                      "DELETE FROM sandbox.poc_call"):  # fmt: skip
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    await connection.close()


def test_who_was_admitted_before_there_was_a_proof_stays_admitted(cluster):
    with psycopg.connect(cluster.dsn, autocommit=True) as connection:
        connection.execute("CREATE DATABASE upgraded")
    dsn = urlunsplit(urlsplit(cluster.dsn)._replace(path="/upgraded"))
    with psycopg.connect(dsn) as owner:
        owner.execute("CREATE SCHEMA live")
    _configure(dsn, "live")
    call_command("migrate", "schema", "0002_callers", verbosity=0, interactive=False)
    with psycopg.connect(dsn, options="-c search_path=live") as owner:
        owner.execute(
            "INSERT INTO client (id, agreement, public_keys, networks) VALUES ('c', 'PKS/1', '{}', '{::1}')"
        )
    migrate(dsn, "live")
    with psycopg.connect(dsn, options="-c search_path=live") as owner:
        assert owner.execute("SELECT agreement, state, passed_by FROM poc").fetchall() == [
            ("PKS/1", "passed", "admitted before")
        ]
        owner.execute(
            "INSERT INTO client (id, agreement, public_keys, networks) VALUES ('d', 'PKS/1', '{}', '{::1}')"
        )
