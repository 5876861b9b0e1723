"""The agreement commands: what they print and how they exit."""

from pathlib import Path

import msgspec
from typer.testing import CliRunner

from hakakses.cli.agreement import app
from hakakses.cli.main import app as main
from hakakses.core.rights.right import decode

BANK = Path(__file__).parents[2] / "examples" / "agreements" / "bank-contoh.toml"
RUN = CliRunner()


def test_check_prints_the_right():
    result = RUN.invoke(app, ["check", str(BANK), "--json"])
    assert result.exit_code == 0
    assert decode(result.stdout.encode()).institution.id == "bank-contoh"


def test_check_tells_faults_on_standard_error(tmp_path):
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(BANK.read_text().replace("per_day = 20000", "per_day = 0"))
    result = RUN.invoke(app, ["check", str(wrong), "--json"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert [fault["clause"] for fault in msgspec.json.decode(result.stderr)] == ["Juknis butir 5.1"]


# Replaced text, its replacement, and the clause and part under which the fault must stand.
FAULTS = [
    ("until = 2030-12-31", "until = 2025-12-31", "Pasal 9 ayat (1)", ""),
    ("per_day = 20000", "per_day = 0", "Juknis butir 5.1", ""),
    ('"192.0.2.0/24"', '"0.0.0.0/0"', "Juknis butir 6.1", " [0.0.0.0/0]"),
    ("threshold = 90", "threshold = 10", "Juknis butir 3.5", " [NAMA_LGKP_IBU]"),
    ('code = "TMPT_LHR"', 'code = "HOBI"', "Juknis butir 3.2", " [HOBI]"),
    ('code = "JENIS_KLMIN"', 'code = "DISABILITAS"', "Juknis butir 3.4", " [DISABILITAS]"),
    ('purposes = ["KREDIT"]', 'purposes = ["IKLAN"]', "Juknis butir 3.6", " [IKLAN]"),
    ("version = 1", "version = 0", "juknis.version", ""),
]


def test_check_lists_all_faults_at_once_beside_their_clauses(tmp_path):
    text = BANK.read_text()
    for old, new, _, _ in FAULTS:
        assert old in text
        text = text.replace(old, new)
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(text)
    result = RUN.invoke(main, ["agreement", "check", str(wrong)])
    assert (result.exit_code, result.stdout) == (1, "")
    told = [line.partition(": ")[0] for line in result.stderr.splitlines()]
    assert sorted(told) == sorted(f"{clause}{part}" for _, _, clause, part in FAULTS)
    assert all(" / " in line for line in result.stderr.splitlines()), "in two languages"


def test_check_lists_all_faults_of_form_at_once(tmp_path):
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(BANK.read_text().replace("until =", "till =").replace('"web_service"', '"fax"'))
    result = RUN.invoke(main, ["agreement", "check", str(wrong), "--json"])
    assert result.exit_code == 1
    faults = msgspec.json.decode(result.stderr)
    assert {(one["code"], one["clause"]) for one in faults} == {
        ("unknown_key", "Pasal 9 ayat (1)"),
        ("missing_key", "Pasal 9 ayat (1)"),
        ("unknown_word", "Pasal 4 ayat (1)"),
    }


def test_an_unreadable_file_is_exit_code_2(tmp_path):
    assert RUN.invoke(app, ["check", str(tmp_path / "none.toml")]).exit_code == 2


def test_diff_says_what_widens(tmp_path):
    new = tmp_path / "new.toml"
    new.write_text(BANK.read_text().replace("per_day = 20000", "per_day = 30000"))
    result = RUN.invoke(app, ["diff", str(BANK), str(new)])
    assert result.stdout.startswith("+  kuota 20.000 → 30.000")
