"""The stores that answers are tested against."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tests.conftest import Database
from tests.verification.world import World, fake_stores, real_world

from hakakses.verification.verify import Stores


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    async with real_world(database) as opened:
        yield opened


@pytest.fixture(params=["real", "fake"])
def stores(request: pytest.FixtureRequest) -> Stores:
    """The real stores and their fakes, which must keep the same promises."""
    if request.param == "fake":
        return fake_stores()
    world: World = request.getfixturevalue("world")
    return world.stores
