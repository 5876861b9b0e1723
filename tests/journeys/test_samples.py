"""The sample clients of the guide really run: each gets its answer, tells a refusal from a delay, and is charged once."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.samples import ALSO_NEEDED, CLIENTS, SAMPLES, Sample, write_ask
from tests.running import end, free_port, open_home, start, wait_until

FINAL, LATER = 2, 75


@pytest.fixture(scope="module")
def demo() -> Iterator[Any]:
    """What a running demonstration tells programs."""
    with open_home() as home:
        port = free_port()
        process = start(
            "samples", "demo", HAKAKSES_HOME=str(home), PORT=str(port), HAKAKSES_DEMO_RESIDENTS="3000"
        )
        try:
            wait_until((home / "demo-ask.json").exists, "the demonstration is ready", within=90)
            yield json.loads((home / "demo.json").read_bytes())
        finally:
            end(process)


@pytest.fixture(params=SAMPLES, ids=lambda sample: sample.name)
def sample(request: pytest.FixtureRequest) -> Sample:
    found: Sample = request.param
    for program in (found.program, *ALSO_NEEDED.get(found.name, ())):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    return found


def test_a_sample_does_what_it_says(sample: Sample, demo: Any, tmp_path: Path) -> None:
    match = write_ask(tmp_path, demo, "match", key=f"{sample.name}-match")
    right = sample.run(match)
    assert (right.returncode, right.stderr) == (0, "")
    assert right.stdout.splitlines()[:3] == ["SESUAI", "  NAMA_LGKP: SESUAI", "  TGL_LHR: SESUAI"]
    assert sample.run(match).stdout == right.stdout, "the same file again: the same receipt, no second charge"

    wrong = sample.run(write_ask(tmp_path, demo, "mismatch", key=f"{sample.name}-mismatch"))
    assert (wrong.returncode, wrong.stdout.splitlines()[0]) == (1, "TIDAK_SESUAI")

    refused = sample.run(write_ask(tmp_path, demo, "match", key=f"{sample.name}-refused", purpose="LAIN"))
    assert (refused.returncode, refused.stdout) == (FINAL, "")
    assert "purpose_not_granted" in refused.stderr

    stranger = sample.run(write_ask(tmp_path, demo, "match", key=f"{sample.name}-x", client_secret='a"\\&é'))
    assert (stranger.returncode, stranger.stdout) == (FINAL, "")
    assert "invalid_client" in stranger.stderr

    nowhere = f"http://127.0.0.1:{free_port()}"
    away = sample.run(write_ask(tmp_path, demo, "match", key=f"{sample.name}-away", base_url=nowhere))
    assert (away.returncode, away.stdout) == (LATER, "")
    niks = [resident["NIK"] for resident in demo["residents"]]
    said = "".join(run.stdout + run.stderr for run in (right, wrong, refused, stranger, away))
    assert not [nik for nik in niks if nik in said]


def test_the_guide_leads_from_a_demonstration_to_the_first_answer(
    sample: Sample, demo: Any, tmp_path: Path
) -> None:
    """As its first page says: make ask.json from demo.json, then run a sample.

    All samples ask under the file's one key, though each writes JSON in its own way: it is one ask.
    """
    (tmp_path / "demo.json").write_text(json.dumps(demo))
    ask = tmp_path / "ask.json"
    subprocess.run(["/bin/sh", CLIENTS / "from_demo.sh", tmp_path / "demo.json", ask], check=True)
    assert not ask.stat().st_mode & 0o077
    assert sample.run(ask).stdout.startswith("SESUAI")


def test_the_client_library_proves_an_institution_by_its_key(demo: Any, tmp_path: Path) -> None:
    [library] = [sample for sample in SAMPLES if sample.name == "python-client"]
    ran = library.run(write_ask(tmp_path, demo, "match", key="by-key", by_key=True))
    assert (ran.returncode, ran.stdout[:6], ran.stderr) == (0, "SESUAI", "")
