"""Every fault an agreement can have is found, beside its clause; all examples have none."""

from pathlib import Path

import pytest

from hakakses.core.agreements.agreement import read_agreement
from hakakses.core.agreements.compiler import compile_agreement, empty_right
from hakakses.core.agreements.faults import SENTENCES, Fault
from hakakses.core.rights.right import AccessRight

EXAMPLES = sorted((Path(__file__).parents[3] / "examples" / "agreements").glob("*.toml"))
DOORS = """
[[elements]]
code = "NO_KK"
modes = ["read"]
purposes = ["KYC"]
clause = "Juknis butir 3.7"

[[sets]]
name = "KYC"
purpose = "KYC"
mode = "verify"
elements = ["NAMA_LGKP", "TGL_LHR"]
clause = "Juknis butir 8.1"

[[sets]]
name = "KELUARGA"
purpose = "KYC"
mode = "read"
elements = ["NO_KK"]
clause = "Juknis butir 8.2"

[dukcapil]
until = 2027-12-31
clause = "Juknis butir 9"

[[dukcapil.services]]
path = "BANK-CONTOH/CALL_VERIFY_BY_ELEMEN"
profile = "baru"
set = "KYC"
caller = "machine"
clause = "Juknis butir 9.1"

[[dukcapil.services]]
path = "BANK-CONTOH/CALL_NIK_GET_KK"
profile = "baru"
set = "KELUARGA"
caller = "operator"
clause = "Juknis butir 9.2"
family = true

[osia]
purpose = "KYC"
caller = "machine"
clause = "Juknis butir 10"
query = ["NO_KK"]
"""
BANK = (Path(__file__).parents[3] / "examples" / "agreements" / "bank-contoh.toml").read_text() + DOORS
MOTHER = 'code = "NAMA_LGKP_IBU"'
PLACE = 'code = "TMPT_LHR"'
HOURS = '[hours]\nclause = "Juknis butir 7"\nwindows = [{days = %s, opens = 08:00:00, closes = %s}]\n'

# fault code, text replaced, its replacement ("" of the first: appended), clause beside which it stands
CASES = [
    ("toml_syntax", "[period]", "[period", "line 16, column 8"),
    ("unknown_key", PLACE, f'{PLACE}\ncolour = "red"', "Juknis butir 3.2"),
    ("missing_key", "until = 2030-12-31\n", "", "Pasal 9 ayat (1)"),
    ("missing_key", '"Pasal 9 ayat (1)"', '" "', "period.clause"),
    ("wrong_type", "per_day = 20000", "per_day = true", "Juknis butir 5.1"),
    ("wrong_type", "from = 2026-01-01", "from = 2026-01-01T00:00:00", "Pasal 9 ayat (1)"),
    ("wrong_type", 'ranges = ["127', 'ranges = [1, "127', "Juknis butir 6.1"),
    ("unknown_word", 'use = "public_service"', 'use = "marketing"', "Pasal 2 ayat (1)"),
    ("period_reversed", "2030-12-31", "2025-12-31", "Pasal 9 ayat (1)"),
    ("juknis_before_signing", "2025-12-10", "2025-11-10", "juknis.date"),
    ("version_too_small", "version = 1", "version = 0", "juknis.version"),
    ("duplicate", PLACE, 'code = "NAMA_LGKP"', "Juknis butir 3.2"),
    ("duplicate", 'kind = "operator"', 'kind = "machine"', "Pasal 4 ayat (2)"),
    ("no_method", '[[methods]]\nname = "web_service"\nclause = "Pasal 4 ayat (1)"', "", "methods"),
    ("no_caller", "[[callers]]", "[[callers_gone]]", "callers"),
    ("no_element", "[[elements]]", "[[elements_gone]]", "elements"),
    ("no_mode", f'{MOTHER}\nmodes = ["verify"]', f"{MOTHER}\nmodes = []", "Juknis butir 3.5"),
    ("element_without_purpose", 'purposes = ["KREDIT"]', "purposes = []", "Juknis butir 3.6"),
    ("unknown_element", PLACE, 'code = "HOBI"', "Juknis butir 3.2"),
    ("element_not_held", PLACE, 'code = "SIDIK_JARI"', "Juknis butir 3.2"),
    ("nik_itself", PLACE, 'code = "NIK"', "Juknis butir 3.2"),
    ("protected_without_basis", PLACE, 'code = "DISABILITAS"', "Juknis butir 3.2"),
    ("threshold_unscored", MOTHER, 'code = "AGAMA"', "Juknis butir 3.5"),
    (
        "threshold_unscored",
        f'{MOTHER}\nmodes = ["verify"]',
        f'{MOTHER}\nmodes = ["read"]',
        "Juknis butir 3.5",
    ),
    ("threshold_range", "threshold = 90", "threshold = 49", "Juknis butir 3.5"),
    ("threshold_range", "threshold = 90", "threshold = 101", "Juknis butir 3.5"),
    ("undeclared_purpose", 'purposes = ["KREDIT"]', 'purposes = ["KREDIT", "IKLAN"]', "Juknis butir 3.6"),
    ("purpose_unused", 'code = "KREDIT"', 'code = "LAIN"', "Pasal 2 ayat (2)"),
    ("no_network", '["127.0.0.0/8", "::1/128", "192.0.2.0/24"]', "[]", "Juknis butir 6.1"),
    ("bad_network", "192.0.2.0/24", "192.0.2.1/24", "Juknis butir 6.1"),
    ("network_too_wide", "192.0.2.0/24", "0.0.0.0/0", "Juknis butir 6.1"),
    ("network_too_wide", "192.0.2.0/24", "::/0", "Juknis butir 6.1"),
    ("quota_too_small", "per_day = 20000", "per_day = 0", "Juknis butir 5.1"),
    ("hours_impossible", "", HOURS % ("[1]", "07:00:00"), "Juknis butir 7"),
    ("hours_impossible", "", HOURS % ("[0]", "17:00:00"), "Juknis butir 7"),
    ("hours_impossible", "", HOURS % ("[]", "17:00:00"), "Juknis butir 7"),
    ("hours_impossible", "", '[hours]\nclause = "Juknis butir 7"\nwindows = []\n', "Juknis butir 7"),
    ("relation_unordered", MOTHER, f'{MOTHER}\nrelations = ["<="]', "Juknis butir 3.5"),
    ("relation_unordered", 'code = "NO_KK"', 'code = "NO_RT"\nrelations = ["<"]', "Juknis butir 3.7"),
    ("relation_equal", 'code = "TGL_LHR"', 'code = "TGL_LHR"\nrelations = ["="]', "Juknis butir 3.3"),
    ("duplicate", 'code = "TGL_LHR"', 'code = "TGL_LHR"\nrelations = ["<", "<"]', "Juknis butir 3.3"),
    ("bad_set_name", 'name = "KELUARGA"', 'name = "keluarga"', "Juknis butir 8.2"),
    ("duplicate", 'name = "KELUARGA"', 'name = "KYC"', "Juknis butir 8.2"),
    ("no_element", '["NAMA_LGKP", "TGL_LHR"]', "[]", "Juknis butir 8.1"),
    (
        "undeclared_purpose",
        'purpose = "KYC"\nmode = "verify"',
        'purpose = "X"\nmode = "verify"',
        "Juknis butir 8.1",
    ),
    ("set_element_ungranted", '["NAMA_LGKP", "TGL_LHR"]', '["NAMA_LGKP", "ALAMAT"]', "Juknis butir 8.1"),
    ("set_element_ungranted", '["NAMA_LGKP", "TGL_LHR"]', '["NO_KK"]', "Juknis butir 8.1"),
    ("missing_key", "until = 2027-12-31\n", "", "Juknis butir 9"),
    ("exception_too_long", "2027-12-31", "2031-01-01", "Juknis butir 9"),
    ("no_service", "[[dukcapil.services]]", "[[gone]]", "Juknis butir 9"),
    ("needs_web_service", 'name = "web_service"', 'name = "web_portal"', "Juknis butir 9"),
    ("needs_web_service", 'name = "web_service"', 'name = "web_portal"', "Juknis butir 10"),
    ("bad_service_path", "BANK-CONTOH/CALL_NIK_GET_KK", "CALL_NIK_GET_KK", "Juknis butir 9.2"),
    ("bad_service_path", "BANK-CONTOH/CALL_NIK_GET_KK", "a/b/c/d", "Juknis butir 9.2"),
    ("duplicate", "BANK-CONTOH/CALL_NIK_GET_KK", "bank-contoh/call_verify_by_elemen", "Juknis butir 9.2"),
    (
        "unknown_profile",
        'profile = "baru"\nset = "KELUARGA"',
        'profile = "x"\nset = "KELUARGA"',
        "Juknis butir 9.2",
    ),
    ("unknown_set", 'set = "KELUARGA"', 'set = "LAIN"', "Juknis butir 9.2"),
    ("family_needs_read", 'set = "KELUARGA"', 'set = "KYC"', "Juknis butir 9.2"),
    ("undeclared_caller", 'kind = "operator"', 'kind = "machine"', "Juknis butir 9.2"),
    ("undeclared_purpose", '[osia]\npurpose = "KYC"', '[osia]\npurpose = "X"', "Juknis butir 10"),
    ("undeclared_caller", 'kind = "machine"', 'kind = "operator"', "Juknis butir 10"),
    ("query_ungranted", 'query = ["NO_KK"]', 'query = ["NAMA_LGKP"]', "Juknis butir 10"),
    ("no_field", '["NO_REKENING"]', "[]", "Juknis butir 11"),
    ("duplicate", '["NO_REKENING"]', '["A", "a"]', "Juknis butir 11"),
    ("bad_field_name", '["NO_REKENING"]', '["NO REKENING"]', "Juknis butir 11"),
    ("bad_field_name", '["NO_REKENING"]', '["Nik"]', "Juknis butir 11"),
    ("wrong_type", "family = true", "family = 1", "Juknis butir 9.2"),
    ("region_needed", 'kind = "central"', 'kind = "regional"', "second_party.region"),
    ("region_unwanted", 'kind = "central"', 'kind = "central"\nregion = "61.71"', "second_party.region"),
    ("unknown_region", 'kind = "central"', 'kind = "regional"\nregion = "99.99"', "second_party.region"),
]


def outcome(text: str, profiles: set[str] | None = None) -> AccessRight | list[Fault]:
    agreement = read_agreement(text)
    return agreement if isinstance(agreement, list) else compile_agreement(agreement, profiles)


def changed(old: str, new: str) -> str:
    if not old:
        return BANK + new
    assert old in BANK
    text = BANK.replace(old, new)
    if "[[gone]]" in text:
        text = text.replace('clause = "Juknis butir 9"', 'clause = "Juknis butir 9"\nservices = []')
    for listed in ("methods", "callers", "elements"):
        if f"[[{listed}]]" not in text:  # the list itself is there, and empty
            text = f"{listed} = []\n" + text.replace(f"[[{listed}_gone]]", "[[gone]]")
    return _without_gone(text)


def _without_gone(text: str) -> str:
    return "\n\n".join(part for part in text.split("\n\n") if not part.startswith("[[gone]]"))


@pytest.mark.parametrize(("code", "old", "new", "clause"), CASES)
def test_a_fault_is_found_beside_its_clause(code, old, new, clause):
    found = outcome(changed(old, new), {"baru"})
    assert isinstance(found, list)
    assert (code, clause) in {(fault.code, fault.clause) for fault in found}


def test_every_fault_has_a_case():
    assert {case[0] for case in CASES} == SENTENCES.keys()


def test_all_faults_are_listed_not_only_the_first():
    text = (
        BANK.replace("2030-12-31", "2025-12-31").replace("192.0.2.0/24", "0.0.0.0/0").replace("= 90", "= 1")
    )
    found = outcome(text)
    assert isinstance(found, list)
    assert {fault.code for fault in found} == {
        "period_reversed",
        "network_too_wide",
        "threshold_range",
        "exception_too_long",
    }


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_compiles(path):
    assert isinstance(outcome(path.read_text()), AccessRight)


def test_scored_elements_without_a_threshold_get_the_default():
    right = outcome(BANK)
    assert isinstance(right, AccessRight)
    assert {code: permission.threshold for code, permission in right.verify.items()} == {
        "NAMA_LGKP": 85,
        "TMPT_LHR": 80,
        "TGL_LHR": 0,
        "JENIS_KLMIN": 0,
        "NAMA_LGKP_IBU": 90,
        "ALAMAT": 80,
    }


def test_an_ended_agreement_permits_nothing_and_stays_itself():
    right = outcome(BANK)
    assert isinstance(right, AccessRight)
    ended = empty_right(right)
    assert (ended.agreement, ended.version, ended.institution) == (
        right.agreement,
        right.version,
        right.institution,
    )
    assert not any((ended.methods, ended.callers, ended.purposes, ended.verify, ended.read))
