"""The documents say what the code says."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

from hakakses.core import problems

ROOT = Path(__file__).parents[2]
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


def test_the_reference_pages_are_those_the_code_gives() -> None:
    """Run scripts/reference after a change to elements, problems or settings."""
    checked = subprocess.run(
        [sys.executable, ROOT / "scripts" / "reference", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def test_every_problem_has_its_own_code_and_both_languages() -> None:
    found = [value for value in vars(problems).values() if isinstance(value, problems.Problem)]
    assert found
    assert len({one.code for one in found}) == len(found)
    assert all(one.sentence_id and one.sentence_en for one in found)


def _banned() -> set[str]:
    rows = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()[6:]
    return {row.strip("| ").rpartition("|")[2].strip() for row in rows} - {"-", ""}


def _identifiers(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for field in ("name", "id", "attr", "arg"):
            if isinstance(value := getattr(node, field, None), str):
                names.update(word.lower() for word in WORD.findall(value))
    return names


def test_no_identifier_uses_a_word_the_glossary_refuses() -> None:
    banned = _banned()
    assert "citizen" in banned
    found = {path.name: _identifiers(path) & banned for path in (ROOT / "src").rglob("*.py")}
    assert not {name: words for name, words in found.items() if words}
