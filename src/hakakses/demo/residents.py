"""The invented residents whom the demonstration names, with what an ask about each will give."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from hakakses.core.residents import ResidentStatus
from hakakses.warehouse.synthetic import Plan, make_block
from hakakses.warehouse.validate import STATUS_COLUMN

Row = dict[str, str]
SHOWN = 60  # the first residents of a synthetic population show every outcome
MOST_OF_AN_OUTCOME = 3
_UNUSED_SERIAL = "9999"


def shown_residents(plan: Plan) -> list[Row]:
    """Residents of a synthetic population by outcome: values to ask with, and ``outcome``."""
    rows: list[Row] = make_block(plan, 0).slice(0, SHOWN).to_pylist()
    return [
        {"outcome": outcome, **{code: value for code, value in row.items() if code != STATUS_COLUMN}}
        for outcome, choose in OUTCOMES.items()
        for row in islice(choose(rows), MOST_OF_AN_OUTCOME)
    ]


def _matching(rows: list[Row]) -> Iterator[Row]:
    return (row for row in rows if _active(row) and not _elsewhere(row))


def _moved(rows: list[Row]) -> Iterator[Row]:
    return (row for row in rows if _active(row) and _elsewhere(row))


def _variants(rows: list[Row]) -> Iterator[Row]:
    """The same person as people write the name: a title, an abbreviation."""
    for row in rows:
        name = row["NAMA_LGKP"]
        if _active(row) and name.startswith("MUHAMMAD "):
            yield row | {"NAMA_LGKP": f"H. MUH. {name.removeprefix('MUHAMMAD ')}"}


def _mistaken(rows: list[Row]) -> Iterator[Row]:
    """Right but for the name, which is another resident's."""
    active = [row for row in rows if _active(row)]
    for row, other in zip(active, reversed(active), strict=True):
        if row["JENIS_KLMIN"] != other["JENIS_KLMIN"]:
            yield row | {"NAMA_LGKP": other["NAMA_LGKP"]}


def _unknown(rows: list[Row]) -> Iterator[Row]:
    """Well-formed numbers that were never given out."""
    return (row | {"NIK": row["NIK"][:12] + _UNUSED_SERIAL} for row in rows if _active(row))


def _of_status(status: ResidentStatus) -> Callable[[list[Row]], Iterator[Row]]:
    return lambda rows: (row for row in rows if row[STATUS_COLUMN] == status.name)


def _active(row: Row) -> bool:
    return row[STATUS_COLUMN] == ResidentStatus.AKTIF.name


def _elsewhere(row: Row) -> bool:
    """Whether the number was given out in another district than that of residence."""
    home = "".join(row[code].zfill(2) for code in ("NO_PROP", "NO_KAB", "NO_KEC"))
    return not row["NIK"].startswith(home)


OUTCOMES: dict[str, Callable[[list[Row]], Iterator[Row]]] = {
    "match": _matching,
    "deceased": _of_status(ResidentStatus.MENINGGAL),
    "inactive": _of_status(ResidentStatus.NONAKTIF),
    "duplicate": _of_status(ResidentStatus.GANDA),
    "moved": _moved,
    "name_variant": _variants,
    "mismatch": _mistaken,
    "unknown": _unknown,
}
