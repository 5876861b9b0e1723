"""hakakses serve: the gateway and the sealer, kept running."""

from __future__ import annotations

from collections.abc import Mapping

from hakakses.cli.processes import Program, Tree, alone
from hakakses.cli.setup import prepare
from hakakses.settings import load_settings
from hakakses.store.line import GATEWAY, SEALER


def programs(logins: Mapping[str, str], environment: Mapping[str, str]) -> list[Program]:
    """The programs of a running system.  logins: role -> DSN, empty where all take HAKAKSES_DSN as it is."""
    return [
        Program(name, (name, "--tied"), {**environment, **_login(logins, role)})
        for name, role in (("gateway", GATEWAY), ("sealer", SEALER))
    ]


def _login(logins: Mapping[str, str], role: str) -> dict[str, str]:
    return {"HAKAKSES_DSN": logins[role]} if logins else {}


def command() -> None:
    """Answer, log and seal until told to stop; what ends by itself is started again.

    Without HAKAKSES_DSN a private database is set up and kept running too.
    """
    settings = load_settings()
    with alone(settings.home):
        prepared = None if settings.dsn else prepare(settings)
        logins = {} if prepared is None else prepared.logins
        cluster = None if prepared is None else prepared.cluster
        with Tree(programs(logins, {}), settings, cluster) as tree:
            while tree.look():
                pass
