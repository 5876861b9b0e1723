"""Runs the gateway's workers under Granian until told to stop."""

from __future__ import annotations

import os
import resource
import shutil
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces, Loops
from granian.log import LogLevels

from hakakses.gateway.proxies import trusted_proxies
from hakakses.settings import Settings

BACKLOG = 1024
# Open connections of one worker.  Idle and slow ones cost little; requests in progress are limited in the worker.
CONNECTIONS = 4096
_OTHER_FILES = 256
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


def _allow_files(wanted: int) -> None:
    """Raise the number of files that a worker may open, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def serve(settings: Settings) -> None:
    """Serve on the settings' address; workers read the same settings from the environment."""
    trusted_proxies(settings)  # a secret that is not one stops the start here, not worker by worker
    _share_metrics(settings.home / "metrics")
    _allow_files(CONNECTIONS + _OTHER_FILES)
    Granian(
        TARGET,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.RSGI,
        workers=settings.gateway_workers or max(FEWEST_WORKERS, (os.cpu_count() or 1) // CORES_OF_A_WORKER),
        loop=Loops.uvloop,
        factory=True,
        backlog=BACKLOG,
        backpressure=CONNECTIONS,
        websockets=False,
        log_access=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_AFTER,
    ).serve()
