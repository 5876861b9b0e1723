"""Each profile answers as its programs read it: the contract of every file in ``profiles/``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from tests.builders import a_nik
from tests.gateway.dukcapil.conftest import BLOCKED, DEAD, HELD, TWICE, UNKNOWN, Door

from hakakses.gateway.dukcapil.profiles import ProfileError, profiles, read_profile

# As programs in the field compare them, letter by letter.
TEXTS = {
    "03": "Login Gagal",
    "04": "IP Address Tidak Sesuai",
    "05": "Kuota Akses Hari ini telah Habis",
    "06": "Di Luar Waktu Akses yang Diizinkan",
    "07": "Parameter Tidak Lengkap / Tidak Valid",
    "09": "User, password dan IP tidak boleh kosong",
    "10": "IP Client  Tidak terdaftar",
    "11": "Data Ditemukan, Meninggal Dunia",
    "12": "Data Ditemukan, Data Ganda",
    "13": "Data Tidak Ditemukan, NIK tidak terdapat di database Kependudukan",
    "14": "Data Ditemukan, Status Non Aktif silahkan hubungi Dinas Dukcapil",
    "15": "Data Tidak Ditemukan, NIK tidak sesuai format Dukcapil",
    "16": "Instansi Tidak Aktif",
    "17": "User ID Tidak Aktif",
}
_NOT_FOUND = dict.fromkeys(("07", "11", "12", "13", "14", "15"), "Data Tidak Ditemukan")
_NO_LOGIN = dict.fromkeys(("03", "06", "09", "16", "17"), "Login Gagal")
HOSPITAL = {
    **TEXTS, **_NOT_FOUND, **_NO_LOGIN,
    "05": "Kuota Akses Hari Ini Telah Habis", "10": "IP Client Tidak Terdaftar",
}  # fmt: skip
REGIONAL_HOSPITAL = {
    **{code: text.capitalize() for code, text in HOSPITAL.items()},
    "04": TEXTS["04"],
    "10": TEXTS["10"],
}


def _one_key(code: str, texts: dict[str, str]) -> dict[str, str]:
    return {"RESPON": texts[code]}


def _two_keys(code: str, texts: dict[str, str]) -> dict[str, str]:
    return {"RESPONSE_CODE": code, "RESPON": texts[code]}


def _three_keys(code: str, texts: dict[str, str]) -> dict[str, str]:
    return {"RESPONSE_CODE": code, "RESPONSE": texts[code], "RESPONSE_DESC": texts[code]}


class Contract(msgspec.Struct, frozen=True):
    """success: content of a reply about a resident whose values are all right.  quota: whether it is told."""

    error: Callable[[str, dict[str, str]], dict[str, str]]
    success: dict[str, str]
    quota: bool
    texts: dict[str, str] = msgspec.field(default_factory=lambda: TEXTS)


SCORED = ("NAMA_LGKP", "TMPT_LHR", "ALAMAT", "NAMA_LGKP_IBU")
VERDICTS = {code: "Sesuai (100)" if code in SCORED else "Sesuai" for code in HELD}
DATA = {"NIK": a_nik(), **HELD}
PADDED = {**DATA, "NO_RT": "001", "NO_RW": "016", "NO_KEC": "04"}
SPELLED = ("NAMA_LGKP", "TMPT_LHR", "TGL_LHR", "JENIS_KLMIN", "ALAMAT", "NAMA_LGKP_IBU")
KEYS_33 = [
    "NO_KK",
    "NIK",
    "NAMA_LGKP",
    "JENIS_KLMIN",
    "TMPT_LHR",
    "TGL_LHR",
    "GOL_DARAH",
    "AGAMA",
    "STATUS_KAWIN",
    "STAT_HBKEL",
    "PDDK_AKH",
    "JENIS_PKRJN",
    "NIK_IBU",
    "NAMA_LGKP_IBU",
    "NIK_AYAH",
    "NAMA_LGKP_AYAH",
    "ALAMAT",
    "NO_RT",
    "NO_RW",
    "DUSUN",
    "NO_PROP",
    "PROP_NAME",
    "NO_KAB",
    "KAB_NAME",
    "NO_KEC",
    "KEC_NAME",
    "NO_KEL",
    "KEL_NAME",
    "NO_AKTA_LHR",
    "NO_AKTA_KWN",
    "TGL_KWN",
    "NO_AKTA_CRAI",
    "TGL_CRAI",
]
CONTRACTS = {
    "verifikasi-lama": Contract(_one_key, {"NIK": a_nik(), **VERDICTS}, quota=False),
    "verifikasi-baru": Contract(_three_keys, {"NIK": "Sesuai", **VERDICTS}, quota=True),
    "verifikasi-kode": Contract(
        _three_keys,
        {"RESPONSE_CODE": "01", "RESPONSE_DESC": "Data Ditemukan", "NIK": "Sesuai", **VERDICTS},
        quota=True,
    ),
    "verifikasi-campuran": Contract(
        _one_key,
        {
            "NIK": a_nik(),
            **{code.capitalize() if code in SPELLED else code: word for code, word in VERDICTS.items()},
        },
        quota=False,
        texts={**TEXTS, "04": "IP Tidak Sesuai"},
    ),
    "data-lama": Contract(_one_key, DATA, quota=False),
    "data-baru": Contract(_three_keys, PADDED, quota=True),
    "data-33": Contract(_two_keys, {key: DATA.get(key, "") for key in KEYS_33}, quota=True),
    "data-rumah-sakit": Contract(_one_key, DATA, quota=False, texts=HOSPITAL),
    "data-rumah-sakit-daerah": Contract(_one_key, DATA, quota=False, texts=REGIONAL_HOSPITAL),
    "keluarga": Contract(_three_keys, DATA, quota=True),
}
ERRORS: dict[str, tuple[str, dict[str, Any]]] = {
    "03": ("kontrak", {"password": "salah"}),
    "04": ("kontrak", {"ip_user": "172.16.0.9"}),
    "05": ("habis", {}),
    "06": ("tutup", {}),
    "07": ("kontrak", {"TRESHOLD": "tinggi"}),
    "09": ("kontrak", {"user_id": " "}),
    "10": ("luar", {}),
    "11": ("kontrak", {"nik": DEAD}),
    "12": ("kontrak", {"nik": TWICE}),
    "13": ("kontrak", {"nik": UNKNOWN}),
    "14": ("kontrak", {"nik": BLOCKED}),
    "15": ("kontrak", {"nik": "12345"}),
    "16": ("mati", {}),
    "17": ("nonaktif", {}),
}


def test_every_profile_has_a_contract() -> None:
    assert profiles().keys() == CONTRACTS.keys()
    assert len({(one.error, str(one.success), one.quota, str(one.texts)) for one in CONTRACTS.values()}) >= 9


@pytest.mark.parametrize("profile", CONTRACTS)
def test_right_values_get_what_the_program_waits_for(door: Door, profile: str) -> None:
    contract = CONTRACTS[profile]
    page = door.ask(f"kontrak/{profile}")
    quota = page.pop("quotaLimiter", None)
    assert page == {
        "content": [contract.success],
        "lastPage": True,
        "firstPage": True,
        "numberOfElements": 1,
        "totalElements": 1,
        "number": 0,
        "size": 1,
        "sort": None,
    }
    assert list(page["content"][0]) == list(contract.success)
    assert (quota is not None) is contract.quota


@pytest.mark.parametrize("code", ERRORS)
@pytest.mark.parametrize("profile", CONTRACTS)
def test_each_error_has_the_shape_and_the_text_of_the_program(door: Door, profile: str, code: str) -> None:
    institution, changes = ERRORS[code]
    contract = CONTRACTS[profile]
    assert door.ask(f"{institution}/{profile}", **changes)["content"] == [
        contract.error(code, contract.texts)
    ]


@pytest.mark.parametrize("profile", [name for name in CONTRACTS if name.startswith("verifikasi")])
def test_wrong_values_are_told_apart_from_right_ones(door: Door, profile: str) -> None:
    row = door.row(f"kontrak/{profile}", NAMA_LGKP="ZULKIFLI HASAN", TGL_LHR="18-08-1990")
    told = {key.upper(): verdict for key, verdict in row.items()}
    wrong = "Tidak Sesuai" if profile == "verifikasi-campuran" else "Tidak Sesuai (0)"
    assert (told["NAMA_LGKP"][: len(wrong) - 3], told["TGL_LHR"], told["JENIS_KLMIN"]) == (
        wrong[: len(wrong) - 3],
        "Tidak Sesuai",
        "Sesuai",
    )


BROKEN = {
    "[success]": "about_id",
    'about_id = "a"\nabout_en = "b"\n[error]\n': "error: no key",
    'about_id = "a"\nabout_en = "b"\n[error]\nRESPON = "teks"': "teks",
    'about_id = "a"\nabout_en = "b"\nwarna = 1\n[error]\nRESPON = "text"': "warna",
    'about_id = "a"\nabout_en = "b"\n[error]\nRESPON = "text"\n[success]\nkeys = ["HOBI"]': "HOBI",
    'about_id = "a"\nabout_en = "b"\n[error]\nRESPON = "text"\n[texts]\n"99" = "x"': "99",
    "[error": "TOML",
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_profile_is_named_with_what_is_wrong(text: str) -> None:
    with pytest.raises(ProfileError, match=r"broken\.toml") as caught:
        read_profile("broken.toml", text)
    assert BROKEN[text] in str(caught.value) or BROKEN[text] == "TOML"
