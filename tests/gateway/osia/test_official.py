"""OSIA's own documents are true of the door: schemathesis finds no difference, and would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
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


@pytest.mark.parametrize("name", [DATA, THIRD])
def test_schemathesis_finds_nothing(osia: Osia, tmp_path: Path, name: str) -> None:
    url, token = osia.running.base_url + PREFIXES[name], osia.running.token("tester")
    found = run(url, token, narrowed(name), tmp_path, "--max-examples", "50", "--continue-on-failure")
    assert found.returncode == 0, found.stdout + found.stderr
    assert OFFERED[name] in found.stdout
