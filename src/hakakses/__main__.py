"""``python -m hakakses`` is the command ``hakakses``."""

from __future__ import annotations

from hakakses.cli.main import app

if __name__ == "__main__":
    app(prog_name="hakakses")
