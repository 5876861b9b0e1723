"""Everything that can be wrong with an agreement's text, once: a code and a sentence in two languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

SENTENCES: dict[str, tuple[str, str]] = {
    "toml_syntax": ("Teks bukan TOML yang benar.", "The text is not well-formed TOML."),
    "unknown_key": ("Kunci ini tidak dikenal.", "This key is not known."),
    "missing_key": ("Kunci ini wajib diisi.", "This key is required."),
    "wrong_type": ("Jenis nilai kunci ini salah.", "This key's value is of the wrong type."),
    "unknown_word": ("Kata ini tidak ada dalam pilihannya.", "This word is not among the choices."),
    "period_reversed": ("Masa berlaku berakhir sebelum dimulai.", "The period ends before it begins."),
    "juknis_before_signing": (
        "Juknis bertanggal sebelum perjanjian ditandatangani.",
        "The juknis is dated before the agreement was signed.",
    ),
    "version_too_small": ("Versi juknis paling kecil 1.", "The juknis version is 1 at least."),
    "duplicate": ("Hal yang sama tercantum dua kali.", "The same thing is listed twice."),
    "no_method": ("Tidak ada metode akses.", "No method is granted."),
    "no_caller": ("Tidak ada jenis pemanggil.", "No kind of caller is granted."),
    "no_element": ("Tidak ada elemen data.", "No element is granted."),
    "no_mode": ("Elemen tanpa cara penggunaan.", "The element has no mode."),
    "element_without_purpose": ("Elemen tanpa tujuan.", "The element has no purpose."),
    "unknown_element": ("Kode elemen tidak dikenal.", "The element code is not in the catalogue."),
    "element_not_held": (
        "Elemen ini tidak dapat diberikan: tidak dipegang dan tidak dibandingkan.",
        "This element cannot be granted: it is neither held nor compared.",
    ),
    "nik_itself": (
        "NIK adalah kunci pertanyaan, bukan elemen yang diberikan.",
        "The NIK is the key of an ask, not an element to grant.",
    ),
    "protected_without_basis": (
        "Data yang dilindungi memerlukan dasar hukum yang disebutkan.",
        "A protected element needs a named legal basis.",
    ),
    "threshold_unscored": (
        "Ambang hanya berlaku untuk elemen berskor yang diverifikasi.",
        "A threshold applies only to a scored element that is verified.",
    ),
    "threshold_range": ("Ambang harus 50 sampai 100.", "A threshold must be 50 to 100."),
    "undeclared_purpose": ("Tujuan ini tidak dinyatakan.", "This purpose is not declared."),
    "purpose_unused": ("Tujuan tanpa elemen.", "No element is granted for this purpose."),
    "no_network": ("Tidak ada jaringan yang terdaftar.", "No network is registered."),
    "bad_network": ("Bukan rentang jaringan CIDR.", "This is not a CIDR network range."),
    "network_too_wide": ("Rentang jaringan terlalu lebar.", "The network range is too wide."),
    "quota_too_small": ("Kuota per hari paling kecil 1.", "The daily quota is 1 at least."),
    "hours_impossible": ("Jendela jam akses tidak masuk akal.", "The window of hours makes no sense."),
    "relation_unordered": (
        "Hanya tanggal dan kode yang dapat dibandingkan lebih besar atau lebih kecil.",
        "Only dates and codes can be greater or less.",
    ),
    "relation_equal": (
        "Kesamaan selalu berlaku dan tidak perlu disebut.",
        "Equality always holds and is not listed.",
    ),
    "bad_set_name": (
        "Nama set elemen hanya huruf besar, angka, dan garis bawah, paling panjang 32.",
        "A set's name has capitals, digits and underscores only, 32 at most.",
    ),
    "set_element_ungranted": (
        "Elemen ini tidak diberikan untuk cara dan tujuan set.",
        "The element is not granted for the set's mode and purpose.",
    ),
    "unknown_set": ("Set elemen ini tidak dinyatakan.", "This set is not declared."),
    "undeclared_caller": (
        "Jenis pemanggil ini tidak diberikan.",
        "This kind of caller is not granted.",
    ),
    "needs_web_service": (
        "Layanan ini memerlukan metode web_service.",
        "This needs the method web_service.",
    ),
    "exception_too_long": (
        "Pengecualian ini berakhir sesudah perjanjian berakhir.",
        "This exception ends after the agreement does.",
    ),
    "no_service": ("Tidak ada layanan yang terdaftar.", "No service is listed."),
    "bad_service_path": (
        "Alamat layanan harus dua atau tiga bagian huruf, angka, garis bawah, atau tanda hubung.",
        "A service's path has two or three parts of letters, digits, underscores or hyphens.",
    ),
    "unknown_profile": ("Profil jawaban ini tidak ada.", "There is no such response profile."),
    "family_needs_read": (
        "Anggota keluarga hanya dapat diberikan oleh set yang membaca.",
        "Family members can be given only by a set that reads.",
    ),
    "query_ungranted": (
        "Pencarian tanpa NIK hanya berlaku untuk NO_KK yang boleh dibaca untuk tujuan itu.",
        "A search without NIK is for NO_KK alone, where it may be read for that purpose.",
    ),
    "bad_field_name": (
        "Nama kolom data balikan hanya huruf, angka, dan garis bawah, paling panjang 64, bukan nik.",
        "A field of feedback data has letters, digits and underscores only, 64 at most, and is not nik.",
    ),
    "no_field": ("Data balikan tanpa kolom.", "Feedback data has no fields."),
    "region_needed": (
        "Lembaga daerah wajib menyebut kode wilayahnya.",
        "A regional institution names its region.",
    ),
    "region_unwanted": ("Lembaga pusat tidak punya kode wilayah.", "A central institution has no region."),
    "unknown_region": ("Kode wilayah tidak ada.", "There is no region with this code."),
}


class Fault(msgspec.Struct, frozen=True):
    """One thing wrong.  clause: of the paper, or the TOML path where the text names none.

    part: the word, key or line it is about, "" when the clause says it all.
    """

    clause: str
    code: str
    sentence_id: str
    sentence_en: str
    part: str = ""


def fault(code: str, clause: str, part: str = "") -> Fault:
    sentence_id, sentence_en = SENTENCES[code]
    return Fault(clause, code, sentence_id, sentence_en, part)


def twice(listed: Iterable[tuple[str, str]]) -> Iterator[Fault]:
    """Faults for words listed more than once, each under its last clause."""
    pairs = list(listed)
    clauses = dict(pairs)
    for word, times in Counter(word for word, _ in pairs).items():
        if times > 1:
            yield fault("duplicate", clauses[word], word)
