"""Population files enter the warehouse judged, once, and as a whole."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hakakses.warehouse.load import load_files
from hakakses.warehouse.reading import HeaderError
from hakakses.warehouse.snapshots import Kind, parts, snapshots
from hakakses.warehouse.synthetic import Plan, csv_block
from hakakses.warehouse.validate import SENTENCES, Reason

AS_OF = date(2026, 6, 30)
HEADER = "NIK,STATUS_PENDUDUK,NAMA_LGKP,TGL_LHR,JENIS_KLMIN,NO_KK,NO_PROP,NO_KAB,NO_KEC"
DISTRICT = "160906"
SOUND = f"{DISTRICT}0310780001,AKTIF,BUDI,1978-10-03,LAKI-LAKI,{DISTRICT}2906260001,16,09,6"


def _load(tmp_path, data):
    path = tmp_path / "file.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return load_files([path], Kind.FULL, AS_OF, tmp_path / "warehouse")


def _accepted(tmp_path):
    return [
        row
        for path, _ in snapshots(tmp_path / "warehouse")
        for part in parts(path)
        for row in pq.read_table(part, partitioning=None).to_pylist()
    ]


def _quarantined(tmp_path):
    found = [
        row
        for path in (tmp_path / "warehouse" / "quarantine").glob("*/*.parquet")
        for row in pq.read_table(path).to_pylist()
    ]
    return sorted(found, key=lambda row: (row["file"], row["line"]))


def test_every_synthetic_row_is_accepted(tmp_path):
    outcome = _load(tmp_path, csv_block(Plan(5_000, 4, AS_OF), 0))
    assert (outcome.manifest.read, outcome.manifest.accepted, outcome.manifest.quarantined) == (
        5_000,
        5_000,
        {},
    )
    assert len(_accepted(tmp_path)) == 5_000


def _with(column, value):
    values = SOUND.split(",")
    values[HEADER.split(",").index(column)] = value
    return ",".join(values)


CASES = {
    Reason.COLUMN_COUNT: SOUND + ",x",
    Reason.ENCODING: _with("NAMA_LGKP", "\udcff"),
    Reason.CONTROL_CHARACTER: _with("NAMA_LGKP", "BU\x07DI"),
    Reason.MISSING: _with("NAMA_LGKP", ""),
    Reason.NIK_LENGTH: _with("NIK", "160906"),
    Reason.NIK_DIGITS: _with("NIK", "16090603107800O1"),
    Reason.NIK_PROVINCE: _with("NIK", "0009060310780001"),
    Reason.NIK_REGENCY: _with("NIK", "1699060310780001"),
    Reason.NIK_DISTRICT: _with("NIK", "1609990310780001"),
    Reason.NIK_DAY: _with("NIK", "1609060010780001"),
    Reason.NIK_MONTH: _with("NIK", "1609060313780001"),
    Reason.NIK_DATE: _with("NIK", "1609063102780001"),
    Reason.NIK_SERIAL: _with("NIK", "1609060310780000"),
    Reason.NUMBER: _with("NO_KK", "12"),
    Reason.CODE: _with("NO_PROP", "XVI"),
    Reason.STATUS: _with("STATUS_PENDUDUK", "HIDUP"),
    Reason.SEX: _with("JENIS_KLMIN", "X"),
    Reason.DATE: _with("TGL_LHR", "1978-13-03"),
    Reason.BIRTH_DATE_NOT_OF_NIK: _with("TGL_LHR", "1978-10-04"),
    Reason.SEX_NOT_OF_NIK: _with("JENIS_KLMIN", "PEREMPUAN"),
    Reason.REGION: _with("NO_KEC", "99"),
    Reason.DUPLICATE: SOUND,
}


COLUMN = dict.fromkeys(Reason, "NIK") | {
    Reason.COLUMN_COUNT: "",
    Reason.ENCODING: "NAMA_LGKP",
    Reason.CONTROL_CHARACTER: "NAMA_LGKP",
    Reason.MISSING: "NAMA_LGKP",
    Reason.NUMBER: "NO_KK",
    Reason.CODE: "NO_PROP",
    Reason.STATUS: "STATUS_PENDUDUK",
    Reason.SEX: "JENIS_KLMIN",
    Reason.DATE: "TGL_LHR",
    Reason.BIRTH_DATE_NOT_OF_NIK: "TGL_LHR",
    Reason.SEX_NOT_OF_NIK: "JENIS_KLMIN",
    Reason.REGION: "NO_KEC",
}


def test_every_reason_has_a_case_and_two_sentences():
    assert set(CASES) == set(SENTENCES) == set(Reason)


def _load_parquet(tmp_path, *rows):
    """The same rows as columns; of bytes where a text could not hold them."""
    values = [row.encode(errors="surrogateescape").split(b",") for row in rows]
    columns = dict(zip(HEADER.split(","), map(pa.array, zip(*values, strict=True)), strict=True))
    path = tmp_path / "file.parquet"
    pq.write_table(pa.table(columns), path)
    return load_files([path], Kind.FULL, AS_OF, tmp_path / "warehouse")


@pytest.mark.parametrize("reason", list(Reason))
def test_a_faulty_row_is_set_aside_with_its_line_column_and_reason(tmp_path, reason):
    text = "\n".join((HEADER, SOUND, CASES[reason], ""))
    outcome = _load(tmp_path, text.encode(errors="surrogateescape"))
    assert outcome.manifest.quarantined == {reason.value: 1}
    assert outcome.manifest.accepted == 1
    (row,) = _quarantined(tmp_path)
    assert (row["line"], row["column"], row["reason"]) == (3, COLUMN[reason], reason.value)
    assert row["row"].decode(errors="surrogateescape") == CASES[reason] or reason is Reason.DUPLICATE
    (path,) = (tmp_path / "warehouse" / "quarantine").glob("*/*.parquet")
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason is not Reason.COLUMN_COUNT])
def test_a_faulty_row_of_parquet_is_set_aside_with_its_number_column_and_reason(tmp_path, reason):
    outcome = _load_parquet(tmp_path, SOUND, CASES[reason])
    assert (outcome.manifest.quarantined, outcome.manifest.accepted) == ({reason.value: 1}, 1)
    (row,) = _quarantined(tmp_path)
    assert (row["line"], row["column"], row["reason"]) == (2, COLUMN[reason], reason.value)


def test_the_first_row_of_a_nik_counts_over_all_files_of_a_set(tmp_path):
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text(f"{HEADER}\n{SOUND}\n")
    second.write_text("\n".join((HEADER, CASES[Reason.SEX], _with("NAMA_LGKP", "WATI"), SOUND, "")))
    manifest = load_files([first, second], Kind.FULL, AS_OF, tmp_path / "warehouse").manifest
    assert (manifest.read, manifest.accepted) == (4, 1)
    assert manifest.quarantined == {"sex": 1, "duplicate": 2}
    assert [row["NAMA_LGKP"] for row in _accepted(tmp_path)] == ["BUDI"]
    assert [(row["file"], row["line"]) for row in _quarantined(tmp_path)] == [(1, 2), (1, 3), (1, 4)]


def test_rows_lie_by_province_of_residence_or_else_of_their_nik(tmp_path):
    moved = _with("NO_PROP", "31").replace("31,09,6", "31,71,1").replace("0001,AKTIF", "0002,AKTIF")
    unstated = SOUND.replace("16,09,6", ",,").replace("0001,AKTIF", "0003,AKTIF")
    _load(tmp_path, f"{HEADER}\n{SOUND}\n{moved}\n{unstated}\n")
    ((snapshot, _),) = snapshots(tmp_path / "warehouse")
    found = {path.parent.name: pq.read_metadata(path).num_rows for path in parts(snapshot)}
    assert found == {"province=16": 2, "province=31": 1}


def test_values_are_kept_in_the_registers_notation(tmp_path):
    _load(tmp_path, f"{HEADER}\n{SOUND.replace('1978-10-03', '03-10-1978').lower()}\n")
    (row,) = _accepted(tmp_path)
    assert (row["TGL_LHR"], row["NO_KAB"], row["STATUS_PENDUDUK"], row["ALAMAT"]) == (
        "1978-10-03",
        "9",
        "AKTIF",
        "",
    )


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + f"{HEADER}\n{SOUND}\n".encode(),
        f"{HEADER}\r\n{SOUND}\r\n".encode(),
        f"{HEADER}\n{SOUND}".encode(),
        "\n".join((HEADER, SOUND.replace("BUDI", '"BUDI, S.H"'), "")).encode(),
    ],
    ids=["byte order mark", "CRLF", "no last line end", "quoted comma"],
)
def test_ordinary_variations_of_csv_are_read(tmp_path, data):
    assert _load(tmp_path, data).manifest.accepted == 1


def test_a_quotation_mark_that_is_never_closed_spoils_its_own_row_alone(tmp_path):
    rows = (HEADER, _with("NAMA_LGKP", '"BU'), SOUND, CASES[Reason.STATUS], _with("NAMA_LGKP", 'DI"'), "")
    assert _load(tmp_path, "\n".join(rows)).manifest.read == 4
    assert [(row["line"], row["reason"]) for row in _quarantined(tmp_path)] == [
        (2, "column_count"),
        (4, "status"),
        (5, "duplicate"),
    ]


@pytest.mark.parametrize(
    "header",
    [
        HEADER.replace(",", ";"),
        HEADER + ",X",
        HEADER + ",NIK",
        HEADER.replace("NIK", "NO_RT"),
        HEADER + ",SIDIK_JARI",
    ],
)
def test_a_header_that_is_not_a_population_files_is_refused(tmp_path, header):
    with pytest.raises(HeaderError):
        _load(tmp_path, f"{header}\n{SOUND}\n")


def test_the_same_file_for_the_same_date_is_loaded_once(tmp_path):
    text = f"{HEADER}\n{SOUND}\n"
    assert not _load(tmp_path, text).repeated
    assert _load(tmp_path, text).repeated
    assert len(_accepted(tmp_path)) == 1


def test_a_file_without_rows_is_read_and_brings_nothing(tmp_path):
    assert _load(tmp_path, f"{HEADER}\n").manifest.read == 0
    assert snapshots(tmp_path / "warehouse") == []


def test_a_bad_header_of_the_last_file_stops_the_set_before_any_work(tmp_path):
    good, bad = tmp_path / "a.csv", tmp_path / "b.csv"
    good.write_text(f"{HEADER}\n{SOUND}\n")
    bad.write_text(f"{HEADER},X\n")
    with pytest.raises(HeaderError):
        load_files([good, bad], Kind.FULL, AS_OF, tmp_path / "warehouse")
    assert not (tmp_path / "warehouse" / "work").exists()


def test_without_a_sound_row_nothing_enters(tmp_path):
    assert _load(tmp_path, f"{HEADER}\n{CASES[Reason.SEX]}\n").manifest.accepted == 0
    assert snapshots(tmp_path / "warehouse") == []


def test_a_cut_between_quarantine_and_snapshot_loses_neither(tmp_path):
    text, obstacle = f"{HEADER}\n{SOUND}\n{CASES[Reason.SEX]}\n", tmp_path / "warehouse" / "snapshots"
    obstacle.parent.mkdir()
    obstacle.touch()
    with pytest.raises(OSError, match="snapshots"):
        _load(tmp_path, text)
    assert len(_quarantined(tmp_path)) == 1
    obstacle.unlink()
    assert _load(tmp_path, text).manifest.accepted == 1
    assert [row["reason"] for row in _quarantined(tmp_path)] == ["sex"]
