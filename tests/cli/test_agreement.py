"""The agreement commands: what they print and how they exit."""

from pathlib import Path

import msgspec
from typer.testing import CliRunner

from hakakses.cli.agreement import app
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


def test_an_unreadable_file_is_exit_code_2(tmp_path):
    assert RUN.invoke(app, ["check", str(tmp_path / "none.toml")]).exit_code == 2


def test_diff_says_what_widens(tmp_path):
    new = tmp_path / "new.toml"
    new.write_text(BANK.read_text().replace("per_day = 20000", "per_day = 30000"))
    result = RUN.invoke(app, ["diff", str(BANK), str(new)])
    assert result.stdout.startswith("+  kuota 20.000 → 30.000")
