"""The document that the gateway serves is the truth about it: schemathesis finds no difference, and would."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.gateway.conftest import Running

from hakakses.gateway import examples

ROOT = Path(__file__).parents[2]
# 503 is a true and passing answer here alone: the sealer needs a moment after the ask that the link follows.
SETTINGS = """
[[operations]]
include-path = "/v1/receipts/{seq}"
checks.not_a_server_error.expected-statuses = ["2xx", "4xx", "503"]
"""


def _document(service: Running) -> Any:
    return service.http.get("/openapi.json").json()


def _run(service: Running, document: Any, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One run of schemathesis, with every check, against the real gateway."""
    (folder / "schemathesis.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "openapi.json").write_bytes(msgspec.json.encode(document))
    token = service.token(examples.CLIENT, examples.SECRET)
    command = [sys.executable, "-m", "schemathesis.cli", "run", "openapi.json", "--url", service.base_url]
    paths = os.pathsep.join((str(ROOT), str(ROOT / "src")))
    return subprocess.run(
        [*command, "--checks", "all", "-H", f"Authorization: Bearer {token}", "--seed", "1", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths, "SCHEMATHESIS_HOOKS": "tests.gateway.schemathesis_hooks"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_schemathesis_finds_nothing(service: Running, tmp_path: Path) -> None:
    found = _run(service, _document(service), tmp_path, "--max-examples", "25", "--continue-on-failure")
    assert found.returncode == 0, found.stdout + found.stderr
    assert "9 selected / 9 total" in found.stdout


def _wrong_type(document: Any) -> None:
    document["components"]["schemas"]["Answer"]["properties"]["quota_remaining"] = {"type": "string"}


def _unknown_status(document: Any) -> None:
    del document["paths"]["/v1/reads"]["post"]["responses"]["422"]


def _too_little_asked(document: Any) -> None:
    document["components"]["schemas"]["ReadBody"]["required"].remove("caller")


def _too_much_asked(document: Any) -> None:
    document["components"]["schemas"]["ReadBody"]["properties"]["reference"]["maxLength"] = 5


def _guarded(document: Any) -> None:
    document["paths"]["/healthz"]["get"]["security"] = [{"bearer": []}]


@pytest.mark.parametrize(
    ("break_it", "operation", "finding"),
    [
        (_wrong_type, "verify", "ST108"),
        (_unknown_status, "read", "ST103"),
        (_too_little_asked, "read", "ST202"),
        (_too_much_asked, "read", "ST201"),
        (_guarded, "showHealth", "ST401"),
    ],
)
def test_a_document_that_is_not_true_is_found_out(
    service: Running, tmp_path: Path, break_it: Callable[[Any], None], operation: str, finding: str
) -> None:
    document = copy.deepcopy(_document(service))
    break_it(document)
    only = ("--phases", "examples,coverage", "--include-operation-id", operation)
    found = _run(service, document, tmp_path, *only)
    assert found.returncode == 1, found.stdout + found.stderr
    assert finding in found.stdout
