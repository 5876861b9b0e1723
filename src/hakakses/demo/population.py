"""The demonstration's registers: synthetic populations, loaded and published once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

from hakakses.settings import Settings, TenantPlace
from hakakses.store import publication
from hakakses.store.line import PUBLISHER, connect
from hakakses.warehouse.load import load_files
from hakakses.warehouse.publish import Register, publish
from hakakses.warehouse.snapshots import Kind
from hakakses.warehouse.synthetic import FileFormat, Plan, write_population

AS_OF = date(2026, 6, 30)  # the register is dated twice a year, on 30 June and 31 December
SEED = 20201008
SANDBOX_RESIDENTS, SANDBOX_SEED = 2_000, 20240117
# Opens a step of work with its total, and gives what reports how much is done.
Step = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]


def plan_of(settings: Settings) -> Plan:
    return Plan(settings.demo_residents, SEED, AS_OF, FileFormat.PARQUET)


def sandbox_plan() -> Plan:
    """Other residents than the live register's: a number that is known here means nothing there."""
    return Plan(SANDBOX_RESIDENTS, SANDBOX_SEED, AS_OF, FileFormat.PARQUET)


def populate(place: TenantPlace, plan: Plan, publisher_dsn: str, step: Step) -> None:
    """Make a tenant's register hold the plan's residents; what an earlier start finished is not done again."""
    if not asyncio.run(_stands(publisher_dsn, place.schema, plan)):
        _load(place.warehouse_dir, plan, step)
    with step("menerbitkan / publishing", plan.residents) as progress:
        register = Register(publisher_dsn, place.schema, place.keystore)
        asyncio.run(publish(register, place.warehouse_dir, _in_residents(plan, progress)))


async def _stands(dsn: str, schema: str, plan: Plan) -> bool:
    """Whether the newest whole register came from a file of this plan, by its count of residents read."""
    connection = await connect(dsn, PUBLISHER, schema)
    try:
        newest = await publication.newest_full(connection)
    finally:
        await connection.close()
    return newest is not None and newest == plan.residents


def _load(warehouse: Path, plan: Plan, step: Step) -> None:
    warehouse.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = warehouse / "incoming" / f"synthetic-{plan.residents}.parquet"
    if not file.exists():
        with step("membuat penduduk rekaan / inventing residents", plan.residents) as progress:
            write_population(plan, file, progress=progress)
    with step("memuat / loading", plan.residents) as progress:
        load_files([file], Kind.FULL, plan.as_of, warehouse, _in_residents(plan, progress))
    file.unlink()


def _in_residents(plan: Plan, progress: Callable[[int], None]) -> Callable[[str, int, int], None]:
    """A step's share of its work as a share of the residents."""
    return lambda _, done, total: progress(plan.residents * done // total)
