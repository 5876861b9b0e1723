"""hakakses demo: everything at once, with invented residents and example agreements."""

from __future__ import annotations

import asyncio
import shlex
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from hakakses.cli.processes import AlreadyRunningError, Tree, alone
from hakakses.cli.progress import counting
from hakakses.cli.serve import programs
from hakakses.cli.setup import Prepared, prepare
from hakakses.demo import demo_json
from hakakses.demo.clients import SeedError, example_rights, seed, seed_sandbox
from hakakses.demo.demo_json import Demo, DemoClient, Sandbox
from hakakses.demo.dukcapil import seed_accounts
from hakakses.demo.osia import osia_doors, token_command
from hakakses.demo.population import plan_of, populate, sandbox_plan
from hakakses.demo.residents import shown_residents
from hakakses.settings import Settings, TenantPlace, load_settings
from hakakses.store.embedded import EmbeddedError
from hakakses.store.line import PUBLISHER
from hakakses.store.private_files import write_private

FAILURE = 1
PORT_FREE_WITHIN = 5.0  # seconds; the workers of a killed demonstration end by themselves
_AGREEMENTS = Path(__file__).parents[3] / "examples" / "agreements"
_REHEARSED = _AGREEMENTS.with_name("rehearsed")  # agreements whose proof of concept is open


class PortTakenError(Exception):
    """Another program listens on the gateway's port."""


def command(
    agreements: Annotated[Path, typer.Option(help="Directory of agreements in TOML.")] = _AGREEMENTS,
) -> None:
    """Set up what is missing, then answer on http://HOST:PORT until told to stop."""
    settings = load_settings()
    try:
        with alone(settings.home):
            _run(settings, agreements)
    except (AlreadyRunningError, EmbeddedError, PortTakenError, SeedError) as fault:
        typer.echo(f"hakakses demo: {fault}", err=True)
        raise typer.Exit(FAILURE) from None


def _run(settings: Settings, agreements: Path) -> None:
    _await_free_port(settings)
    typer.echo(f"menyiapkan / setting up {settings.home} …", err=True)
    prepared = prepare(settings)
    demo = _fill(settings, prepared, agreements)
    environment = {"HAKAKSES_SANDBOX": "yes"}
    with Tree(programs(prepared.logins, environment), settings, prepared.cluster) as tree:
        told = False
        while tree.look():
            if not told and _ready(demo.base_url):
                _tell(settings, demo)
                told = True


def _await_free_port(settings: Settings) -> None:
    until = time.monotonic() + PORT_FREE_WITHIN
    while not _port_is_free(settings):
        if time.monotonic() > until:
            raise PortTakenError(
                f"PORT={settings.port} sedang dipakai / is in use; choose another, as in PORT=8081"
            )
        time.sleep(0.1)


def _port_is_free(settings: Settings) -> bool:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            return False
    return True


def _fill(settings: Settings, prepared: Prepared, agreements: Path) -> Demo:
    rights = example_rights(agreements)
    populate(settings.live, plan_of(settings), prepared.logins[PUBLISHER], counting)
    earlier = demo_json.read(settings.home)
    kept = _secrets(earlier.clients) if earlier else {}
    clients = asyncio.run(seed(prepared.owner, settings.schema, rights, settings.keys_dir, kept))
    base_url = f"http://{settings.host}:{settings.port}"
    passwords = {one.user_id: one.password for one in earlier.dukcapil} if earlier else {}
    services = asyncio.run(seed_accounts(prepared.owner, settings.schema, rights, base_url, passwords))
    token_url, residents = f"{base_url}/oauth2/token", shown_residents(plan_of(settings))
    demo = Demo(
        base_url=base_url,
        token_url=token_url,
        ledger_dir=str(settings.ledger_dir),
        clients=clients,
        residents=residents,
        dukcapil=services,
        osia=osia_doors(base_url, token_url, rights, clients, residents[0]),
    )
    if settings.rehearsal is not None:
        demo.sandbox = _fill_sandbox(settings, settings.rehearsal, prepared, demo, earlier)
    return demo


def _fill_sandbox(
    settings: Settings, place: TenantPlace, prepared: Prepared, demo: Demo, earlier: Demo | None
) -> Sandbox:
    """A register of its own, and the institutions that are still proving their programs."""
    populate(place, sandbox_plan(), prepared.logins[PUBLISHER], counting)
    kept = _secrets(earlier.sandbox.clients) if earlier and earlier.sandbox else {}
    rights = example_rights(_REHEARSED)
    clients = asyncio.run(seed_sandbox(prepared.owner, settings.schema, place.schema, rights, kept))
    residents = shown_residents(sandbox_plan())
    return Sandbox(demo.base_url, demo.token_url, str(place.ledger_dir), clients, residents)


def _secrets(clients: list[DemoClient]) -> dict[str, str]:
    return {one.id: one.secret for one in clients if one.secret}


def _ready(base_url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base_url}/readyz", timeout=1) as reply:  # noqa: S310 - our own address
            return bool(reply.status == 200)  # noqa: PLR2004
    except (urllib.error.URLError, OSError):
        return False


def _tell(settings: Settings, demo: Demo) -> None:
    """Write demo.json, and say what can be tried."""
    client, resident = demo.clients[0], demo.residents[0]
    body = {
        "nik": resident["NIK"],
        "purpose": client.purpose,
        "elements": {code: resident[code] for code in client.elements},
        "caller": {"kind": client.callers[0]},
    }
    ask = settings.home / "demo-ask.json"
    write_private(ask, msgspec.json.format(msgspec.json.encode(body)))
    path = demo_json.write(settings.home, demo)
    typer.echo(_guide(demo, client, ask, path))


def _guide(demo: Demo, client: DemoClient, ask: Path, path: Path) -> str:
    token = f"TOKEN=$({token_command(client, demo.token_url)})"
    bearer = 'curl -s -H "Authorization: Bearer $TOKEN"'
    return f"""
hakakses siap di / is ready on {demo.base_url}   ({path})

Tempelkan tiga perintah ini di terminal lain: / Paste these three commands into another terminal:

{token}
{bearer} --data @{shlex.quote(str(ask))} {demo.base_url}/v1/verifications
{bearer} {demo.base_url}/v1/right

Buktikan catatannya: / Prove the log:
  {shlex.quote(str(Path(sys.executable).with_name("hakakses")))} ledger verify {shlex.quote(demo.ledger_dir)}
Panduan untuk program Anda: / The guide for your program: {demo.base_url}/docs/
Ctrl-C untuk berhenti. / Ctrl-C to stop."""
