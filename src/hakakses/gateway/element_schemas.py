"""The catalogue as JSON Schema: which codes there are, how each is compared, what a claimed value looks like.

A format here is an annotation that no pattern could say; docs/reference/api.md tells what each means.
"""

from __future__ import annotations

from typing import Any

from hakakses.core.elements import CATALOGUE, Comparison
from hakakses.gateway.native import LONGEST_VALUE, PRINTABLE

REF = "#/components/schemas/"
# format -> what it demands, in Indonesian and English
FORMATS: dict[str, tuple[str, str]] = {
    "nik": (
        "NIK yang sah: kode kecamatan ada, tanggal lahir ada (perempuan +40), nomor urut bukan 0000",
        "a well-formed NIK: its district exists, its birth date exists (+40 for women), its serial is not 0000",
    ),
    "tanggal": (
        "tanggal yang ada di kalender, atau kosong, atau semua nol",
        "a date that the calendar has, or blank, or all zeros",
    ),
    "teks": (
        "tanpa tanda kendali atau pembalik arah; bila berisi huruf atau angka, ada yang huruf Latin atau angka 0-9",
        "no control or direction marks; if it has letters or digits, some are Latin letters or digits 0-9",
    ),
}
_TEXT = {"pattern": PRINTABLE, "format": "teks"}
_DATES = "[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}-[0-9]{2}-[0-9]{4}|[0-9]{2}/[0-9]{2}/[0-9]{4}"
_VALUES: dict[Comparison, tuple[dict[str, str], str, str]] = {
    Comparison.NUMBER: (
        {"pattern": "^ *([0-9]{16})? *$"},
        "16 angka, dibandingkan angka demi angka.",
        "16 digits, compared digit for digit.",
    ),
    Comparison.NAME: (
        _TEXT,
        "Nama orang, dinilai 0-100 tanpa gelar dan beda ejaan; sesuai bila mencapai batas perjanjian.",
        "A person's name, scored 0-100 without titles and spelling variants; matches from the agreement's limit.",
    ),
    Comparison.PLACE: (
        _TEXT,
        "Tempat lahir, dinilai 0-100 per kata; sesuai bila mencapai batas perjanjian.",
        "A birth place, scored 0-100 by words; matches from the agreement's limit.",
    ),
    Comparison.ADDRESS: (
        _TEXT,
        "Alamat, dinilai 0-100 per kata; nomor yang lain berarti rumah yang lain.",
        "An address, scored 0-100 by words; other numbers are another house.",
    ),
    Comparison.DATE: (
        {"pattern": f"^ *({_DATES})? *$", "format": "tanggal"},
        "Tanggal: yyyy-mm-dd, dd-mm-yyyy, atau dd/mm/yyyy.",
        "A date: yyyy-mm-dd, dd-mm-yyyy or dd/mm/yyyy.",
    ),
    Comparison.CODE: (
        {"pattern": "^ *([0-9]{1,10})? *$"},
        "Kode, dibandingkan sebagai bilangan: 072 sama dengan 72.",
        "A code, compared as a number: 072 is 72.",
    ),
    Comparison.REGION: (
        _TEXT,
        "Nama wilayah, tanpa beda huruf besar, spasi, dan tanda baca.",
        "A region's name, whatever its case, spaces and punctuation.",
    ),
    Comparison.REGENCY: (
        _TEXT,
        "Nama kabupaten atau kota; jenisnya boleh dihilangkan: KAB. SLEMAN sama dengan SLEMAN.",
        "A regency's or city's name; its kind may be left out: KAB. SLEMAN is SLEMAN.",
    ),
    Comparison.WORD: (
        _TEXT,
        "Kata dari daftar tertutup, tanpa beda huruf besar, spasi, dan tanda baca.",
        "A word from a closed list, whatever its case, spaces and punctuation.",
    ),
    Comparison.NEVER: (
        _TEXT,
        "Tidak disimpan dalam register dan tidak pernah dibandingkan.",
        "Not held by the register and never compared.",
    ),
}


def element_components() -> dict[str, Any]:
    """Schemas by component name: the codes, and a value per comparison."""
    codes = {
        "type": "string",
        "enum": [element.code for element in CATALOGUE],
        "description": "Kode elemen data. / Code of a data element.",
    }
    return {"ElementCode": codes, **{_component(kind): _value(kind) for kind in Comparison}}


def claims() -> dict[str, Any]:
    """Claimed values by element code: at least one, none unknown."""
    return {
        "type": "object",
        "description": "Kode elemen -> nilai yang diperiksa. / Element code -> claimed value.",
        "minProperties": 1,
        "propertyNames": {"$ref": f"{REF}ElementCode"},
        "properties": {
            element.code: {
                "$ref": REF + _component(element.comparison),
                "description": f"{element.name_id} / {element.name_en}. {_sentences(element.comparison)}",
            }
            for element in CATALOGUE
        },
        "additionalProperties": False,
    }


def _component(kind: Comparison) -> str:
    return f"{kind.value.capitalize()}Value"


def _value(kind: Comparison) -> dict[str, Any]:
    return {
        "type": "string",
        "maxLength": LONGEST_VALUE,
        **_VALUES[kind][0],
        "description": _sentences(kind),
    }


def _sentences(kind: Comparison) -> str:
    return " / ".join(_VALUES[kind][1:])
