"""Row rules of the population file: one small function per rule, each giving a reason and a column.

The rules run over columns, whole blocks at a time.  What a NIK is stays the word of core.nik: its districts
and its birth parts are asked of ``parse_nik`` once for each that occurs.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import cache
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import compute

from hakakses.core.dates import UnreadableDateError, read_date
from hakakses.core.elements import CATALOGUE, Comparison
from hakakses.core.nik import Nik, NikFault, parse_nik
from hakakses.core.regions import districts
from hakakses.core.residents import ResidentStatus
from hakakses.warehouse.snapshots import REQUIRED, STATUS_COLUMN

DATES = tuple(element.code for element in CATALOGUE if element.comparison is Comparison.DATE)
CODES = tuple(element.code for element in CATALOGUE if element.comparison is Comparison.CODE)
NUMBERS = tuple(element.code for element in CATALOGUE if element.comparison is Comparison.NUMBER)
_CONTROL, _DELETE = r"[\x00-\x1f\x7f\x{80}-\x{9f}]", 0x7F
_WOMAN, _MAN = "PEREMPUAN", "LAKI-LAKI"

pc: Any = compute  # its stubs know fewer combinations of arguments than it takes
Flags = npt.NDArray[np.bool_]


class Reason(StrEnum):
    """Why a row is set aside."""

    COLUMN_COUNT = "column_count"
    ENCODING = "encoding"
    CONTROL_CHARACTER = "control_character"
    MISSING = "missing"
    NIK_LENGTH = "nik_length"
    NIK_DIGITS = "nik_digits"
    NIK_PROVINCE = "nik_province"
    NIK_REGENCY = "nik_regency"
    NIK_DISTRICT = "nik_district"
    NIK_DAY = "nik_day"
    NIK_MONTH = "nik_month"
    NIK_DATE = "nik_date"
    NIK_SERIAL = "nik_serial"
    NUMBER = "number"
    CODE = "code"
    STATUS = "status"
    SEX = "sex"
    DATE = "date"
    BIRTH_DATE_NOT_OF_NIK = "birth_date_not_of_nik"
    SEX_NOT_OF_NIK = "sex_not_of_nik"
    REGION = "region"
    DUPLICATE = "duplicate"


SENTENCES: dict[Reason, tuple[str, str]] = {
    Reason.COLUMN_COUNT: ("Jumlah kolom tidak sama dengan kepala berkas.", "The row has not as many columns as the header."),
    Reason.ENCODING: ("Teks bukan UTF-8.", "The text is not UTF-8."),
    Reason.CONTROL_CHARACTER: ("Ada karakter kendali.", "There is a control character."),
    Reason.MISSING: ("Kolom wajib kosong.", "A required column is empty."),
    Reason.NIK_LENGTH: ("NIK harus 16 angka.", "A NIK has 16 digits."),
    Reason.NIK_DIGITS: ("NIK hanya boleh berisi angka.", "A NIK holds digits only."),
    Reason.NIK_PROVINCE: ("Kode provinsi NIK tidak dikenal.", "The NIK's province is unknown."),
    Reason.NIK_REGENCY: ("Kode kabupaten/kota NIK tidak dikenal.", "The NIK's regency is unknown."),
    Reason.NIK_DISTRICT: ("Kode kecamatan NIK tidak dikenal.", "The NIK's district is unknown."),
    Reason.NIK_DAY: ("Hari pada NIK salah.", "The NIK's day is wrong."),
    Reason.NIK_MONTH: ("Bulan pada NIK salah.", "The NIK's month is wrong."),
    Reason.NIK_DATE: ("Tanggal pada NIK tidak ada.", "The NIK's date does not exist."),
    Reason.NIK_SERIAL: ("Nomor urut NIK salah.", "The NIK's serial is wrong."),
    Reason.NUMBER: ("Nomor harus 16 angka.", "The number must have 16 digits."),
    Reason.CODE: ("Kode harus berupa angka.", "The code must be a number."),
    Reason.STATUS: ("Status penduduk tidak dikenal.", "The resident's status is unknown."),
    Reason.SEX: ("Jenis kelamin tidak dikenal.", "The sex is unknown."),
    Reason.DATE: ("Tanggal tidak dapat dibaca.", "The date cannot be read."),
    Reason.BIRTH_DATE_NOT_OF_NIK: ("Tanggal lahir tidak sama dengan NIK.", "The birth date is not the NIK's."),
    Reason.SEX_NOT_OF_NIK: ("Jenis kelamin tidak sama dengan NIK.", "The sex is not the NIK's."),
    Reason.REGION: ("Wilayah tempat tinggal tidak dikenal.", "The region of residence is unknown."),
    Reason.DUPLICATE: ("NIK sudah ada pada baris sebelumnya.", "An earlier row has this NIK."),
}  # fmt: skip


class Fault(msgspec.Struct, frozen=True):
    """The first thing wrong with a row.  column: its wire code, "" for the row as a whole."""

    row: int
    column: str
    reason: Reason


class _Judged:
    """The first fault of each row of one block."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self.sound: Flags = np.ones(rows, dtype=np.bool_)
        self.faults: list[Fault] = []

    def refuse(self, bad: Any, column: str, reason: Reason) -> None:
        """Mark rows; a row that has a fault already keeps it.  bad: booleans, null counting as false."""
        flags = _flags(bad) & self.sound
        for row in np.flatnonzero(flags):
            self.faults.append(Fault(int(row), column, reason))
        self.sound &= ~flags


def _flags(values: Any) -> Flags:
    if isinstance(values, np.ndarray):
        return values
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    flags: Flags = pc.fill_null(values, False).to_numpy(zero_copy_only=False)
    return flags


def canonical(table: pa.Table) -> tuple[pa.Table, Flags, list[Fault]]:
    """Judge a block of text columns: the block in the register's notation, which rows are sound, and the faults."""
    judged = _Judged(table.num_rows)
    table = _readable(table, judged)
    _required(table, judged)
    _nik(table, judged)
    _numbers(table, judged)
    table = _statuses_and_sexes(table, judged)
    table = _dates(table, judged)
    table = _codes(table, judged)
    _agreement_with_nik(table, judged)
    _regions(table, judged)
    return table, judged.sound, judged.faults


def _set(table: pa.Table, column: str, values: Any) -> pa.Table:
    return table.set_column(table.column_names.index(column), column, values)


def _readable(table: pa.Table, judged: _Judged) -> pa.Table:
    for column in table.column_names:
        text = _text(table[column], column, judged)
        if _may_hold_control_characters(text):
            judged.refuse(pc.match_substring_regex(text, _CONTROL), column, Reason.CONTROL_CHARACTER)
        table = _set(table, column, pc.utf8_trim(text, " "))
    return table


def _text(raw: Any, column: str, judged: _Judged) -> Any:
    try:
        return raw.cast(pa.string())
    except pa.ArrowInvalid:
        broken = np.array([_broken(value) for value in raw.to_pylist()], dtype=np.bool_)
        judged.refuse(broken, column, Reason.ENCODING)
        return pc.if_else(pa.array(broken), b"", raw).cast(pa.string())


def _may_hold_control_characters(text: Any) -> bool:
    """A look at the bytes, which spares nearly every column the pattern."""
    for chunk in text.chunks:
        data = chunk.buffers()[2]
        if data is not None and len(data):
            signed = np.frombuffer(data, dtype=np.int8)  # beyond ASCII is below zero
            if signed.min() < ord(" ") or signed.max() == _DELETE:
                return True
    return False


def _broken(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return True
    return False


def _required(table: pa.Table, judged: _Judged) -> None:
    for column in REQUIRED:
        judged.refuse(pc.equal(table[column], ""), column, Reason.MISSING)


def _by_distinct(values: Any, ask: Callable[[str], Any], *, of: Any = None) -> npt.NDArray[Any]:
    """What a function says of each value, asked once per distinct value."""
    encoded: Any = (
        values.combine_chunks().dictionary_encode()
        if isinstance(values, pa.ChunkedArray)
        else values.dictionary_encode()
    )
    answers = np.array([ask(value) for value in encoded.dictionary.to_pylist()], dtype=of or object)
    if not len(answers):
        return np.empty(0, dtype=of or object)
    found: npt.NDArray[Any] = answers[encoded.indices.to_numpy(zero_copy_only=False)]
    return found


_A_DISTRICT, _A_BIRTH, _A_SERIAL = next(iter(sorted(districts()))), "010190", "0001"


def _fault_of(text: str) -> Reason | None:
    parsed = parse_nik(text)
    return Reason(f"nik_{parsed.part.value}") if isinstance(parsed, NikFault) else None


@cache
def _district_stands(code: str) -> bool:
    return isinstance(parse_nik(code + _A_BIRTH + _A_SERIAL), Nik)


@cache
def _birth_stands(ddmmyy: str) -> bool:
    return isinstance(parse_nik(_A_DISTRICT + ddmmyy + _A_SERIAL), Nik)


def _nik(table: pa.Table, judged: _Judged) -> None:
    """Rows that pass by parts are sound; only the others are asked one by one which part is wrong."""
    nik = table["NIK"]
    stands = _flags(pc.match_substring_regex(nik, r"^[0-9]{16}$"))
    stands &= _by_distinct(pc.utf8_slice_codeunits(nik, 0, 6), _district_stands, of=np.bool_)
    stands &= _by_distinct(pc.utf8_slice_codeunits(nik, 6, 12), _birth_stands, of=np.bool_)
    stands &= ~_flags(pc.equal(pc.utf8_slice_codeunits(nik, 12, 16), "0000"))
    for row in np.flatnonzero(~stands & judged.sound):
        reason = _fault_of(nik[int(row)].as_py())
        if reason is not None:
            one = np.zeros(len(stands), dtype=np.bool_)
            one[row] = True
            judged.refuse(one, "NIK", reason)


def _numbers(table: pa.Table, judged: _Judged) -> None:
    for column in NUMBERS:
        if column in table.column_names and column != "NIK":
            judged.refuse(
                pc.invert(pc.match_substring_regex(table[column], r"^([0-9]{16})?$")), column, Reason.NUMBER
            )


def _statuses_and_sexes(table: pa.Table, judged: _Judged) -> pa.Table:
    for column, words, reason in (
        (STATUS_COLUMN, [status.name for status in ResidentStatus], Reason.STATUS),
        ("JENIS_KLMIN", [_MAN, _WOMAN], Reason.SEX),
    ):
        text = pc.utf8_upper(table[column])
        judged.refuse(pc.invert(pc.is_in(text, pa.array(words))), column, reason)
        table = _set(table, column, text)
    return table


@cache
def _date_or_none(text: str) -> str | None:
    try:
        return read_date(text)
    except UnreadableDateError:
        return None


def _dates(table: pa.Table, judged: _Judged) -> pa.Table:
    for column in DATES:
        if column in table.column_names:
            dates = _by_distinct(table[column], _date_or_none)
            read = pa.array(dates, pa.string())
            judged.refuse(pc.is_null(read), column, Reason.DATE)
            table = _set(table, column, pc.fill_null(read, ""))
    judged.refuse(pc.equal(table["TGL_LHR"], ""), "TGL_LHR", Reason.DATE)
    return table


def _codes(table: pa.Table, judged: _Judged) -> pa.Table:
    """Codes without their padding, so that they compare as integers do."""
    for column in CODES:
        if column in table.column_names:
            text = table[column]
            judged.refuse(pc.invert(pc.match_substring_regex(text, r"^[0-9]{0,10}$")), column, Reason.CODE)
            bare = pc.utf8_ltrim(text, "0")
            zero = pc.and_(pc.equal(bare, ""), pc.not_equal(text, ""))
            table = _set(table, column, pc.if_else(zero, "0", bare))
    return table


def _agreement_with_nik(table: pa.Table, judged: _Judged) -> None:
    """The rule of core.nik.disagreements over columns; a test holds the two together."""
    born = pc.utf8_slice_codeunits(table["NIK"], 6, 12)
    woman = pc.greater_equal(pc.utf8_slice_codeunits(born, 0, 1), "4")
    stated = table["TGL_LHR"]
    parts = [pc.utf8_slice_codeunits(stated, *at) for at in ((8, 10), (5, 7), (2, 4))]
    plain = _by_distinct(pc.utf8_slice_codeunits(born, 0, 2), _day_of)
    written = pc.binary_join_element_wise(
        pa.array(plain, pa.string()), pc.utf8_slice_codeunits(born, 2, 6), ""
    )
    judged.refuse(
        pc.not_equal(written, pc.binary_join_element_wise(*parts, "")),
        "TGL_LHR",
        Reason.BIRTH_DATE_NOT_OF_NIK,
    )
    judged.refuse(pc.xor(woman, pc.equal(table["JENIS_KLMIN"], _WOMAN)), "JENIS_KLMIN", Reason.SEX_NOT_OF_NIK)


def _day_of(text: str) -> str:
    """The day of a NIK as on a calendar; "" for what is no day (such a row has its fault already)."""
    if not (text.isascii() and text.isdecimal()):
        return ""
    return f"{int(text) % 40:02d}" if int(text) != 40 else ""  # noqa: PLR2004 - a woman's day is 40 more


def _regions(table: pa.Table, judged: _Judged) -> None:
    """Where province, regency and district of residence are all given they must be a district of the country."""
    names = ("NO_PROP", "NO_KAB", "NO_KEC")
    if not all(name in table.column_names for name in names):
        return
    padded = [pc.utf8_lpad(table[name], 2, "0") for name in names]
    codes = pc.binary_join_element_wise(*padded, "")
    judged.refuse(~_by_distinct(codes, _known_home, of=np.bool_), "NO_KEC", Reason.REGION)


@cache
def _known_home(code: str) -> bool:
    return code in districts() or code == "000000"


def provinces(table: pa.Table) -> npt.NDArray[np.int64]:
    """The province of residence of each row that is sound, or that of its NIK when none is stated; else -1."""
    issued = pc.utf8_slice_codeunits(table["NIK"], 0, 2)
    stated = table["NO_PROP"] if "NO_PROP" in table.column_names else pa.scalar("")
    return _by_distinct(pc.if_else(pc.equal(stated, ""), issued, stated), _number, of=np.int64)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else -1
