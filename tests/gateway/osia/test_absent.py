"""A machine that cannot have OSIA's documents may leave out their tests, and only those, even under CI."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.gateway.osia.official import ABSENT, ROOT

UNMARKED = "import pytest\n@pytest.mark.skip\ndef test_left_out():\n    pass\n"


def _pytest(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", *arguments]
    missing = {"CI": "true", "HAKAKSES_OSIA_DIR": os.devnull}
    environment = {**os.environ, **missing}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_the_documents_may_be_absent() -> None:
    found = _pytest("tests/gateway/osia/test_official.py")
    assert found.returncode == 0, found.stdout
    assert ABSENT in found.stdout
    assert "passed" not in found.stdout


def test_nothing_else_may_be_left_out(tmp_path: Path) -> None:
    (tmp_path / "test_unmarked.py").write_text(UNMARKED)
    found = _pytest("-p", "tests.conftest", "--rootdir", str(ROOT), str(tmp_path))
    assert found.returncode == 1, found.stdout
