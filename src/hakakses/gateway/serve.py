"""Runs the gateway's workers under Granian until told to stop."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces, Loops
from granian.log import LogLevels

from hakakses.gateway.proxies import trusted_proxies
from hakakses.settings import Settings

BACKLOG = 1024
# A worker and the PostgreSQL under it keep two cores busy; two workers at least, so that one may end.
CORES_OF_A_WORKER, FEWEST_WORKERS = 2, 2
KILL_AFTER = 5  # seconds between asking a worker to end and making it
TARGET = "hakakses.gateway.app:application"
# prometheus_client reads it when a worker imports it.
METRICS_DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"


def _share_metrics(directory: Path) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    os.environ[METRICS_DIRECTORY] = str(directory)


def serve(settings: Settings) -> None:
    """Serve on the settings' address; workers read the same settings from the environment."""
    trusted_proxies(settings)  # a secret that is not one stops the start here, not worker by worker
    _share_metrics(settings.home / "metrics")
    Granian(
        TARGET,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.RSGI,
        workers=settings.gateway_workers or max(FEWEST_WORKERS, (os.cpu_count() or 1) // CORES_OF_A_WORKER),
        loop=Loops.uvloop,
        factory=True,
        backlog=BACKLOG,
        websockets=False,
        log_access=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_AFTER,
    ).serve()
