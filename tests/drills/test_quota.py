"""Many callers at once, two workers, one quota: never one answer over it."""

from __future__ import annotations

import asyncio
from collections import Counter

import httpx
from tests.builders import NAMES, a_nik
from tests.drills.conftest import SCARCE, System

CALLERS, TURNS = 64, 3
BODY = {"nik": a_nik(), "purpose": "KYC", "elements": NAMES, "caller": {"kind": "machine"}}


async def _ask_together(base_url: str, token: str) -> Counter[tuple[int, str]]:
    """Each caller on a connection of its own, so that both workers serve."""
    headers = {"authorization": f"Bearer {token}"}
    found: Counter[tuple[int, str]] = Counter()

    async def caller() -> None:
        async with httpx.AsyncClient(base_url=base_url, headers=headers, timeout=30) as http:
            for _ in range(TURNS):
                reply = await http.post("/v1/verifications", json=BODY)
                while reply.status_code == 503:  # too busy to be sure of the rights: nothing was counted
                    await asyncio.sleep(0.1)
                    reply = await http.post("/v1/verifications", json=BODY)
                found[reply.status_code, reply.json().get("code", "")] += 1

    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return found


def test_a_quota_is_exact_under_concurrent_callers(system: System) -> None:
    found = asyncio.run(_ask_together(system.base_url, system.token("quota")))
    assert found == {(200, ""): SCARCE, (429, "quota_exhausted"): CALLERS * TURNS - SCARCE}
