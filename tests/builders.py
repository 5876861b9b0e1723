"""Small builders: a right, an ask and a resident that agree with each other, changed as a test needs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from hakakses.core.elements import BY_CODE, CATALOGUE
from hakakses.core.regions import districts
from hakakses.core.residents import Resident, ResidentStatus
from hakakses.core.rights.ask import Ask, Caller, CallerKind, Method, Mode
from hakakses.core.rights.callers import Credential
from hakakses.core.rights.right import AccessRight, Granted, Institution, Permission, Purpose
from hakakses.verification.verify import Asker

OPERATOR = "petugas-07"
NOON = dt.datetime(2026, 11, 24, 5, 0, tzinfo=dt.UTC)  # 12.00 in Jakarta
NAMES = {"NAMA_LGKP": "BUDI SANTOSO", "TGL_LHR": "1990-08-17", "JENIS_KLMIN": "LAKI-LAKI"}


def a_nik(serial: int = 1, *, born: str = "170890") -> str:
    """A well-formed NIK of nobody: its district is real, its serial is the caller's."""
    return f"{min(districts())}{born}{serial:04d}"


def a_card(serial: int = 1) -> str:
    """A family card number of nobody; the day of issue that it names does not exist."""
    return f"{min(districts())}320100{serial:04d}"


def a_right(**changes: Any) -> AccessRight:
    codes = frozenset({"NAMA_LGKP", "TGL_LHR", "JENIS_KLMIN", "NAMA_LGKP_IBU"})
    right = AccessRight(
        agreement="PKS/1",
        version=1,
        institution=Institution("bank-contoh", "Bank Contoh", "central", "bank"),
        valid_from=dt.date(2026, 1, 1),
        valid_until=dt.date(2026, 12, 31),
        methods={Method.WEB_SERVICE: Granted("Pasal 3")},
        callers={CallerKind.MACHINE: Granted("Pasal 3"), CallerKind.OPERATOR: Granted("Pasal 3")},
        purposes={"KYC": Purpose("Mengenal nasabah", "Pasal 2", codes, frozenset({"NAMA_LGKP"}))},
        verify={code: Permission("Pasal 4", 85 if BY_CODE[code].scored else 0) for code in codes},
        read={"NAMA_LGKP": Permission("Pasal 5")},
        quota_per_day=1000,
        quota_clause="Pasal 6",
        hours=(),
        hours_clause="",
        networks=("127.0.0.0/8",),
        networks_clause="Pasal 7",
        period_clause="Pasal 1",
        methods_clause="Pasal 3",
        callers_clause="Pasal 3",
        purposes_clause="Pasal 2",
        elements_clause="Pasal 4, Pasal 5",
    )
    return msgspec.structs.replace(right, **changes)


def an_ask(**changes: Any) -> Ask:
    ask = Ask(
        method=Method.WEB_SERVICE,
        mode=Mode.VERIFY,
        purpose="KYC",
        nik=a_nik(),
        elements=dict(NAMES),
        caller=Caller(CallerKind.MACHINE),
        address="127.0.0.1",
    )
    return msgspec.structs.replace(ask, **changes)


def an_asker(right: AccessRight | None = None, **changes: Any) -> Asker:
    """Whoever asks under a right: any caller from its networks, and one registered operator."""
    granted = right or a_right()
    credential = Credential("client-1", frozenset(CallerKind), granted.networks, {OPERATOR: True})
    return Asker(msgspec.structs.replace(credential, **changes), granted)


def a_resident(status: ResidentStatus = ResidentStatus.AKTIF, **values: str) -> Resident:
    held = {**NAMES, "NIK": a_nik(), "NAMA_LGKP_IBU": "SITI AMINAH", **values}
    return Resident(status, tuple(held.get(element.code, "") for element in CATALOGUE))
