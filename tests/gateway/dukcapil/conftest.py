"""A gateway at whose Dukcapil door every profile is served, by institutions in every state."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest
from tests.builders import OPERATOR, a_card, a_nik, a_resident, a_right
from tests.conftest import Database, new_database
from tests.gateway.conftest import NEVER_ENDING, Running, gateway_of
from tests.registering import date_register, put_residents
from tests.verification.world import AS_OF

from hakakses.core.agreements.compiler import empty_right
from hakakses.core.elements import CATALOGUE
from hakakses.core.residents import ResidentStatus
from hakakses.core.rights.ask import CallerKind, Mode
from hakakses.core.rights.decision import ZONE
from hakakses.core.rights.right import (
    AccessRight,
    DukcapilDoor,
    ElementSet,
    Hours,
    Permission,
    Purpose,
    ScoresShown,
    Service,
)
from hakakses.gateway.dukcapil.passwords import hash_password
from hakakses.gateway.dukcapil.profiles import profiles
from hakakses.store import keys
from hakakses.store.cipher import RegisterCipher
from hakakses.store.embedded import Cluster
from hakakses.store.poc import pass_poc
from hakakses.store.rights import (
    Account,
    Registration,
    publish_right,
    put_client,
    put_operator,
    set_client_active,
)

PASSWORD, IP_USER = "rahasia", "10.10.1.20"
DEAD, TWICE, BLOCKED, WIFE, UNKNOWN = a_nik(2), a_nik(3), a_nik(4), a_nik(7), a_nik(99)
HELD = {
    "NAMA_LGKP": "BUDI SANTOSO", "TGL_LHR": "1990-08-17", "JENIS_KLMIN": "LAKI-LAKI", "TMPT_LHR": "PONTIANAK",
    "ALAMAT": "JL. MERDEKA NO. 7", "NAMA_LGKP_IBU": "SITI AMINAH", "NO_RT": "1", "NO_RW": "16", "NO_PROP": "61",
    "NO_KAB": "71", "NO_KEC": "4", "NO_KEL": "1013",
}  # fmt: skip
_HASH = hash_password(PASSWORD)


def _right(institution: str, **changes: Any) -> AccessRight:
    """A right that lists one service for each profile; verifying and reading everything that is held."""
    codes = tuple(element.code for element in CATALOGUE if element.held and element.code != "NIK")
    services = {
        f"{institution}/{name}": Service(
            "VERIFIKASI" if name.startswith("verifikasi") else "DATA", name, CallerKind.MACHINE, "Juknis 7"
        )
        for name in profiles()
    }
    services[f"{institution}/kk"] = Service(
        "KELUARGA", "keluarga", CallerKind.MACHINE, "Juknis 7", family=True
    )
    services[f"{institution}/petugas"] = Service(
        "VERIFIKASI", "verifikasi-baru", CallerKind.OPERATOR, "Juknis 7"
    )
    claimed = tuple(HELD)
    return a_right(
        agreement=f"PKS/{institution}",
        institution=msgspec.structs.replace(a_right().institution, id=institution),
        valid_until=NEVER_ENDING,
        purposes={"KYC": Purpose("Mengenal nasabah", "Pasal 2", frozenset(codes), frozenset(codes))},
        verify={code: Permission("Pasal 4", 80 if code in SCORED else 0) for code in codes},
        read={code: Permission("Pasal 5") for code in codes},
        quota_per_day=changes.pop("quota_per_day", 1_000_000),
        reasons_clause=changes.pop("reasons_clause", "Juknis 6"),
        sets={
            "VERIFIKASI": ElementSet("KYC", Mode.VERIFY, claimed, "Juknis 8"),
            "KELUARGA": ElementSet("KYC", Mode.READ, ("NO_KK", "NAMA_LGKP", "STAT_HBKEL"), "Juknis 8"),
            "DATA": ElementSet("KYC", Mode.READ, claimed, "Juknis 8"),
        },
        dukcapil=DukcapilDoor(changes.pop("until", NEVER_ENDING), services, "Juknis 7"),
        **changes,
    )


SCORED = {element.code for element in CATALOGUE if element.scored}


def _closed_now() -> tuple[Hours, ...]:
    """Hours of one day that is neither today nor tomorrow nor yesterday."""
    today = dt.datetime.now(ZONE).isoweekday()
    return (Hours(((today + 2) % 7 + 1,), dt.time(8), dt.time(9)),)


RIGHTS = {
    "kontrak": _right("kontrak"),
    "habis": _right("habis", quota_per_day=0),
    "mati": empty_right(_right("mati")),
    "tutup": _right("tutup", hours=_closed_now()),
    "lewat": _right("lewat", until=dt.date(2026, 1, 1)),
    "diam": _right("diam", reasons_clause=""),
    "luar": _right("luar", networks=("192.0.2.0/24",)),
    "nonaktif": _right("nonaktif"),
    "persis": _right("persis", scores_shown=ScoresShown.EXACT),
}


class Door(msgspec.Struct, frozen=True):
    """The door as a program of the field sees it."""

    running: Running

    def send(self, path: str, **how: Any) -> httpx.Response:
        return self.running.http.post(f"/dukcapil/get_json/{path}", **how)

    def ask(self, path: str, nik: str = a_nik(), **changes: Any) -> dict[str, Any]:
        """The page that one ask gets; fields that are None are left out."""
        fields = {
            "nik": nik,
            "user_id": f"USER-{path.split('/', maxsplit=1)[0].upper()}",
            "password": PASSWORD,
            "ip_user": IP_USER,
            "TRESHOLD": "80",
            **HELD,
            **changes,
        }
        reply = self.send(path, json={name: value for name, value in fields.items() if value is not None})
        assert reply.status_code == 200
        page: dict[str, Any] = reply.json()
        return page

    def row(self, path: str, nik: str = a_nik(), **changes: Any) -> dict[str, str]:
        row: dict[str, str] = self.ask(path, nik, **changes)["content"][0]
        return row


@pytest.fixture(scope="session")
def door(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with new_database(cluster, tmp_path_factory.mktemp("home")) as database:
        asyncio.run(_fill(database))
        with gateway_of(database) as running:
            yield Door(running)


async def _fill(database: Database) -> None:
    cipher = RegisterCipher(keys.load(database.settings.keys_dir / "register.json"))
    owner = await asyncpg.connect(database.dsn, server_settings={"search_path": "live"})
    residents = [
        a_resident(ResidentStatus.AKTIF, NIK=a_nik(), **HELD, NO_KK=a_card(), STAT_HBKEL="KEPALA KELUARGA"),
        a_resident(
            ResidentStatus.AKTIF, NIK=WIFE, NAMA_LGKP="DEWI LESTARI", NO_KK=a_card(), STAT_HBKEL="ISTRI"
        ),
        a_resident(ResidentStatus.MENINGGAL, NIK=DEAD, **HELD, NO_KK=a_card()),
        a_resident(ResidentStatus.GANDA, NIK=TWICE, **HELD),
        a_resident(ResidentStatus.NONAKTIF, NIK=BLOCKED, **HELD),
        *(a_resident(NIK=nik, **HELD) for nik in (a_nik(5), a_nik(6))),
    ]
    await put_residents(owner, cipher, residents, AS_OF)
    await date_register(owner, AS_OF)
    for institution, right in RIGHTS.items():
        await pass_poc(owner, right.agreement, "penguji")
        await publish_right(owner, right)
        await put_operator(owner, right.agreement, OPERATOR, "Petugas Contoh")
        account = Account(f"USER-{institution.upper()}", _HASH, ("10.10.0.0/16",))
        await put_client(owner, Registration(institution, right.agreement, ("127.0.0.0/8",), account=account))
    await set_client_active(owner, "nonaktif", active=False)
    await owner.close()
