"""An institution's old program, with nothing changed but its base address and its credential."""

from __future__ import annotations

from typing import Any

import httpx
from tests.journeys.conftest import Demonstration

CODES = {"unknown": "13", "deceased": "11", "duplicate": "12", "inactive": "14"}
TEXTS = {
    "unknown": "Tidak Ditemukan",
    "deceased": "Meninggal",
    "duplicate": "Ganda",
    "inactive": "Non Aktif",
}


def _rows(service: dict[str, Any], resident: dict[str, str], **changes: str) -> list[dict[str, str]]:
    fields = {
        "nik": resident["NIK"],
        "user_id": service["user_id"],
        "password": service["password"],
        "ip_user": service["ip_user"],
        "TRESHOLD": "85",
        **{code: resident[code] for code in service["elements"]},
        **changes,
    }
    reply = httpx.post(service["url"], json=fields)
    assert reply.status_code == 200
    rows: list[dict[str, str]] = reply.json()["content"]
    return rows


def _ask(service: dict[str, Any], resident: dict[str, str], **changes: str) -> dict[str, str]:
    return _rows(service, resident, **changes)[0]


def _told(row: dict[str, str]) -> str:
    return row.get("RESPONSE_CODE") or row["RESPON"]


def test_every_profile_of_the_demonstration_answers(demonstration: Demonstration) -> None:
    told = demonstration.demo_json()
    residents = {resident["outcome"]: resident for resident in told["residents"]}
    assert len({service["profile"] for service in told["dukcapil"]}) == len(told["dukcapil"]) >= 9
    for service in told["dukcapil"]:
        verifying = service["profile"].startswith("verifikasi")
        rows = _rows(service, residents["match"])
        names = {row.get("NAMA_LGKP") or row["Nama_lgkp"] for row in rows}
        assert ("Sesuai (100)" if verifying else residents["match"]["NAMA_LGKP"]) in names
        assert (len(rows) > 1) is (service["profile"] == "keluarga")
        for outcome, code in CODES.items():
            got = _told(_ask(service, residents[outcome]))
            assert got == code or TEXTS[outcome] in got or got.capitalize() == "Data tidak ditemukan"
        assert _told(_ask(service, residents["match"], password="bukan")).lower() in ("03", "login gagal")


def test_a_right_name_in_another_spelling_is_sesuai_and_anothers_name_is_not(
    demonstration: Demonstration,
) -> None:
    told = demonstration.demo_json()
    residents = {resident["outcome"]: resident for resident in told["residents"]}
    service = next(one for one in told["dukcapil"] if one["profile"] == "verifikasi-baru")
    assert _ask(service, residents["name_variant"])["NAMA_LGKP"].startswith("Sesuai (")
    assert _ask(service, residents["mismatch"])["NAMA_LGKP"].startswith("Tidak Sesuai (")
