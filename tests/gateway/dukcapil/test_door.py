"""What the Dukcapil door promises beyond the shape of its replies."""

from __future__ import annotations

import asyncio
import base64
import re
from typing import Any
from urllib.parse import urlencode

import asyncpg
import msgspec
import pytest
from tests.builders import OPERATOR, a_card, a_nik
from tests.gateway.dukcapil.conftest import DEAD, HELD, IP_USER, PASSWORD, UNKNOWN, WIFE, Door
from tests.running import wait_until

from hakakses.core.ledger.entry import EntryKind, decode_entry, open_detail, record_key
from hakakses.gateway.dukcapil.passwords import hash_password
from hakakses.store import keys
from hakakses.store.cipher import RegisterCipher

ASKED = {"nik": a_nik(), "user_id": "USER-KONTRAK", "password": PASSWORD, "ip_user": IP_USER, **HELD}
BODY = msgspec.json.encode(ASKED)
FORM = {"content-type": "application/x-www-form-urlencoded"}
FORMS: dict[str, tuple[str, dict[str, Any]]] = {
    "JSON": ("kontrak/verifikasi-baru", {"content": BODY}),
    "a malformed content type": (
        "kontrak/verifikasi-baru",
        {"content": BODY, "headers": {"content-type": "application/json,Accept: application/json"}},
    ),
    "JSON called a form": ("kontrak/verifikasi-baru", {"content": BODY, "headers": FORM}),
    "a form": ("kontrak/verifikasi-baru", {"data": ASKED}),
    "a query string alone": (f"kontrak/verifikasi-baru?{urlencode(ASKED)}", {}),
    "extra Basic credentials": ("kontrak/verifikasi-baru", {"content": BODY, "auth": ("lain", "lain")}),
    "capitals": ("KONTRAK/VERIFIKASI-BARU", {"content": BODY}),
    "a slash at the end": ("kontrak/verifikasi-baru/", {"content": BODY}),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_request_is_answered(door: Door, form: str) -> None:
    path, how = FORMS[form]
    reply = door.send(path, **how)
    assert reply.status_code == 200
    assert reply.json()["content"][0]["NAMA_LGKP"] == "Sesuai (100)"


def test_the_whole_path_is_read_in_any_case(door: Door) -> None:
    reply = door.running.http.post("/Dukcapil/GET_JSON/Kontrak/Verifikasi-Baru", content=BODY)
    assert reply.json()["content"][0]["NIK"] == "Sesuai"


def _entries(door: Door) -> list[Any]:
    async def fetch() -> list[Any]:
        owner = await asyncpg.connect(door.running.database.dsn, server_settings={"search_path": "live"})
        try:
            return [
                decode_entry(row["entry"])
                for row in await owner.fetch("SELECT * FROM ledger_entry ORDER BY seq")
            ]
        finally:
            await owner.close()

    return asyncio.run(fetch())


REFUSALS = {
    "04": ({"ip_user": "172.16.0.9"}, "kontrak", "declared_address_unregistered"),
    "10": ({}, "luar", "outside_network"),
    "16": ({}, "lewat", "not_in_force"),
    "17": ({}, "nonaktif", "account_disabled"),
}


@pytest.mark.parametrize("code", REFUSALS)
def test_each_part_of_the_credential_is_logged_for_itself(door: Door, code: str) -> None:
    changes, institution, decision = REFUSALS[code]
    before = len(_entries(door))
    assert door.row(f"{institution}/verifikasi-baru", **changes)["RESPONSE_CODE"] == code
    (entry,) = _entries(door)[before:]
    assert (entry.kind, entry.decision, entry.institution) == (EntryKind.REFUSAL, decision, institution)


def test_a_wrong_password_is_told_to_the_operators_without_the_account(door: Door) -> None:
    before = len(_entries(door))
    assert door.row("kontrak/verifikasi-baru", password="bukan")["RESPONSE_CODE"] == "03"
    assert len(_entries(door)) == before
    assert "login_failed" in door.running.log.read_text()
    assert "USER-KONTRAK" not in door.running.log.read_text()


def test_an_account_asks_only_what_its_own_agreement_lists(door: Door) -> None:
    row = door.row("habis/verifikasi-baru", user_id="USER-KONTRAK")
    assert row["RESPONSE_CODE"] == "07"


def test_a_service_answers_for_its_own_list_whatever_else_is_sent(door: Door) -> None:
    row = door.row("kontrak/verifikasi-baru", AGAMA="ISLAM", NIK_IBU=a_nik(2))
    assert row.keys() == {"NIK", *HELD}


def test_fields_that_are_left_out_are_not_judged(door: Door) -> None:
    left_out = dict.fromkeys(set(HELD) - {"NAMA_LGKP"})
    assert door.row("kontrak/verifikasi-baru", **left_out) == {"NIK": "Sesuai", "NAMA_LGKP": "Sesuai (100)"}
    assert door.row("kontrak/verifikasi-baru", **dict.fromkeys(HELD))["RESPONSE_CODE"] == "07"


def test_a_family_card_is_a_row_for_each_member_who_may_be_told_and_a_charge_for_each(door: Door) -> None:
    before = door.ask("kontrak/verifikasi-baru")["quotaLimiter"]
    page = door.ask("kontrak/kk")
    assert [row["STAT_HBKEL"] for row in page["content"]] == ["KEPALA KELUARGA", "ISTRI"]
    assert [row["NIK"] for row in page["content"]] == [a_nik(), WIFE]
    assert {row["NO_KK"] for row in page["content"]} == {a_card()}
    assert (page["numberOfElements"], page["totalElements"], page["size"]) == (2, 2, 2)
    assert page["quotaLimiter"] == before - 3, "the one who died was asked about too"
    assert door.row("kontrak/kk", UNKNOWN)["RESPONSE_CODE"] == "13"


def test_without_granted_reasons_nobody_learns_who_exists(door: Door) -> None:
    rows = [door.row("diam/verifikasi-baru", nik) for nik in (UNKNOWN, DEAD)]
    wrong = dict.fromkeys(rows[0], "Tidak Sesuai")
    scored = dict.fromkeys(("NAMA_LGKP", "TMPT_LHR", "ALAMAT", "NAMA_LGKP_IBU"), "Tidak Sesuai (0)")
    assert rows == [wrong | scored] * 2
    read = [door.row("diam/data-lama", nik) for nik in (UNKNOWN, DEAD)]
    assert read == [{"RESPON": "Data Tidak Ditemukan"}] * 2


def test_the_guessing_budget_holds_here_too(door: Door) -> None:
    names = ("ANDI", "BAMBANG", "CECEP", "DEDI")
    rows = [door.row("persis/verifikasi-baru", NAMA_LGKP_IBU=name) for name in names]
    assert [row.get("RESPONSE_CODE") for row in rows] == [None, None, None, "08"]
    assert door.row("persis/verifikasi-baru")["RESPONSE_CODE"] == "08"


def test_an_operator_is_the_account_or_named_beside_it(door: Door) -> None:
    assert door.row("kontrak/petugas", operator=OPERATOR)["NIK"] == "Sesuai"
    assert door.row("kontrak/petugas")["RESPONSE_CODE"] == "17"
    elsewhere = door.row("kontrak/petugas", operator=OPERATOR, ip_user="10.10.1.99")
    assert elsewhere["RESPONSE_CODE"] == "17"


def test_the_quota_left_is_told_truly(door: Door) -> None:
    left = [door.ask("kontrak/verifikasi-baru")["quotaLimiter"] for _ in range(3)]
    assert left == [left[0], left[0] - 1, left[0] - 2]


def test_a_rotated_password_holds_at_once_on_every_worker(door: Door) -> None:
    async def rotate(password: str) -> None:
        owner = await asyncpg.connect(door.running.database.dsn, server_settings={"search_path": "live"})
        await owner.execute("UPDATE client SET password = $1 WHERE id = 'persis'", hash_password(password))
        await owner.close()

    asyncio.run(rotate("baru"))
    try:
        asyncio.run(asyncio.sleep(1))
        for _ in range(10):
            assert door.row("persis/verifikasi-lama") == {"RESPON": "Login Gagal"}
            assert "NIK" in door.row("persis/verifikasi-lama", password="baru", NAMA_LGKP_IBU=None)
    finally:
        asyncio.run(rotate(PASSWORD))


def test_an_address_that_nobody_lists_is_answered_in_the_envelope(door: Door) -> None:
    assert door.row("tidak/ada", user_id="USER-KONTRAK")["RESPONSE_CODE"] == "07"
    assert door.row("a/b/c", user_id="USER-KONTRAK")["RESPONSE_CODE"] == "07"


def test_basic_credentials_are_not_the_account(door: Door) -> None:
    token = base64.b64encode(f"USER-KONTRAK:{PASSWORD}".encode()).decode()
    reply = door.send(
        "kontrak/verifikasi-baru", json={"nik": a_nik()}, headers={"authorization": f"Basic {token}"}
    )
    assert reply.json()["content"][0]["RESPONSE_CODE"] == "09"


def test_a_number_is_told_of_what_is_sesuai_alone(door: Door) -> None:
    for institution, near in (("kontrak", "Sesuai (90)"), ("persis", "Sesuai (96)")):
        rows = [
            door.row(f"{institution}/verifikasi-baru", a_nik(5), NAMA_LGKP=name)
            for name in ("BUDI SANTOSA", "BUDI WIBOWO", "ZZZ")
        ]
        assert [row["NAMA_LGKP"] for row in rows] == [near, "Tidak Sesuai (0)", "Tidak Sesuai (0)"]


def test_a_raised_threshold_is_counted_and_can_be_read_back_with_the_keys(door: Door) -> None:
    def counted() -> int:
        page = door.running.http.get("/metrics").text
        found = re.search(r"^hakakses_thresholds_raised_total (\d+)", page, re.MULTILINE)
        return 0 if found is None else int(found[1])

    before = counted()
    for threshold in ("1", "80", "95", None):  # the agreement's floor is 80
        door.row("kontrak/verifikasi-baru", a_nik(6), TRESHOLD=threshold)
    wait_until(lambda: counted() == before + 1, "the raised threshold was counted")
    told = [asyncio.run(_limits(door, back, a_nik(6))) for back in (4, 3, 2)]
    assert [wanted for wanted, _ in told] == [1, 80, 95]
    assert [limits["NAMA_LGKP"] for _, limits in told] == [80, 80, 100]


async def _limits(door: Door, back: int, nik: str) -> tuple[int, dict[str, int]]:
    """What the sealed detail of one of the last entries says: the limit wanted, and those that held."""
    database = door.running.database
    cipher = RegisterCipher(keys.load(database.settings.keys_dir / "register.json"))
    owner = await asyncpg.connect(database.dsn, server_settings={"search_path": "live"})
    row = await owner.fetchrow("SELECT * FROM ledger_entry ORDER BY seq DESC OFFSET $1 LIMIT 1", back - 1)
    index = cipher.index(nik)
    salt = await owner.fetchval("SELECT salt FROM subject_key WHERE key = $1", index)
    await owner.close()
    key = record_key(cipher.log_key(index, salt), decode_entry(row["entry"]).nonce)
    particulars = msgspec.msgpack.decode(open_detail(key, row["detail"]))
    assert particulars[0] == nik
    return particulars[-2], particulars[-1]
