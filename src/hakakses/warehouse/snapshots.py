"""Where the warehouse keeps what was loaded.

DIR/snapshots/<as of>-<kind>-<fingerprint>/manifest.json, province=<two digits>/*.parquet
DIR/quarantine/<same name>/*.parquet      rows set aside, for the office that can mend them
DIR/work/<same name>/                     a load that is under way or was cut off

The columns of a snapshot are those of a population file: codes of the catalogue, and the resident's status.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path

import msgspec

from hakakses.core.elements import CATALOGUE

STATUS_COLUMN = "STATUS_PENDUDUK"
COLUMNS = (*(element.code for element in CATALOGUE if element.held), STATUS_COLUMN)
REQUIRED = ("NIK", STATUS_COLUMN, "NAMA_LGKP", "TGL_LHR", "JENIS_KLMIN")


class Kind(StrEnum):
    FULL = "full"  # the whole population at a date
    INCREMENT = "increment"  # changed and new residents since


class Manifest(msgspec.Struct, frozen=True):
    """What one load brought.  quarantined: rows by reason."""

    kind: Kind
    as_of: date
    source: str
    read: int
    accepted: int
    quarantined: dict[str, int]


def snapshots_dir(warehouse: Path) -> Path:
    return warehouse / "snapshots"


def manifest_of(snapshot: Path) -> Manifest:
    return msgspec.json.decode((snapshot / "manifest.json").read_bytes(), type=Manifest)


def snapshots(warehouse: Path) -> list[tuple[Path, Manifest]]:
    """All loads that were finished, oldest first; at one date the full one before increments."""
    found = [
        (path.parent, manifest_of(path.parent)) for path in snapshots_dir(warehouse).glob("*/manifest.json")
    ]
    return sorted(found, key=lambda one: (one[1].as_of, one[1].kind is Kind.INCREMENT, one[1].source))


def parts(snapshot: Path) -> list[Path]:
    return sorted(snapshot.glob("province=*/*.parquet"))
