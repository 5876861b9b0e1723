"""The scan of what programs printed finds a NIK, so that its silence means something."""

from __future__ import annotations

from pathlib import Path

from tests.builders import a_nik
from tests.running import printed_person_numbers


def test_a_person_number_in_a_log_is_found(tmp_path: Path) -> None:
    (tmp_path / "clean.log").write_text("0" * 16)
    (tmp_path / "leaky.log").write_text(f'"nik":"{a_nik()}"')
    assert printed_person_numbers(tmp_path) == ["leaky.log"]
