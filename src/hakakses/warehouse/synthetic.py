"""A believable population of invented people, for demonstrations, tests and benchmarks.

The population is made in blocks.  A block depends on the seed and its number alone, so the same seed gives
the same bytes whatever the number of processes.  Numbers never meet between blocks: blocks that share
districts have serial numbers apart.
"""

# ruff: noqa: PLR2004 - the numbers are shares and ages of an invented population

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from datetime import date
from enum import StrEnum
from functools import partial
from io import BytesIO
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from hakakses.core.residents import ResidentStatus
from hakakses.warehouse import synthetic_people as people
from hakakses.warehouse.snapshots import STATUS_COLUMN
from hakakses.warehouse.synthetic_families import HEAD, WIFE, YEAR, Families, Flags, Ints, invent_families
from hakakses.warehouse.synthetic_names import STREETS
from hakakses.warehouse.synthetic_regions import Country, country

BLOCK = 20_000
_GROUPS = 29  # a block lives in every 29th district
_SERIALS = 16  # of one district, date and sex, in one block
_BLOOD = ("A", "B", "AB", "O", "TIDAK TAHU")
_DEAD, _DOUBLE, _INACTIVE = 0.06, 0.002, 0.01
_MOVED = 0.15
# The first 60 residents show every outcome, whatever the seed.
_SHOW_STATUS = {
    5: ResidentStatus.MENINGGAL, 17: ResidentStatus.MENINGGAL, 8: ResidentStatus.GANDA, 23: ResidentStatus.GANDA,
    11: ResidentStatus.NONAKTIF, 29: ResidentStatus.NONAKTIF,
}  # fmt: skip
_SHOW_MOVED = (3, 13, 31)
_SHOW_PLAIN = 60
_FEWEST_TO_SHOW = 60


class FileFormat(StrEnum):
    CSV = "csv"
    PARQUET = "parquet"


class Plan(msgspec.Struct, frozen=True):
    """What to invent."""

    residents: int
    seed: int
    as_of: date
    format: FileFormat = FileFormat.CSV


def write_population(
    plan: Plan, path: Path, *, processes: int | None = None, progress: Callable[[int], None] = lambda _: None
) -> None:
    """Write one population file; it appears under its name only when whole.  progress: residents so far."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.parent.mkdir(parents=True, exist_ok=True)
    try:
        writer = _write_csv if plan.format is FileFormat.CSV else _write_parquet
        writer(plan, draft, processes or os.cpu_count() or 1, progress)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def blocks(plan: Plan) -> range:
    return range(-(-plan.residents // BLOCK))


def _ordered(make: Callable[[int], bytes], plan: Plan, processes: int) -> Iterator[bytes]:
    if processes == 1 or len(blocks(plan)) == 1:
        yield from map(make, blocks(plan))
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(make, blocks(plan))


def _write_csv(plan: Plan, path: Path, processes: int, progress: Callable[[int], None]) -> None:
    with path.open("wb") as file:
        for number, text in enumerate(_ordered(partial(csv_block, plan), plan, processes), 1):
            file.write(text)
            progress(min(number * BLOCK, plan.residents))


def csv_block(plan: Plan, number: int) -> bytes:
    buffer = BytesIO()
    options = pyarrow.csv.WriteOptions(include_header=number == 0, quoting_style="needed")
    pyarrow.csv.write_csv(make_block(plan, number), buffer, options)
    return buffer.getvalue()


def _write_parquet(plan: Plan, path: Path, processes: int, progress: Callable[[int], None]) -> None:
    with pq.ParquetWriter(
        path, make_block(msgspec.structs.replace(plan, residents=60), 0).schema, compression="zstd"
    ) as out:
        for number, stream in enumerate(_ordered(partial(_arrow_block, plan), plan, processes), 1):
            out.write_table(pa.ipc.open_stream(stream).read_all())
            progress(min(number * BLOCK, plan.residents))


def _arrow_block(plan: Plan, number: int) -> bytes:
    table = make_block(plan, number)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as out:
        out.write_table(table)
    return sink.getvalue().to_pybytes()


def make_block(plan: Plan, number: int) -> pa.Table:
    """The residents of one block, one text column per wire code and the status."""
    size = min(BLOCK, plan.residents - number * BLOCK)
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([plan.seed, number])))
    families = invent_families(rng, size)
    land = country()
    villages, districts = _homes(rng, land, families, number)
    showing = number == 0 and size >= _FEWEST_TO_SHOW
    issued = _places_of_issue(rng, land, families, districts, number, showing)
    born = np.datetime64(plan.as_of, "D") - families.age
    nik = _niks(land, issued, born, families.woman, number)
    columns = {"NO_KK": _family_cards(plan, land, issued, families.family, number)}
    columns |= _person(rng, families, land, issued, born, nik, villages, showing)
    columns |= _certificates(rng, plan, families, born, issued, land)
    columns |= _address(rng, land, families, villages)
    columns[STATUS_COLUMN] = _statuses(rng, families.age, showing)
    return pa.table(columns)


def _homes(rng: np.random.Generator, land: Country, families: Families, number: int) -> tuple[Ints, Ints]:
    """Village and district of each member; families live together."""
    most = int(families.family[-1]) + 1
    own = np.arange(number % _GROUPS, len(land.districts), _GROUPS)
    weight = land.count[own].astype(float)
    district = own[rng.choice(len(own), most, p=weight / weight.sum())]
    village = land.first[district] + (rng.random(most) * land.count[district]).astype(np.int64)
    return village[families.family], district[families.family]


def _places_of_issue(
    rng: np.random.Generator, land: Country, families: Families, homes: Ints, number: int, showing: bool
) -> Ints:
    """The district that gave the NIK: home, for most; another of the block's districts for who has moved."""
    own = np.arange(number % _GROUPS, len(land.districts), _GROUPS)
    elsewhere = own[rng.integers(0, len(own), len(homes))]
    moved = rng.random(len(homes)) < _MOVED
    if showing:
        moved[list(_SHOW_MOVED)] = True
        elsewhere[list(_SHOW_MOVED)] = np.where(homes[list(_SHOW_MOVED)] == own[0], own[1], own[0])
    return np.where(moved, elsewhere, homes)


def _niks(
    land: Country,
    issued: Ints,
    born: np.ndarray[tuple[int], np.dtype[np.datetime64]],
    woman: Flags,
    number: int,
) -> pa.StringArray:
    """Place of issue, DDMMYY with 40 added to a woman's day, and a serial number."""
    prefix = land.districts[issued] * 1_000_000 + _ddmmyy(born) + woman * 400_000
    serial = _rank(prefix) + number // _GROUPS * _SERIALS + 1
    if serial.max() > 9_999 or _rank(prefix).max() >= _SERIALS:
        raise ValueError("serial numbers ran out; ask for fewer residents")
    return people.digits(prefix * 10_000 + serial, 16)


def _ddmmyy(dates: np.ndarray[tuple[int], np.dtype[np.datetime64]]) -> Ints:
    months = dates.astype("datetime64[M]")
    day = (dates - months).astype(np.int64) + 1
    numbers: Ints = (
        day * 10_000
        + (months.astype(np.int64) % 12 + 1) * 100
        + (dates.astype("datetime64[Y]").astype(np.int64) + 1970) % 100
    )
    return numbers


def _rank(keys: Ints) -> Ints:
    """Each key's place among its equals, in file order, from 0."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    lengths = np.diff(np.append(starts, len(keys)))
    ranks = np.empty(len(keys), dtype=np.int64)
    ranks[order] = np.arange(len(keys)) - np.repeat(starts, lengths)
    return ranks


def _person(
    rng: np.random.Generator, families: Families, land: Country, issued: Ints,
    born: np.ndarray[tuple[int], np.dtype[np.datetime64]], nik: pa.StringArray, villages: Ints, showing: bool,
) -> dict[str, pa.StringArray]:  # fmt: skip
    size = len(issued)
    first = np.flatnonzero(np.diff(families.family, prepend=-1))
    provinces = [land.villages["NO_PROP"][village] for village in villages[first]]
    custom = people.customs(rng, provinces)
    family_name = people.family_names(rng, custom)
    religion = people.religions(rng, custom)
    of_family = families.family
    custom = custom[of_family]
    shown = _showcase(families.woman, families.role) if showing else np.zeros(size, dtype=np.int64)
    name = people.names(
        rng, custom, families.woman, family_name.take(people.rows(of_family)), families.age, shown
    )
    plain = np.zeros(size, dtype=np.int64)
    women, men = np.ones(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_)
    older = families.age + int(26 * YEAR)
    mother = people.names(rng, custom, women, people.family_names(rng, custom), older, plain)
    father = people.names(rng, custom, men, family_name.take(people.rows(of_family)), older, plain)
    of_head = families.role == HEAD
    return {
        "NIK": nik,
        "NAMA_LGKP": name,
        "JENIS_KLMIN": people.choose(families.woman, "PEREMPUAN", "LAKI-LAKI"),
        "TMPT_LHR": people.pick(land.regency_names, issued),
        "TGL_LHR": people.days(born),
        "GOL_DARAH": people.pick(_BLOOD, rng.choice(5, size, p=[0.14, 0.16, 0.05, 0.2, 0.45])),
        "AGAMA": religion.take(people.rows(of_family)),
        "STATUS_KAWIN": people.marital(
            families.role, _married(families), families.divorced, families.widowed
        ),
        "STAT_HBKEL": people.relation(families.role),
        "DISABILITAS": people.choose(rng.random(size) < 0.015, "CACAT FISIK", ""),
        "PDDK_AKH": people.schooling(rng, families.age),
        "JENIS_PKRJN": people.work(rng, families.age, families.woman, families.role),
        "NIK_IBU": people.parent_values(nik, families.mother, ""),
        "NAMA_LGKP_IBU": people.parent_values(name, families.mother, mother),
        "NIK_AYAH": people.parent_values(nik, families.father, ""),
        "NAMA_LGKP_AYAH": people.parent_values(name, families.father, people.choose(of_head, father, father)),
    }


def _married(families: Families) -> Flags:
    own = (families.role == HEAD) | (families.role == WIFE)
    married: Flags = own & (families.married_for >= 0) & ~families.divorced & ~families.widowed
    return married


def _showcase(woman: Flags, role: Ints) -> Ints:
    """1: a name of one word, 2: a MUHAMMAD form, among the first residents."""
    shown = np.zeros(len(woman), dtype=np.int64)
    men = np.flatnonzero(~woman[:_SHOW_PLAIN] & (role[:_SHOW_PLAIN] == HEAD))
    shown[men[:8:2]], shown[men[1:8:2]] = 2, 1
    return shown


def _family_cards(plan: Plan, land: Country, issued: Ints, of_family: Ints, number: int) -> pa.StringArray:
    """District, date of issue and serial, as on the card; shared by the family and by nobody else."""
    first = np.flatnonzero(np.diff(of_family, prepend=-1))
    place = land.districts[issued[first]]
    issued_on = np.datetime64(plan.as_of, "D") - (np.arange(len(first)) * 37 % 5000 + 1)
    prefix = place * 1_000_000 + _ddmmyy(issued_on)
    serial = _rank(prefix) + number // _GROUPS * _SERIALS + 1
    if serial.max() > 9_999 or _rank(prefix).max() >= _SERIALS:
        raise ValueError("family card numbers ran out; ask for fewer residents")
    return people.digits(prefix * 10_000 + serial, 16).take(people.rows(of_family))


def _certificates(
    rng: np.random.Generator, plan: Plan, families: Families, born: np.ndarray[tuple[int], np.dtype[np.datetime64]],
    issued: Ints, land: Country,
) -> dict[str, pa.StringArray]:  # fmt: skip
    size, today = len(issued), np.datetime64(plan.as_of, "D")
    own = (families.role == HEAD) | (families.role == WIFE)
    birth = rng.random(size) < np.where(families.age < 18 * YEAR, 0.96, 0.55)
    wed = own & (families.married_for >= 0)
    left = own & families.divorced
    wedding = today - np.maximum(families.married_for, 0)
    split = today - (families.married_for * 0.4).astype(np.int64)
    carded = (families.age > 17.2 * YEAR) & (rng.random(size) < 0.97)
    recorded = np.maximum(born + int(17.1 * YEAR), np.datetime64("2011-02-01"))
    recorded = np.minimum(recorded + rng.integers(0, 700, size), today)
    numbers = people.digits(families.family % 100_000, 5)
    place = people.digits(land.districts[issued] // 100, 4)
    return {
        "ADA_AKTA_LHR": people.choose(birth, "ADA", "TIDAK ADA"),
        "NO_AKTA_LHR": people.choose(birth, _certificate(place, "LU", born, np.arange(size)), ""),
        "ADA_AKTA_KWN": people.choose(wed, "ADA", "TIDAK ADA"),
        "NO_AKTA_KWN": people.choose(wed, people.join(numbers, "/", place, "/KW"), ""),
        "TGL_KWN": people.days(wedding, wed),
        "ADA_AKTA_CRAI": people.choose(left, "ADA", "TIDAK ADA"),
        "NO_AKTA_CRAI": people.choose(left, people.join(numbers, "/", place, "/CR"), ""),
        "TGL_CRAI": people.days(split, left),
        "EKTP_STATUS": people.choose(carded, "SUDAH REKAM", "BELUM REKAM"),
        "EKTP_CREATED": people.days(recorded, carded),
    }


def _certificate(
    place: pa.StringArray, kind: str, dates: np.ndarray[tuple[int], np.dtype[np.datetime64]], number: Ints
) -> pa.StringArray:
    return people.join(
        place, f"-{kind}-", people.digits(_ddmmyy(dates), 6), "-", people.digits(number % 10_000, 4)
    )


def _address(
    rng: np.random.Generator, land: Country, families: Families, villages: Ints
) -> dict[str, pa.StringArray]:
    count = int(families.family[-1]) + 1
    street = people.pick([word.replace("-", " ") for word in STREETS], rng.integers(0, len(STREETS), count))
    house = people.digits(rng.integers(1, 200, count), 3)
    lines = people.join("JL. ", street, " NO. ", house)
    before = people.choose(rng.random(count) < _MOVED, people.join("JL. ", street, " NO. 1"), "")
    of_family = people.rows(families.family)
    shared = {
        "ALAMAT_SEBELUM": before,
        "ALAMAT": lines,
        "NO_RT": people.pick([str(n) for n in range(1, 21)], rng.integers(0, 20, count)),
        "NO_RW": people.pick([str(n) for n in range(1, 13)], rng.integers(0, 12, count)),
        "DUSUN": people.pick(
            ("", "", "KRAJAN", "SUKAMAJU", "TENGAH", "LOR", "KIDUL"), rng.integers(0, 7, count)
        ),
    }
    address = {code: texts.take(of_family) for code, texts in shared.items()}
    return address | {code: people.pick(texts, villages) for code, texts in land.villages.items()}


def _statuses(rng: np.random.Generator, age: Ints, showing: bool) -> pa.StringArray:
    size = len(age)
    likely = np.clip(age / YEAR, 1, 100) ** 2
    dead = rng.random(size) < _DEAD * likely / likely.mean()
    draw = rng.random(size)
    status = np.where(dead, ResidentStatus.MENINGGAL, ResidentStatus.AKTIF)
    status = np.where(draw < _INACTIVE, ResidentStatus.NONAKTIF, status)
    status = np.where(draw > 1 - _DOUBLE, ResidentStatus.GANDA, status)
    if showing:
        status[: min(4, size)] = ResidentStatus.AKTIF
        status[list(_SHOW_STATUS)] = list(_SHOW_STATUS.values())
    return people.pick(["", *(status.name for status in ResidentStatus)], status)
