"""hakakses.client against the real gateway: typed answers, errors that say what to do, and one charge for one ask."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import psycopg
import pytest
from tests.builders import NAMES, OPERATOR, a_nik, a_right
from tests.conftest import Database
from tests.drills import seeding
from tests.gateway.conftest import EC, OKP, SECRET, Running, environment_of
from tests.running import answers_ready, end, free_port, start, wait_until

from hakakses.client import (
    Client,
    Credential,
    CredentialRefused,
    NotUnderstood,
    Patience,
    Refused,
    Result,
    Secret,
    SigningKey,
    TryLater,
    Unreachable,
)

KNOWN = Secret("secret-client", SECRET)
AT_ONCE = 1.0  # seconds


def _signing(key: Any) -> SigningKey:
    return SigningKey("key-client", key.as_pem(private=True))


@pytest.mark.parametrize("credential", [KNOWN, _signing(EC), _signing(OKP)], ids=["secret", "EC", "OKP"])
def test_who_proves_itself_gets_an_answer_with_its_proof(service: Running, credential: Credential) -> None:
    with Client(service.base_url, credential) as client:
        answer = client.verify(a_nik(), NAMES, purpose="KYC", operator=OPERATOR)
        assert (answer.result, set(answer.elements.values())) == (Result.SESUAI, {"SESUAI"})
        assert client.receipt(answer.receipt.seq).leaf_hash == answer.receipt.leaf_hash
        read = client.read(a_nik(), ["NAMA_LGKP"], purpose="KYC")
        assert (read.result, read.elements) == (None, {"NAMA_LGKP": NAMES["NAMA_LGKP"]})
        assert client.right().right["agreement"] == "PKS/1"


def test_a_final_refusal_is_raised_at_once_with_code_part_and_clause(service: Running) -> None:
    with Client(service.base_url, KNOWN) as client:
        client.right()
        began = time.monotonic()
        with pytest.raises(Refused) as unknown:
            client.verify(a_nik(), {"NO_SUCH": "x"}, purpose="KYC")
        with pytest.raises(Refused) as ungranted:
            client.verify(a_nik(), NAMES, purpose="LAIN")
        assert time.monotonic() - began < AT_ONCE
    assert (unknown.value.code, unknown.value.part) == ("unknown_element", "elements")
    assert (ungranted.value.code, ungranted.value.status) == ("purpose_not_granted", 403)
    assert ungranted.value.clause
    assert not isinstance(unknown.value, TryLater)
    with (
        Client(service.base_url, Secret("secret-client", "wrong")) as client,
        pytest.raises(CredentialRefused),
    ):
        client.right()


class _Page(BaseHTTPRequestHandler):
    """Something between that answers every request with a page of its own."""

    def do_POST(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>Silakan masuk</html>")

    def log_message(self, *_: object) -> None:
        pass


def test_a_page_of_something_between_is_not_taken_for_an_answer() -> None:
    with HTTPServer(("127.0.0.1", 0), _Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with Client(f"http://127.0.0.1:{server.server_port}", KNOWN) as client, pytest.raises(NotUnderstood):
            client.right()
        server.shutdown()


def test_hours_are_told_and_not_waited_for(narrow: Running) -> None:
    with Client(narrow.base_url, Secret("other-client", SECRET)) as client:
        assert client.verify(a_nik(), NAMES, purpose="KYC").quota_remaining == 0
        began = time.monotonic()
        with pytest.raises(TryLater) as refused:
            client.verify(a_nik(), NAMES, purpose="KYC", key="tomorrow")
        assert time.monotonic() - began < AT_ONCE
    assert (refused.value.code, refused.value.key) == ("quota_exhausted", "tomorrow")
    assert refused.value.retry_after is not None


def test_a_busy_service_is_asked_again_until_it_answers(narrow: Running) -> None:
    """Eight threads share one client and a service that takes three of them at a time."""
    with Client(narrow.base_url, KNOWN) as client, ThreadPoolExecutor(8) as threads:
        asks = [threads.submit(client.verify, a_nik(), NAMES, purpose="KYC") for _ in range(40)]
        answers = [ask.result() for ask in asks]
    assert len({answer.receipt.seq for answer in answers}) == 40


def test_a_service_that_is_away_is_given_up_in_time() -> None:
    patience = Patience(within=1.0)
    began = time.monotonic()
    nowhere = f"http://127.0.0.1:{free_port()}"
    with Client(nowhere, KNOWN, patience=patience) as client, pytest.raises(Unreachable) as away:
        client.verify(a_nik(), NAMES, purpose="KYC", key="mine")
    assert away.value.key == "mine"
    assert 0.2 < time.monotonic() - began < 3


def test_a_token_that_no_longer_serves_is_renewed_once(running: Running) -> None:
    with Client(running.base_url, KNOWN) as client:
        client.right()
        with psycopg.connect(running.database.dsn, options="-c search_path=live") as owner:
            owner.execute("UPDATE client SET generation = generation + 1")
        wait_until(lambda: running.receipt(client._token, 0).status_code == 401, "old tokens end")
        assert client.right().quota.used == 0


def test_a_reading_that_finds_nobody_is_charged_once_however_often_it_is_sent(running: Running) -> None:
    with Client(running.base_url, KNOWN) as client:
        for _ in range(3):
            with pytest.raises(Refused) as nobody:
                client.read(a_nik(77), ["NAMA_LGKP"], purpose="KYC", key="once")
            assert nobody.value.code == "resident_not_answered"
        assert client.right().quota.used == 1


@pytest.fixture
def gateways(database: Database) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts a gateway, each time at the same address."""
    started: list[subprocess.Popen[bytes]] = []
    port = str(free_port())

    def begin() -> subprocess.Popen[bytes]:
        started.append(start(f"killed{port}", "gateway", **environment_of(database), PORT=port))
        wait_until(lambda: answers_ready(f"http://127.0.0.1:{port}"), "the gateway became ready")
        return started[-1]

    begin.base_url = f"http://127.0.0.1:{port}"  # type: ignore[attr-defined]
    yield begin
    for process in started:
        end(process)


def test_a_gateway_killed_under_an_ask_charges_it_once(database: Database, gateways: Any) -> None:
    """Killed while the log is held up: the entry is committed, its answer never left, and the repeat gets it."""
    asyncio.run(seeding.seed(database.dsn, database.settings, {"killed": a_right(agreement="PKS/killed")}))
    first = gateways()
    patience = Patience(within=60)
    with (
        Client(gateways.base_url, Secret("killed", seeding.SECRET), patience=patience) as client,
        psycopg.connect(database.dsn, options="-c search_path=live") as holder,
        ThreadPoolExecutor(1) as threads,
    ):
        client.right()
        holder.execute("LOCK TABLE ledger_entry IN ACCESS EXCLUSIVE MODE")
        ask = threads.submit(client.verify, a_nik(), NAMES, purpose="KYC")
        time.sleep(0.5)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        holder.commit()
        wait_until(lambda: _entries(holder) == 1, "what was under way is committed")
        gateways()
        assert ask.result().receipt.seq == 0
        assert client.right().quota.used == 1
        assert _entries(holder) == 1


def _entries(connection: psycopg.Connection[Any]) -> int:
    [found] = connection.execute("SELECT count(*) FROM ledger_entry").fetchone() or [0]
    connection.commit()
    return int(found)
