"""A real PostgreSQL for the tests that need one: started once, one database per test from a template."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import hypothesis
import msgspec
import psycopg
import pytest
from tests.running import PRINTED, open_home, printed_person_numbers

from hakakses.portal.project.migrate import migrate
from hakakses.settings import Settings, TenantKind, load_settings
from hakakses.store import embedded, keys
from hakakses.store.keys import KeyName

_TEMPLATE = "migrated"
# A promise about rules, not about the speed of a busy machine.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


class Database(msgspec.Struct, frozen=True):
    """A migrated database of its own, and settings whose home holds a fresh keystore for each tenant."""

    dsn: str
    settings: Settings


@pytest.fixture(scope="session")
def cluster() -> Iterator[embedded.Cluster]:
    with open_home() as home:
        started = embedded.ensure(load_settings({"HAKAKSES_HOME": str(home)}))
        try:
            with psycopg.connect(started.dsn, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {_TEMPLATE}")
            migrate(_named(started.dsn, _TEMPLATE), "live")
            migrate(_named(started.dsn, _TEMPLATE), "sandbox", TenantKind.SANDBOX)
            yield started
        finally:
            embedded.stop(started, "immediate")


def _named(dsn: str, name: str) -> str:
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{name}"))


@contextmanager
def new_database(cluster: embedded.Cluster, home: Path) -> Iterator[Database]:
    """A database of its own, dropped at the end; its keystore is made in ``home``."""
    name = f"t{os.urandom(6).hex()}"
    settings = load_settings({"HAKAKSES_HOME": str(home), "HAKAKSES_SANDBOX": "yes"})
    settings.keys_dir.mkdir()
    for tenant in settings.tenants:
        keys.create(tenant.keystore, tuple(key for key in KeyName if key is not KeyName.CHECKPOINT))
    with psycopg.connect(cluster.dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
        yield Database(_named(cluster.dsn, name), settings)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(cluster: embedded.Cluster, tmp_path: Path) -> Iterator[Database]:
    with new_database(cluster, tmp_path) as made:
        yield made


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Nothing may be skipped unseen where CI=true promises that everything ran, but what is marked as may be absent."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    absent = item.get_closest_marker("may_be_absent") is not None
    if report.skipped and not absent and os.environ.get("CI") == "true":
        report.outcome = "failed"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """When all tests have run, no program under test has printed a NIK, and no database has logged one."""
    found = printed_person_numbers()
    if found:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        print(f"\na NIK was printed: {', '.join(found)} in {PRINTED}")  # noqa: T201 - for whoever reads the run
    else:
        shutil.rmtree(PRINTED, ignore_errors=True)
