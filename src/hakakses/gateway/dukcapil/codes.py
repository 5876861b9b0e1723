"""The Dukcapil wire format's codes and texts, exactly as programs in the field compare them.

Texts of 06 and 08 were seen in no program and are ours.  Final answers are 08 and 11 to 15: asking again later
gives the same; all others mean "try later".
"""

from __future__ import annotations

from hakakses.core import problems
from hakakses.core.problems import Family, Refused
from hakakses.verification.answer import Reason

FOUND, NOTHING, LOGIN, INCOMPLETE = "01", "02", "03", "07"
EMPTY_LOGIN = "09"
TEXTS: dict[str, str] = {
    FOUND: "Data Ditemukan",
    NOTHING: "Data Tidak Ditemukan",
    LOGIN: "Login Gagal",
    "04": "IP Address Tidak Sesuai",
    "05": "Kuota Akses Hari ini telah Habis",
    "06": "Di Luar Waktu Akses yang Diizinkan",
    INCOMPLETE: "Parameter Tidak Lengkap / Tidak Valid",
    "08": "NIK Tidak Dapat Diproses",
    EMPTY_LOGIN: "User, password dan IP tidak boleh kosong",
    "10": "IP Client  Tidak terdaftar",
    "11": "Data Ditemukan, Meninggal Dunia",
    "12": "Data Ditemukan, Data Ganda",
    "13": "Data Tidak Ditemukan, NIK tidak terdapat di database Kependudukan",
    "14": "Data Ditemukan, Status Non Aktif silahkan hubungi Dinas Dukcapil",
    "15": "Data Tidak Ditemukan, NIK tidak sesuai format Dukcapil",
    "16": "Instansi Tidak Aktif",
    "17": "User ID Tidak Aktif",
}
FINAL = frozenset({"08", "11", "12", "13", "14", "15"})

OF_REASON: dict[Reason, str] = {
    Reason.MENINGGAL: "11",
    Reason.GANDA: "12",
    Reason.TIDAK_DITEMUKAN: "13",
    Reason.NONAKTIF: "14",
}
_OF_PROBLEM: dict[str, str] = {
    problems.LOGIN_EMPTY.code: EMPTY_LOGIN,
    problems.LOGIN_FAILED.code: LOGIN,
    problems.DECLARED_ADDRESS_UNREGISTERED.code: "04",
    problems.QUOTA_EXHAUSTED.code: "05",
    problems.OUTSIDE_HOURS.code: "06",
    problems.GUESSES_EXHAUSTED.code: "08",
    problems.OUTSIDE_NETWORK.code: "10",
    problems.INVALID_NIK.code: "15",
    problems.NOT_IN_FORCE.code: "16",
    problems.ACCOUNT_DISABLED.code: "17",
    problems.OPERATOR_UNKNOWN.code: "17",
    problems.OPERATOR_DISABLED.code: "17",
    problems.OPERATOR_SHARED.code: "17",
}


def code_of(refused: Refused) -> str | None:
    """The code of a refusal; None for an outage, which the format has no code for: programs know it by its status."""
    problem = refused.problem
    if problem.family is Family.UNAVAILABLE:
        return None
    if problem is problems.RESIDENT_NOT_ANSWERED:
        return OF_REASON[Reason(refused.part)] if refused.part else NOTHING
    return _OF_PROBLEM.get(problem.code, INCOMPLETE)
