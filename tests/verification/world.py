"""A family of four and a resident of another house, held by a real database or by the fakes."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec
from tests.builders import a_card, a_nik, a_resident
from tests.conftest import Database
from tests.fakes import FakeLedger, FakeRegister
from tests.registering import date_register, put_residents

from hakakses.core.residents import ResidentStatus
from hakakses.store import keys
from hakakses.store.cipher import RegisterCipher
from hakakses.store.ledger import Ledger
from hakakses.store.line import GATEWAY, Line
from hakakses.store.register import Register
from hakakses.verification.verify import Stores

AS_OF = dt.date(2026, 6, 30)
NEWEST = dt.date(2026, 11, 1)
DEAD, BLOCKED, WIFE, ALONE, UNKNOWN = a_nik(2), a_nik(3), a_nik(4), a_nik(5), a_nik(99)
RESIDENTS = {
    nik: a_resident(status, NIK=nik, NO_KK=card, STAT_HBKEL=relation, TGL_LHR=born)
    for nik, status, card, relation, born in (
        (BLOCKED, ResidentStatus.NONAKTIF, a_card(), "ANAK", "2001-02-03"),
        (WIFE, ResidentStatus.AKTIF, a_card(), "ISTRI", "1989-01-01"),
        (a_nik(), ResidentStatus.AKTIF, a_card(), "KEPALA KELUARGA", "1990-08-17"),
        (DEAD, ResidentStatus.MENINGGAL, a_card(), "ORANG TUA", "1950-12-31"),
        (ALONE, ResidentStatus.AKTIF, "", "KEPALA KELUARGA", "1990-08-17"),
    )
}
FAMILY = (a_nik(), DEAD, WIFE, BLOCKED)  # the head, then as born


class World(msgspec.Struct, frozen=True):
    """Stores over the residents, and an owner's connection to look behind them."""

    stores: Stores
    owner: Any
    cipher: RegisterCipher


@asynccontextmanager
async def real_world(database: Database) -> AsyncIterator[World]:
    keystore = keys.load(database.settings.keys_dir / "register.json")
    cipher = RegisterCipher(keystore)
    owner = await asyncpg.connect(database.dsn, server_settings={"search_path": "live"})
    await _fill(owner, cipher)
    reading, writing, looking = (
        Line(database.dsn, GATEWAY, "live", store) for store in ("register", "ledger", "ledger")
    )
    yield World(Stores(Register(reading, keystore), Ledger(writing, looking, keystore)), owner, cipher)
    for line in (reading, writing, looking):
        await line.close()
    await owner.close()


def fake_stores() -> Stores:
    return Stores(FakeRegister(RESIDENTS, AS_OF, NEWEST), FakeLedger())


async def _fill(owner: Any, cipher: RegisterCipher) -> None:
    await put_residents(owner, cipher, RESIDENTS.values(), AS_OF)
    await date_register(owner, NEWEST)
