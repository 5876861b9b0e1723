"""The house keeps its own rules: sizes, names, and what must never stand in a file."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from hakakses.core.elements import CATALOGUE
from hakakses.core.nik import Nik, parse_nik

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src" / "hakakses").rglob("*.py"))
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
JUNK_DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "base"}
NUMBER_LIKE = re.compile(r"(?<![0-9])[0-9]{16}(?![0-9])")
LINK = re.compile(r"https?://\S+")
MACHINE_PATH = re.compile(r"(?<![\w>}])/(?:work|root|home/[a-z]+)/")


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _texts() -> list[Path]:
    found = [path for folder in ("docs", "examples", "requirements") for path in (ROOT / folder).rglob("*")]
    return [path for path in [*SOURCES, *found] if path.is_file() and path.suffix != ".pyc"]


@pytest.mark.parametrize("path", SOURCES, ids=_named)
def test_no_file_is_a_junk_drawer_or_too_long(path: Path) -> None:
    assert not JUNK_DRAWERS & {path.stem, path.parent.name}
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", SOURCES, ids=_named)
def test_a_long_function_says_why(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = lines[node.lineno - 1 : node.end_lineno]
            assert len(body) <= LONGEST_FUNCTION or any("# long: " in line for line in body), node.name


@pytest.mark.parametrize("path", SOURCES, ids=_named)
def test_imports_stand_at_the_top(path: Path) -> None:
    """An import inside a function would hide a loop from the layering contract."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = [part for part in ast.walk(node) if isinstance(part, ast.Import | ast.ImportFrom)]
            assert not inner, node.name


@pytest.mark.parametrize("path", _texts(), ids=_named)
def test_no_person_number_and_no_machine_path_is_written_down(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not [found for found in NUMBER_LIKE.findall(text) if isinstance(parse_nik(found), Nik)]
    assert not MACHINE_PATH.search(LINK.sub("", text))


@pytest.mark.parametrize("name", ["main.txt", "dev.txt"])
def test_every_locked_package_has_a_hash_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    pins = re.findall(r"^[a-z0-9][^\s=]*==.*(?:\n\s+--hash=.*)*", text, re.MULTILINE | re.IGNORECASE)
    assert pins
    assert all("--hash=sha256:" in pin for pin in pins)
    assert "://" not in text


def test_element_positions_are_dense_and_codes_are_unique() -> None:
    assert [element.position for element in CATALOGUE] == list(range(len(CATALOGUE)))
    assert len({element.code for element in CATALOGUE}) == len(CATALOGUE)
