"""The command's table loads what it names, and nothing else."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from hakakses import __version__
from hakakses.cli.main import COMMANDS, app

RUNNER = CliRunner()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_explains_itself(name: str) -> None:
    result = RUNNER.invoke(app, [name, "--help"], prog_name="hakakses")
    assert result.exit_code == 0
    assert f"hakakses {name}" in result.output


def test_the_version_is_that_of_the_package() -> None:
    assert RUNNER.invoke(app, ["--version"]).output.strip() == __version__


def test_an_unknown_command_is_a_usage_error() -> None:
    assert RUNNER.invoke(app, ["unknown"]).exit_code == 2


def test_the_start_loads_no_database_driver_and_no_framework() -> None:
    code = "import sys, hakakses.cli.main; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"django", "duckdb", "asyncpg", "psycopg", "pyarrow", "granian"} & set(loaded.stdout.split())
