"""A gateway of two workers over a real database, and beside it a sealer."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest
from joserfc.jwk import ECKey, OKPKey
from tests.builders import NAMES, OPERATOR, a_nik, a_resident, a_right
from tests.conftest import Database, new_database
from tests.registering import date_register, put_residents
from tests.running import PRINTED, answers_ready, end, free_port, keep_refusal, start, wait_until
from tests.verification.world import AS_OF

from hakakses.core.elements import BY_CODE, CATALOGUE
from hakakses.core.rights.right import AccessRight, FeedbackDuty, Institution, Permission, Purpose
from hakakses.gateway import examples
from hakakses.gateway.clients import hash_secret
from hakakses.store import keys
from hakakses.store.cipher import RegisterCipher
from hakakses.store.embedded import Cluster
from hakakses.store.poc import pass_poc
from hakakses.store.rights import Registration, publish_right, put_client, put_operator

SECRET = "a-secret-made-for-this-test"
REHEARSING = "sandbox-client"
EC, OKP = ECKey.generate_key("P-256"), OKPKey.generate_key("Ed25519")
BODY = {"nik": a_nik(), "purpose": "KYC", "elements": NAMES, "caller": {"kind": "machine"}}
DUTY = FeedbackDuty((examples.FIELD,), "Juknis 9.1")
NEVER_ENDING = AS_OF.replace(year=2099)
GATEWAY = (
    "from hakakses.gateway.serve import serve; from hakakses.settings import load_settings as s; serve(s())"
)


class Running(msgspec.Struct, frozen=True):
    """A running gateway.  log: the file of what it prints.  pid: the process above its workers.

    sealer: its process, None where none runs.
    """

    http: httpx.Client
    database: Database
    base_url: str
    log: Path
    pid: int
    sealer: subprocess.Popen[bytes] | None = None

    def token(self, client: str = "secret-client", secret: str = SECRET) -> str:
        form = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
        found: str = self.http.post("/oauth2/token", data=form).json()["access_token"]
        return found

    def ask(
        self, token: str, body: Any = None, path: str = "/v1/verifications", **headers: str
    ) -> httpx.Response:
        content = body if isinstance(body, bytes) else msgspec.json.encode(body or BODY)
        headers = {"authorization": f"Bearer {token}", **headers}
        return self.http.post(path, content=content, headers=headers)

    def receipt(self, token: str, seq: object) -> httpx.Response:
        return self.http.get(f"/v1/receipts/{seq}", headers={"authorization": f"Bearer {token}"})


def until_sealed(running: Running, token: str, seq: int) -> httpx.Response:
    """The proof of an entry that the sealer is about to seal."""
    until = time.monotonic() + 10
    while (reply := running.receipt(token, seq)).status_code == 503 and time.monotonic() < until:
        time.sleep(0.05)
    return reply


@pytest.fixture
def running(database: Database) -> Iterator[Running]:
    """A gateway of this test's own, without a sealer."""
    right = a_right(valid_until=NEVER_ENDING, feedback=DUTY)
    asyncio.run(_seed(database, {"PKS/1": (right, "secret-client", SECRET)}))
    with gateway_of(database) as started:
        yield started


@pytest.fixture(scope="session")
def service(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One gateway and sealer for all tests that only ask.

    The client of the document's examples has an institution of its own, so that wrong values tried at random
    use up no guesses of other tests.
    """
    tester = Institution("penguji", "Penguji", "central", "perbankan")
    rights = {
        "PKS/1": (_wide_right(), "secret-client", SECRET),
        "PKS/2": (_other_right(), "other-client", SECRET),
        "PKS/3": (_wide_right(agreement="PKS/3", institution=tester), examples.CLIENT, examples.SECRET),
    }
    with new_database(cluster, tmp_path_factory.mktemp("home")) as database:
        asyncio.run(_seed(database, rights))
        asyncio.run(_rehearse(database))
        sealer = start("sealer", "sealer", **environment_of(database))
        try:
            with gateway_of(database) as started:
                _make_entries(started)
                yield msgspec.structs.replace(started, sealer=sealer)
        finally:
            end(sealer)


def _make_entries(started: Running) -> None:
    """The first entries, up to the one of the document's examples, belong to the examples' client."""
    token = started.token(examples.CLIENT, examples.SECRET)
    for _ in range(examples.NUMBER + 1):
        started.ask(token)
    until_sealed(started, token, examples.NUMBER)


def _wide_right(**changes: Any) -> AccessRight:
    codes = frozenset(element.code for element in CATALOGUE if element.held)
    return a_right(
        valid_until=NEVER_ENDING,
        purposes={"KYC": Purpose("Mengenal nasabah", "Pasal 2", codes, codes)},
        verify={code: Permission("Pasal 4", 85 if BY_CODE[code].scored else 0) for code in codes},
        read={code: Permission("Pasal 5") for code in codes},
        quota_per_day=1_000_000,
        feedback=DUTY,
        **changes,
    )


def _other_right() -> AccessRight:
    other = Institution("dinas-contoh", "Dinas Contoh", "regional", "sosial", "6171")
    return a_right(agreement="PKS/2", institution=other, valid_until=NEVER_ENDING, quota_per_day=1)


async def _seed(database: Database, rights: Mapping[str, tuple[AccessRight, str, str]]) -> None:
    cipher = RegisterCipher(keys.load(database.settings.keys_dir / "register.json"))
    owner = await asyncpg.connect(database.dsn, server_settings={"search_path": "live"})
    niks = (a_nik(), a_nik(2), examples.nik())
    await put_residents(owner, cipher, [a_resident(NIK=nik) for nik in niks], AS_OF)
    await date_register(owner, AS_OF)
    public = {"keys": [EC.as_dict(private=False), OKP.as_dict(private=False)]}
    for agreement, (right, client, secret) in rights.items():
        await publish_right(owner, right)
        await pass_poc(owner, agreement, "penguji")
        await put_client(owner, Registration(client, agreement, right.networks, secret=hash_secret(secret)))
        await put_operator(owner, agreement, OPERATOR, "Petugas Contoh")
    await put_client(owner, Registration("key-client", "PKS/1", a_right().networks, public_keys=public))
    await owner.close()


async def _rehearse(database: Database) -> None:
    """One client in the sandbox."""
    owner = await asyncpg.connect(database.dsn, server_settings={"search_path": "sandbox"})
    await publish_right(owner, a_right(valid_until=NEVER_ENDING))
    secret = hash_secret(examples.SECRET)
    await put_client(owner, Registration(REHEARSING, "PKS/1", a_right().networks, secret=secret))
    await owner.close()


def environment_of(database: Database) -> dict[str, str]:
    home = str(database.settings.home)
    workers = {"HAKAKSES_GATEWAY_WORKERS": "2"}
    return {"HAKAKSES_HOME": home, "HAKAKSES_DSN": database.dsn, "HAKAKSES_SANDBOX": "yes", **workers}


@pytest.fixture
def narrow(database: Database) -> Iterator[Running]:
    """A gateway of one worker with little room: limits that a test can reach."""
    rights = {
        "PKS/1": (a_right(valid_until=NEVER_ENDING, quota_per_day=1_000_000), "secret-client", SECRET),
        "PKS/2": (_other_right(), "other-client", SECRET),
    }
    limits = {"GATEWAY_REQUESTS": "4", "CLIENT_REQUESTS": "3", "BODY_SECONDS": "2", "ANSWER_SECONDS": "3"}
    asyncio.run(_seed(database, rights))
    with gateway_of(
        database,
        HAKAKSES_GATEWAY_WORKERS="1",
        **{f"HAKAKSES_{name}": value for name, value in limits.items()},
    ) as started:
        yield started


@contextmanager
def gateway_of(database: Database, **started_as: str) -> Iterator[Running]:
    """started_as: another program, or environment beside the ordinary."""
    port = free_port()
    base_url, name = f"http://127.0.0.1:{port}", f"gateway{port}"
    process = start(name, "gateway", PORT=str(port), **{**environment_of(database), **started_as})
    (log,) = PRINTED.glob(f"{name}-*")
    try:
        wait_until(lambda: answers_ready(base_url), "the gateway became ready")
        with httpx.Client(base_url=base_url, event_hooks={"response": [keep_refusal]}) as http:
            yield Running(http, database, base_url, log, process.pid)
            (PRINTED / f"{name}-metrics.log").write_bytes(http.get("/metrics").content)
    finally:
        end(process)
