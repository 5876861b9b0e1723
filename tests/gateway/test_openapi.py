"""The document that the gateway serves is the truth about it: schemathesis finds no difference, and would."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
import schemathesis
from schemathesis.specs.openapi.definitions import OPENAPI_31
from tests.gateway.conftest import REHEARSING, Running, until_sealed

from hakakses.gateway import examples

ROOT = Path(__file__).parents[2]
OF_THE_SANDBOX = "showPoc"  # answers its clients alone
# 503 is a true and passing answer here alone: the sealer needs a moment after the ask that the link follows.
# What columns an upload of text has, the agreement says and not the document: any text is well shaped.
SETTINGS = """
[[operations]]
include-path = "/v1/receipts/{seq}"
checks.not_a_server_error.expected-statuses = ["2xx", "4xx", "503"]

[[operations]]
include-operation-id = "giveFeedback"
checks.positive_data_acceptance.expected-statuses = ["2xx", "422"]
checks.negative_data_rejection.expected-statuses = ["200", "4xx"]
"""


def _document(service: Running) -> Any:
    return service.http.get("/openapi.json").json()


def _run(
    service: Running, document: Any, folder: Path, *arguments: str, client: str = examples.CLIENT
) -> subprocess.CompletedProcess[str]:
    """One run of schemathesis, with every check, against the real gateway."""
    (folder / "schemathesis.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "openapi.json").write_bytes(msgspec.json.encode(document))
    token = service.token(client, examples.SECRET)
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
    options = ("--exclude-operation-id", OF_THE_SANDBOX, "--max-examples", "25", "--continue-on-failure")
    found = _run(service, _document(service), tmp_path, *options)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "12 selected / 13 total" in found.stdout


def test_schemathesis_finds_nothing_in_the_sandbox(service: Running, tmp_path: Path) -> None:
    options = ("--include-operation-id", OF_THE_SANDBOX, "--phases", "examples,coverage,fuzzing")
    found = _run(service, _document(service), tmp_path, *options, client=REHEARSING)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "1 selected / 13 total" in found.stdout


def test_the_document_is_openapi_3_1_and_its_examples_are_true(service: Running) -> None:
    document = _document(service)
    jsonschema_rs.validator_for(OPENAPI_31).validate(document)
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    bodies = [operation["requestBody"] for operation in operations if "requestBody" in operation]
    replies = [reply for operation in operations for reply in operation["responses"].values()]
    media = [part for holder in (*bodies, *replies) for part in holder["content"].values()]
    shown = [(part["schema"], part["example"]) for part in media if "example" in part]
    shown += [(part["schema"], one["value"]) for part in media for one in part.get("examples", {}).values()]
    assert len(shown) > len(operations)
    for schema, example in shown:
        jsonschema_rs.validate({**schema, "components": document["components"]}, example)


def test_the_answers_of_a_happy_path_are_as_documented(service: Running) -> None:
    described = schemathesis.openapi.from_dict(_document(service))
    token = service.token()
    headers = {"authorization": f"Bearer {token}"}
    for path, name in (("/v1/verifications", "verify"), ("/v1/reads", "read")):
        answer = service.ask(token, examples.bodies()[name], path=path)
        assert answer.status_code == 200, answer.text
        described[path]["POST"].validate_response(answer)
        proof = until_sealed(service, token, answer.json()["receipt"]["seq"])
        assert proof.status_code == 200
        described["/v1/receipts/{seq}"]["GET"].validate_response(proof)
    for kind, upload in examples.uploads().items():
        taken = service.ask(token, upload.encode(), path="/v1/feedback", **{"content-type": kind})
        assert taken.status_code == 200, taken.text
        described["/v1/feedback"]["POST"].validate_response(taken)
    for path in ("/v1/right", "/v1/feedback", "/healthz", "/readyz", "/metrics", "/openapi.json"):
        reply = service.http.get(path, headers=headers)
        assert reply.status_code == 200
        described[path]["GET"].validate_response(reply)
    rehearsing = {"authorization": f"Bearer {service.token(REHEARSING, examples.SECRET)}"}
    for credential, status in ((rehearsing, 200), (headers, 404)):
        reply = service.http.get("/v1/poc", headers=credential)
        assert reply.status_code == status
        described["/v1/poc"]["GET"].validate_response(reply)


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
        (_wrong_type, "read", "ST108 Response violates schema"),
        (_unknown_status, "read", "ST103 Undocumented status code"),
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
    only = ("--phases", "examples,coverage", "--include-operation-id", operation, "--max-failures", "1")
    found = _run(service, document, tmp_path, *only)
    assert found.returncode == 1, found.stdout + found.stderr
    assert finding in found.stdout
