"""One ``hakakses serve`` for all drills: its private database, its workers, its sealer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest
from tests.builders import a_right
from tests.drills.seeding import SECRET, seed
from tests.running import answers_ready, end, free_port, open_home, start, wait_until

from hakakses.cli.setup import prepare
from hakakses.settings import load_settings
from hakakses.store.embedded import Cluster

SCARCE = 50  # asks a day under the agreement of the drill that wants to overrun it


class System(msgspec.Struct, frozen=True):
    """A running ``hakakses serve``.  pid: the process that keeps the others up."""

    base_url: str
    home: Path
    cluster: Cluster
    pid: int

    def token(self, client: str) -> str:
        form = {"grant_type": "client_credentials", "client_id": client, "client_secret": SECRET}
        url, found = f"{self.base_url}/oauth2/token", {}
        while (
            "access_token" not in found
        ):  # a worker that cannot be sure of the rights says so, and is asked again
            found = httpx.post(url, data=form).json()
        return str(found["access_token"])


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    port = free_port()
    with open_home() as home:
        environment = {
            "HAKAKSES_HOME": str(home),
            "PORT": str(port),
            "HAKAKSES_SANDBOX": "yes",
            "HAKAKSES_GATEWAY_WORKERS": "2",
        }
        settings = load_settings(environment)
        prepared = prepare(settings)
        assert prepared.cluster is not None
        rights = {
            "kills": a_right(agreement="PKS/kills", quota_per_day=10_000_000),
            "quota": a_right(agreement="PKS/quota", quota_per_day=SCARCE),
        }
        asyncio.run(seed(prepared.owner, settings, rights))
        process = start("serve", "serve", **environment)
        base_url = f"http://127.0.0.1:{port}"
        try:
            wait_until(lambda: answers_ready(base_url), "the gateway became ready")
            yield System(base_url, home, prepared.cluster, process.pid)
        finally:
            end(process)
