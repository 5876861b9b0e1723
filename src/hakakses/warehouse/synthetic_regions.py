"""Villages and districts of the country as columns, for inventing addresses."""

from __future__ import annotations

from functools import cache

import msgspec
import numpy as np
import numpy.typing as npt
from lokal import wilayah


class Country(msgspec.Struct, frozen=True):
    """Columns by village number, and districts by district number.

    villages: wire column → text by village; districts: six-digit codes; first, count: where a district's
    villages stand; regency_names: birth place by district.
    """

    villages: dict[str, list[str]]
    districts: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    count: npt.NDArray[np.int64]
    regency_names: list[str]


def _plain(regency: str) -> str:
    """A regency's or city's name without its kind, as birth places are written."""
    return regency.removeprefix("KABUPATEN ").removeprefix("KOTA ").removeprefix("ADMINISTRASI ")


@cache
def country() -> Country:
    columns: dict[str, list[str]] = {
        name: []
        for name in (
            "KODE_POS", "NO_PROP", "PROP_NAME", "NO_KAB", "KAB_NAME", "NO_KEC", "KEC_NAME", "NO_KEL", "KEL_NAME",
        )
    }  # fmt: skip
    districts, first, count, places = [], [], [], []
    for province in wilayah.list_wilayah():
        for regency in wilayah.list_wilayah(province.code):
            for district in wilayah.list_wilayah(regency.code):
                villages = wilayah.list_wilayah(district.code)
                if not villages:
                    continue
                districts.append(int(district.code.replace(".", "")))
                first.append(len(columns["NO_KEL"]))
                count.append(len(villages))
                places.append(_plain(regency.name.upper()))
                _add_villages(columns, (province.name, regency.name, district.name), villages)
    return Country(columns, np.array(districts), np.array(first), np.array(count), places)


def _add_villages(
    columns: dict[str, list[str]], above: tuple[str, str, str], villages: list[wilayah.Wilayah]
) -> None:
    for village in villages:
        codes = [str(int(part)) for part in village.code.split(".")]
        columns["KODE_POS"].append(village.postal_code or "")
        for number, name, code, text in zip(
            ("NO_PROP", "NO_KAB", "NO_KEC", "NO_KEL"),
            ("PROP_NAME", "KAB_NAME", "KEC_NAME", "KEL_NAME"),
            codes,
            (*above, village.name),
            strict=True,
        ):
            columns[number].append(code)
            columns[name].append(text.upper())
