"""The catalogue of population data elements: one declaration per element, nothing else.

Numbers and names follow art. 58(2) a-ee of Law 23/2006 as amended by Law 24/2013; protection
follows art. 84(1) of the same law.  Wire codes are the keys that institutions' programs use.
An element without a code in the field has ours, and ``coined`` says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec


class Comparison(StrEnum):
    """How a claimed value is held against the register's; the functions are in core.matching."""

    NUMBER = "number"  # 16-digit person and family numbers, digit for digit
    NAME = "name"  # a person's name, scored 0-100
    PLACE = "place"  # a birth place, scored 0-100
    ADDRESS = "address"  # words and numbers, scored 0-100; other numbers are another house
    DATE = "date"  # a calendar date in any accepted notation
    CODE = "code"  # a region, RT or RW code, compared as an integer
    REGION = "region"  # a region's name
    REGENCY = "regency"  # a name whose kind, regency or city, may be left out
    WORD = "word"  # a word from a closed list, without case or punctuation
    NEVER = "never"  # not held by the register and never compared (biometrics and the like)


class Protection(StrEnum):
    ORDINARY = "ordinary"
    PROTECTED = "protected"  # art. 84(1): needs a named legal basis in the agreement


class Element(msgspec.Struct, frozen=True):
    """One datum about a resident.

    position: its place in a sealed register row and its bit in a log entry; never reused.
    letter: number of the element in art. 58(2), 0 where the law does not list it.
    """

    position: int
    code: str
    letter: int
    name_id: str
    name_en: str
    comparison: Comparison
    protection: Protection = Protection.ORDINARY
    coined: bool = False

    @property
    def held(self) -> bool:
        """Whether the register has a value of this element to compare or return."""
        return self.comparison is not Comparison.NEVER

    @property
    def scored(self) -> bool:
        """Whether its comparison gives a similarity that a threshold judges."""
        return self.comparison in (Comparison.NAME, Comparison.PLACE, Comparison.ADDRESS)


SAME = 100  # percent: the score of two spellings of one value
LOWEST_THRESHOLD = 50  # percent; below it an agreement would accept almost anything

_N, _W, _C = Comparison.NUMBER, Comparison.WORD, Comparison.CODE
_R, _D, _A = Comparison.REGION, Comparison.DATE, Comparison.ADDRESS
_PROTECTED = Protection.PROTECTED

CATALOGUE: tuple[Element, ...] = (
    Element(0, "NO_KK", 1, "Nomor Kartu Keluarga", "Family card number", _N),
    Element(1, "NIK", 2, "Nomor Induk Kependudukan", "Person number", _N),
    Element(2, "NAMA_LGKP", 3, "Nama lengkap", "Full name", Comparison.NAME),
    Element(3, "JENIS_KLMIN", 4, "Jenis kelamin", "Sex", _W),
    Element(4, "TMPT_LHR", 5, "Tempat lahir", "Birth place", Comparison.PLACE),
    Element(5, "TGL_LHR", 6, "Tanggal lahir", "Birth date", _D),
    Element(6, "GOL_DARAH", 7, "Golongan darah", "Blood type", _W),
    Element(7, "AGAMA", 8, "Agama/kepercayaan", "Religion or belief", _W),
    Element(8, "STATUS_KAWIN", 9, "Status perkawinan", "Marital status", _W),
    Element(9, "STAT_HBKEL", 10, "Hubungan dalam keluarga", "Relation in the family", _W),
    Element(
        10,
        "DISABILITAS",
        11,
        "Cacat fisik dan/atau mental",
        "Physical or mental disability",
        _W,
        _PROTECTED,
        True,
    ),
    Element(11, "PDDK_AKH", 12, "Pendidikan terakhir", "Last education", _W),
    Element(12, "JENIS_PKRJN", 13, "Jenis pekerjaan", "Occupation", _W),
    Element(13, "NIK_IBU", 14, "NIK ibu kandung", "Mother's person number", _N),
    Element(14, "NAMA_LGKP_IBU", 15, "Nama ibu kandung", "Mother's name", Comparison.NAME),
    Element(15, "NIK_AYAH", 16, "NIK ayah", "Father's person number", _N),
    Element(16, "NAMA_LGKP_AYAH", 17, "Nama ayah", "Father's name", Comparison.NAME),
    Element(17, "ALAMAT_SEBELUM", 18, "Alamat sebelumnya", "Previous address", _A, coined=True),
    Element(18, "ALAMAT", 19, "Alamat sekarang", "Present address", _A),
    Element(19, "NO_RT", 19, "Nomor RT", "Neighbourhood unit (RT)", _C),
    Element(20, "NO_RW", 19, "Nomor RW", "Community unit (RW)", _C),
    Element(21, "DUSUN", 19, "Dusun", "Hamlet", _R),
    Element(22, "KODE_POS", 19, "Kode pos", "Postal code", _C),
    Element(23, "NO_PROP", 19, "Kode provinsi", "Province code", _C),
    Element(24, "PROP_NAME", 19, "Nama provinsi", "Province", _R),
    Element(25, "NO_KAB", 19, "Kode kabupaten/kota", "Regency or city code", _C),
    Element(26, "KAB_NAME", 19, "Nama kabupaten/kota", "Regency or city", Comparison.REGENCY),
    Element(27, "NO_KEC", 19, "Kode kecamatan", "District code", _C),
    Element(28, "KEC_NAME", 19, "Nama kecamatan", "District", _R),
    Element(29, "NO_KEL", 19, "Kode kelurahan/desa", "Village code", _C),
    Element(30, "KEL_NAME", 19, "Nama kelurahan/desa", "Village", _R),
    Element(31, "ADA_AKTA_LHR", 20, "Kepemilikan akta kelahiran", "Has a birth certificate", _W, coined=True),
    Element(32, "NO_AKTA_LHR", 21, "Nomor akta kelahiran", "Birth certificate number", _W),
    Element(
        33, "ADA_AKTA_KWN", 22, "Kepemilikan akta perkawinan", "Has a marriage certificate", _W, coined=True
    ),
    Element(34, "NO_AKTA_KWN", 23, "Nomor akta perkawinan", "Marriage certificate number", _W),
    Element(35, "TGL_KWN", 24, "Tanggal perkawinan", "Marriage date", _D),
    Element(
        36, "ADA_AKTA_CRAI", 25, "Kepemilikan akta perceraian", "Has a divorce certificate", _W, coined=True
    ),
    Element(37, "NO_AKTA_CRAI", 26, "Nomor akta perceraian", "Divorce certificate number", _W),
    Element(38, "TGL_CRAI", 27, "Tanggal perceraian", "Divorce date", _D),
    Element(39, "SIDIK_JARI", 28, "Sidik jari", "Fingerprint", Comparison.NEVER, _PROTECTED, True),
    Element(40, "IRIS_MATA", 29, "Iris mata", "Iris", Comparison.NEVER, _PROTECTED, True),
    Element(41, "TANDA_TANGAN", 30, "Tanda tangan", "Signature", Comparison.NEVER, _PROTECTED, True),
    Element(
        42,
        "AIB_SESEORANG",
        31,
        "Elemen lain yang merupakan aib seseorang",
        "Other elements that are a person's disgrace",
        Comparison.NEVER,
        _PROTECTED,
        True,
    ),
    Element(43, "EKTP_STATUS", 0, "Status perekaman KTP-el", "KTP-el recording state", _W),
    Element(44, "EKTP_CREATED", 0, "Tanggal perekaman KTP-el", "KTP-el recording date", _D),
)

BY_CODE: dict[str, Element] = {element.code: element for element in CATALOGUE}


def bitmap(codes: Iterable[str]) -> int:
    """The set of element codes as the integer that a log entry holds, bit = position."""
    total = 0
    for code in codes:
        total |= 1 << BY_CODE[code].position
    return total


def codes_in(bits: int) -> tuple[str, ...]:
    """The element codes of a bitmap, in catalogue order."""
    return tuple(element.code for element in CATALOGUE if bits >> element.position & 1)
