"""hakakses gateway: the door for machines."""

from __future__ import annotations

from typing import Annotated

import typer

from hakakses.gateway.serve import serve
from hakakses.lifeline import end_with_parent
from hakakses.settings import load_settings


def command(
    tied: Annotated[bool, typer.Option("--tied", help="End when the starting process ends.")] = False,
) -> None:
    """Answer institutions' programs until told to stop."""
    if tied:
        end_with_parent()
    serve(load_settings())
