"""OSIA's own documents are true of the door: schemathesis finds no difference, and would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.gateway.osia.broken import HEADER
from tests.gateway.osia.conftest import Osia
from tests.gateway.osia.official import DATA, NOT_OFFERED, ROOT, THIRD, narrowed, needs_official

from hakakses.gateway.osia.routes import DATA_ACCESS, THIRD_PARTY

pytestmark = needs_official
PREFIXES = {DATA: DATA_ACCESS, THIRD: THIRD_PARTY}
OFFERED = {DATA: "3 selected / 5 total", THIRD: "3 selected / 5 total"}


def run(
    base_url: str, token: str, document: Any, folder: Path, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """One run of schemathesis, with every check and a fixed seed, over the operations that are offered."""
    (folder / "openapi.json").write_bytes(msgspec.json.encode(document))
    command = [sys.executable, "-m", "schemathesis.cli", "run", "openapi.json", "--url", base_url]
    left_out = [part for name in sorted(NOT_OFFERED) for part in ("--exclude-operation-id", name)]
    paths = os.pathsep.join((str(ROOT), str(ROOT / "src")))
    hooks = {"SCHEMATHESIS_HOOKS": "tests.gateway.osia.schemathesis_hooks"}
    return subprocess.run(
        [
            *command,
            "--checks",
            "all",
            "-H",
            f"Authorization: Bearer {token}",
            "--seed",
            "1",
            *left_out,
            *arguments,
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths, **hooks},
        capture_output=True,
        text=True,
        check=False,
    )


# name of a fault -> document, operation, what schemathesis calls it
FOUND = {
    "a number that no document knows": (DATA, "matchPersonAttributes", "ST108 Response violates schema"),
    "an object for a truth value": (DATA, "verifyPersonAttributes", "ST108 Response violates schema"),
    "a proof that is no text": (THIRD, "verify", "ST108 Response violates schema"),
    "values outside their part": (THIRD, "readAttributeSet", "ST108 Response violates schema"),
    "any token": (DATA, "readPersonAttributes", "ST401 API accepts requests without authentication"),
    "a status that no document knows": (DATA, "verifyPersonAttributes", "ST103 Undocumented status code"),
    "wrong types taken": (DATA, "matchPersonAttributes", "ST201 Schema-violating request accepted"),
    "no transaction": (THIRD, "readAttributeSet", "ST201 Schema-violating request accepted"),
    "a fault": (THIRD, "readAttributes", "ST101 Server error"),
    "no word of the methods": (THIRD, "verify", "ST204 Wrong response to undeclared method"),
    "nothing asked is all matched": (
        DATA,
        "matchPersonAttributes",
        "ST201 Schema-violating request accepted",
    ),
}


@pytest.mark.parametrize("fault", FOUND)
def test_a_door_that_breaks_a_promise_is_found_out(broken: Osia, tmp_path: Path, fault: str) -> None:
    name, operation, finding = FOUND[fault]
    url, token = broken.running.base_url + PREFIXES[name], broken.token("tester")
    document = narrowed(name)
    for path in document["paths"].values():
        for method in [method for method, one in path.items() if one["operationId"] != operation]:
            del path[method]
    document["paths"] = {path: methods for path, methods in document["paths"].items() if methods}
    only = ("-H", f"{HEADER}: {fault}", "--phases", "coverage", "--max-failures", "1")
    found = run(url, token, document, tmp_path, *only)
    assert found.returncode == 1, found.stdout + found.stderr
    assert finding in found.stdout, found.stdout


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", [DATA, THIRD])
def test_schemathesis_finds_nothing(osia: Osia, tmp_path: Path, name: str) -> None:
    url, token = osia.running.base_url + PREFIXES[name], osia.token("tester")
    found = run(url, token, narrowed(name), tmp_path, "--max-examples", "25", "--continue-on-failure")
    assert found.returncode == 0, found.stdout + found.stderr
    assert OFFERED[name] in found.stdout
