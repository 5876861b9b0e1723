"""``hakakses ledger verify`` over a log of several tile levels: what it finds, where, and how it exits."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.core.ledger.logs import KEY, a_log, a_note, an_entry, some_entries

from hakakses.core.ledger.checkpoint import SigningKey
from hakakses.core.ledger.entry import leaf_hash

SIZE = 70_000  # three levels of tiles; the middle one has a full and a partial tile
OK, TAMPERED, INCOMPLETE, BAD_INPUT = range(4)
NONCE = bytes(16).hex()
OTHERS = SigningKey("hakakses.id/ledger/other", bytes(32))


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("log")
    for path, data in {**a_log(SIZE), "log.vkey": KEY.verifier.text.encode()}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


@pytest.fixture
def copy(log: Path, tmp_path: Path) -> Path:
    """A copy to tamper with: its files are links until one is put in a file's place."""
    return Path(shutil.copytree(log, tmp_path / "copy", copy_function=os.link))


def run(*arguments: object) -> tuple[int, str]:
    command = [sys.executable, "-m", "hakakses", "ledger", "verify", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    put(path, bytes(data))


def put(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)
    path.write_bytes(data)


def cut(path: Path, by: int) -> None:
    put(path, path.read_bytes()[:-by])


def test_a_whole_log_is_proved(log: Path) -> None:
    assert run(log) == (OK, f"Catatan utuh dan terbukti. / The log is whole and proved. [{SIZE}]\n")


COMMITMENT = len(an_entry(768)) - 8  # a byte of the first entry's commitment: any value is well formed
CHANGES: dict[str, tuple[Callable[[Path], object], int, str]] = {
    "a byte of an entry": (
        lambda d: flip(d / "tile/entries/003", COMMITMENT),
        TAMPERED,
        "tile/0/003 (entry 768)",
    ),
    "a byte of an entry's form": (lambda d: flip(d / "tile/entries/003", 60), TAMPERED, "[entry 768"),
    "a byte of an entry's length": (lambda d: flip(d / "tile/entries/003", 1), TAMPERED, "tile/entries/003"),
    "a byte of a leaf hash": (lambda d: flip(d / "tile/0/002", 33), TAMPERED, "tile/0/002 (entry 513)"),
    "a byte of a hash above": (lambda d: flip(d / "tile/1/000", 0), TAMPERED, "tile/1/000"),
    "a byte of the edge": (lambda d: flip(d / "tile/1/001.p/17", 0), TAMPERED, "tile/1/001.p/17"),
    "a byte of the top": (lambda d: flip(d / "tile/2/000.p/1", 0), TAMPERED, "tile/2/000.p/1"),
    "a byte of the checkpoint": (lambda d: flip(d / "checkpoint", 30), TAMPERED, "checkpoint"),
    "a cut tile": (lambda d: cut(d / "tile/0/002", 32), TAMPERED, "tile/0/002"),
    "a cut bundle": (lambda d: cut(d / "tile/entries/002", 1), TAMPERED, "tile/entries/002"),
    "an empty bundle": (lambda d: put(d / "tile/entries/002", b""), TAMPERED, "tile/entries/002"),
    "no such tile": (lambda d: (d / "tile/1/000").unlink(), INCOMPLETE, "tile/1/000"),
    "no such bundle": (lambda d: (d / "tile/entries/002").unlink(), INCOMPLETE, "tile/entries/002"),
    "no checkpoint": (lambda d: (d / "checkpoint").unlink(), INCOMPLETE, "checkpoint"),
    "no key": (lambda d: (d / "log.vkey").unlink(), BAD_INPUT, "log.vkey"),
    "a garbage key": (lambda d: put(d / "log.vkey", b"garbage"), BAD_INPUT, "vkey"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_found_at_its_place(change: str, copy: Path) -> None:
    alter, code, place = CHANGES[change]
    alter(copy)
    found, said = run(copy)
    assert found == code
    assert said.endswith(f"{place}]\n")


def _receipt(seq: int, entry: bytes) -> str:
    return json.dumps({"seq": seq, "leaf_hash": leaf_hash(entry).hex(), "nonce": NONCE})


RECEIPTS = {
    "its own": (_receipt(5, an_entry(5)), OK, ""),
    "within an answer": (f'{{"id": "x", "receipt": {_receipt(69_999, an_entry(69_999))}}}', OK, ""),
    "of another log": (_receipt(5, an_entry(99)), TAMPERED, "entry 5"),
    "newer than the copy": (_receipt(SIZE, an_entry(SIZE)), INCOMPLETE, f"entry {SIZE}"),
    "no JSON": ("seq 5", BAD_INPUT, "given"),
    "no receipt": ('{"seq": 5}', BAD_INPUT, "given"),
    "a negative number": (_receipt(-1, b""), BAD_INPUT, "given"),
    "a short hash": (_receipt(5, b"").replace(NONCE, "00"), BAD_INPUT, "given"),
}


@pytest.mark.parametrize("kind", RECEIPTS)
def test_a_receipt_is_held_against_the_log(kind: str, log: Path, tmp_path: Path) -> None:
    text, code, place = RECEIPTS[kind]
    (tmp_path / "given").write_text(text)
    found, said = run(log, "--receipt", tmp_path / "given")
    assert found == code
    assert place in said


def _forked() -> list[bytes]:
    return [*some_entries(999), an_entry(0)]


OLD = {
    "one that was extended": (lambda: a_note(some_entries(300)), OK, ""),
    "one of a fork": (lambda: a_note(_forked()), TAMPERED, "old checkpoint"),
    "one of a longer log": (lambda: a_note(some_entries(SIZE + 1)), TAMPERED, "checkpoint"),
    "one that another key signed": (lambda: a_note(some_entries(300), OTHERS), BAD_INPUT, "old checkpoint"),
    "garbage": (lambda: "garbage", BAD_INPUT, "old checkpoint"),
}


@pytest.mark.parametrize("kind", OLD)
def test_an_old_checkpoint_must_be_extended(kind: str, log: Path, tmp_path: Path) -> None:
    make, code, place = OLD[kind]
    (tmp_path / "old").write_text(make())
    found, said = run(log, "--old-checkpoint", tmp_path / "old")
    assert found == code
    assert place in said


def test_a_key_given_outside_the_copy_is_the_one_that_counts(log: Path, tmp_path: Path) -> None:
    for text, code in ((KEY.verifier.text, OK), (OTHERS.verifier.text, TAMPERED), ("garbage", BAD_INPUT)):
        (tmp_path / "vkey").write_text(text)
        assert run(log, "--vkey", tmp_path / "vkey")[0] == code


def test_what_is_no_log_and_what_is_no_use_of_the_command_is_bad_input(log: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "vkey").write_text(KEY.verifier.text)
    key = ("--vkey", tmp_path / "vkey")
    for arguments in (
        (tmp_path / "empty",), (tmp_path / "empty", *key), (tmp_path / "none", *key), (tmp_path, *key),
        (tmp_path / "vkey", *key), (), ("--colour", log), (log, log), (log, "--receipt"),
    ):  # fmt: skip
        assert run(*arguments)[0] == BAD_INPUT, arguments


def test_programs_get_the_outcome_and_its_place_as_json(copy: Path) -> None:
    flip(copy / "tile/0/000", 0)
    code, said = run(copy, "--json")
    report = json.loads(said)
    assert (code, report["outcome"], report["place"]) == (TAMPERED, "tampered", "tile/0/000 (entry 0)")


OFFLINE = """
import socket, sys
def refuse(*_, **__):
    raise AssertionError("the network was touched")
socket.socket.connect = socket.socket.bind = socket.create_connection = socket.getaddrinfo = refuse
from hakakses.cli.main import app
try:
    app(["ledger", "verify", sys.argv[1]], prog_name="hakakses")
except SystemExit as left:
    print(left.code, *sorted(sys.modules), sep="\\n")
"""


def test_an_auditor_needs_no_network_no_database_driver_and_four_packages(log: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE, str(log)], capture_output=True, text=True, check=True
    )
    _, code, *loaded = done.stdout.split("\n")
    assert code == str(OK)
    assert not {"asyncpg", "django", "duckdb", "psycopg", "pyarrow", "numpy", "granian"} & set(loaded)
    ours = [name for name in loaded if name.partition(".")[0] == "hakakses"]
    assert "hakakses.core.ledger.verify" in ours
    assert {package for name in ours for package in _imported(name)} <= {
        "hakakses", "msgspec", "cryptography", "typer", "rich",
    }  # fmt: skip


def _imported(module: str) -> set[str]:
    """The packages outside the standard library that a module of ours imports by itself."""
    path = Path(__file__).parents[2] / "src" / Path(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
        elif isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
    return {name.partition(".")[0] for name in names} - sys.stdlib_module_names
