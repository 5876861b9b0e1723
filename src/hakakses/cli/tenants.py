"""Which tenant a command works on: the live one unless the sandbox is named."""

from __future__ import annotations

import typer

from hakakses.settings import Settings, TenantPlace


def chosen(settings: Settings, *, sandbox: bool) -> TenantPlace:
    if not sandbox:
        return settings.live
    if settings.rehearsal is None:
        raise typer.BadParameter("tidak ada ruang uji / there is no sandbox", param_hint="--sandbox")
    return settings.rehearsal
