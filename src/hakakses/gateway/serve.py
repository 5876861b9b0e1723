"""Runs the gateway's workers under Granian until told to stop."""

from __future__ import annotations

from granian import Granian
from granian.constants import Interfaces, Loops

from hakakses.settings import Settings

BACKLOG = 1024
KILL_AFTER = 5  # seconds between asking a worker to end and making it
TARGET = "hakakses.gateway.app:application"


def serve(settings: Settings) -> None:
    """Serve on the settings' address; workers read the same settings from the environment."""
    Granian(
        TARGET,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.RSGI,
        workers=settings.gateway_workers,
        loop=Loops.uvloop,
        factory=True,
        backlog=BACKLOG,
        websockets=False,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_AFTER,
    ).serve()
