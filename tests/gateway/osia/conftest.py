"""A gateway whose clients speak OSIA, each under an agreement that says something else of it."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest
from tests.builders import a_card, a_nik, a_resident, a_right
from tests.conftest import Database, new_database
from tests.gateway.conftest import NEVER_ENDING, SECRET, Running, _seed, environment_of, gateway_of
from tests.registering import put_residents
from tests.running import end, start
from tests.verification.world import AS_OF

from hakakses.core.residents import ResidentStatus
from hakakses.core.rights.ask import CallerKind, Mode, Relation
from hakakses.core.rights.right import AccessRight, ElementSet, Institution, OsiaDoor, Permission, Purpose
from hakakses.gateway.osia.routes import DATA_ACCESS, THIRD_PARTY
from hakakses.gateway.tokens import LIFETIME
from hakakses.store import keys
from hakakses.store.cipher import RegisterCipher
from hakakses.store.embedded import Cluster

PERSONS, THIRD = f"{DATA_ACCESS}/v1/persons", f"{THIRD_PARTY}/v1"
VERIFIED = frozenset({"NAMA_LGKP", "TGL_LHR", "JENIS_KLMIN", "NAMA_LGKP_IBU", "NO_RT"})
FOR_OTHERS = frozenset({"ALAMAT"})  # granted, for another purpose than OSIA's
READ = frozenset({"NAMA_LGKP", "TGL_LHR", "NO_KK"})
RELATIONS = (Relation.LESS, Relation.AT_LEAST)
DEAD, UNKNOWN = a_nik(9001), a_nik(9002)
FAMILY = [a_nik(9003), a_nik(9004)]  # who shares a card with the dead one
_FIRST, _MANY = 5001, 250  # residents of whom each test takes its own
FUZZED = [a_nik(4001), a_nik(4002), DEAD, UNKNOWN]
_serials = itertools.count(_FIRST)
OTHER = "OTHER"
ROOT = Path(__file__).parents[3]


def _osia_right(agreement: str, *, read: bool = True, **changes: Any) -> AccessRight:
    """An institution of its own, so that its guesses and its quota are nobody else's."""
    readable = READ if read else frozenset()
    permissions = {code: Permission("Pasal 4", 85 if "NAMA" in code else 0) for code in VERIFIED | FOR_OTHERS}
    permissions["TGL_LHR"] = Permission("Pasal 4", relations=RELATIONS)
    granted: dict[str, Any] = {
        "agreement": agreement,
        "institution": Institution(agreement.lower(), agreement, "central", "bank"),
        "valid_until": NEVER_ENDING,
        "quota_per_day": 1_000_000,
        "purposes": {
            "KYC": Purpose("Mengenal nasabah", "Pasal 2", VERIFIED, readable),
            OTHER: Purpose("Lain", "Pasal 2", FOR_OTHERS, readable),
        },
        "verify": permissions,
        "read": {code: Permission("Pasal 5") for code in readable},
        "osia": OsiaDoor("KYC", CallerKind.MACHINE, "Pasal 10"),
    }
    return a_right(**{**granted, **changes})


SETS = {
    "KYC": ElementSet("KYC", Mode.VERIFY, ("NAMA_LGKP",), "Pasal 8"),
    "BACA": ElementSet(OTHER, Mode.READ, ("NAMA_LGKP", "TGL_LHR"), "Pasal 8"),
}
RIGHTS = {
    "machine": _osia_right("PKS/MESIN", sets=SETS),
    "verifier": _osia_right("PKS/PERIKSA", read=False),
    "operator": _osia_right("PKS/OPERATOR", osia=OsiaDoor("KYC", CallerKind.OPERATOR, "Pasal 10")),
    "searcher": _osia_right("PKS/CARI", osia=OsiaDoor("KYC", CallerKind.MACHINE, "Pasal 10", ("NO_KK",))),
    "once": _osia_right("PKS/SEKALI", quota_per_day=1),
    "native": _osia_right("PKS/ASLI", osia=None),
    "tester": _osia_right("PKS/UJI", sets=SETS),
}


class Osia(msgspec.Struct, frozen=True):
    """The gateway as an OSIA client sees it."""

    running: Running
    always: dict[str, str] = {}  # headers
    tokens: dict[str, tuple[str, float]] = {}

    def token(self, client: str) -> str:
        """A token that has half its life before it."""
        text, issued = self.tokens.get(client, ("", 0.0))
        if not text or time.monotonic() - issued > LIFETIME / 2:
            text, issued = self.running.token(client), time.monotonic()
            self.tokens[client] = text, issued
        return text

    def send(
        self, method: str, path: str, body: Any = None, client: str = "machine", **more: Any
    ) -> httpx.Response:
        content = body if isinstance(body, bytes) or body is None else msgspec.json.encode(body)
        known = {"authorization": f"Bearer {self.token(client)}"} if client in RIGHTS else {}
        headers = {
            **self.always,
            **known,
            **more.pop("headers", {}),
        }
        return self.running.http.request(method, path, content=content, headers=headers, **more)

    def post(self, path: str, body: Any = None, client: str = "machine", **more: Any) -> httpx.Response:
        return self.send("POST", path, body, client, **more)

    def get(self, path: str, client: str = "machine", **more: Any) -> httpx.Response:
        return self.send("GET", path, None, client, **more)


def told(reply: httpx.Response) -> tuple[int, int | None]:
    """Status, and the code of a refusal."""
    body = reply.json()
    return reply.status_code, body.get("code") if isinstance(body, dict) else None


async def _add_residents(database: Database) -> None:
    cipher = RegisterCipher(keys.load(database.settings.keys_dir / "register.json"))
    owner = await asyncpg.connect(database.dsn, server_settings={"search_path": "live"})
    alive = [a_nik(serial) for serial in range(_FIRST, _FIRST + _MANY)]
    residents = [a_resident(NIK=nik, NO_RT="7", NO_KK="1" * 16) for nik in (*alive, *FUZZED[:2])]
    residents.append(a_resident(ResidentStatus.MENINGGAL, NIK=DEAD, NO_RT="7", NO_KK=a_card()))
    residents += [a_resident(NIK=nik, NO_RT="7", NO_KK=a_card()) for nik in FAMILY]
    await put_residents(owner, cipher, residents, AS_OF)
    await owner.close()


@pytest.fixture(scope="session")
def filled(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    rights = {right.agreement: (right, client, SECRET) for client, right in RIGHTS.items()}
    with new_database(cluster, tmp_path_factory.mktemp("osia")) as database:
        asyncio.run(_seed(database, {"PKS/1": (a_right(), "secret-client", SECRET), **rights}))
        asyncio.run(_add_residents(database))
        yield database


@pytest.fixture(scope="session")
def osia(filled: Database) -> Iterator[Osia]:
    """One gateway and sealer for all tests of the door."""
    sealer = start("osia-sealer", "sealer", **environment_of(filled))
    try:
        with gateway_of(filled) as started:
            yield Osia(started)
    finally:
        end(sealer)


@pytest.fixture(scope="session")
def broken(filled: Database) -> Iterator[Osia]:
    """The same with the faults of tests.gateway.osia.broken, each when a request asks for it."""
    paths = os.pathsep.join((str(ROOT), str(ROOT / "src")))
    with gateway_of(filled, program="tests.gateway.osia.broken", PYTHONPATH=paths) as started:
        yield Osia(started)


@pytest.fixture
def nik() -> str:
    """A living resident of this test alone."""
    return a_nik(next(_serials))


@pytest.fixture
def another() -> Callable[[], str]:
    return lambda: a_nik(next(_serials))
