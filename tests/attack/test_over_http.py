"""The guesser at the real doors of a real gateway, with full credentials: a thousand residents, all at once."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import asyncpg
import httpx
import msgspec
import numpy as np
import pytest
from tests.attack.dictionary import belief_about
from tests.attack.doors import Seen, Sight, Try
from tests.attack.population import BORN, MOTHER, NAME, Person, victims
from tests.attack.strategies import by_elimination, by_frequency, from_the_nik
from tests.attack.wires import Dukcapil, Native, OsiaMatch, Wire
from tests.builders import a_right
from tests.conftest import Database, new_database
from tests.gateway.conftest import NEVER_ENDING, SECRET, Running, gateway_of
from tests.gateway.dukcapil.conftest import PASSWORD
from tests.registering import date_register, put_residents
from tests.verification.world import AS_OF

from hakakses.core.rights.ask import CallerKind, Mode
from hakakses.core.rights.guessing import DISTINCT_WRONG_VALUES
from hakakses.core.rights.right import AccessRight, DukcapilDoor, ElementSet, OsiaDoor, ScoresShown, Service
from hakakses.gateway.clients import hash_secret
from hakakses.gateway.dukcapil.passwords import hash_password
from hakakses.store import keys
from hakakses.store.cipher import RegisterCipher
from hakakses.store.embedded import Cluster
from hakakses.store.poc import pass_poc
from hakakses.store.rights import Account, Registration, publish_right, put_client

RESIDENTS, CONNECTIONS = 1000, 24
FURTHER = 1  # resident beside them, for the test across doors
REFUSED = {"guesses_exhausted", "08", "5002"}
# The guesses of three tries; with numbers, a few names of what three bands leave.
MOST_BY_BAND = 0.06


def _right(institution: str) -> AccessRight:
    elements = (NAME, BORN, MOTHER)
    service = Service("TEBAKAN", "verifikasi-baru", CallerKind.MACHINE, "Juknis 7")
    return a_right(
        agreement=f"PKS/{institution}",
        institution=msgspec.structs.replace(a_right().institution, id=institution),
        valid_until=NEVER_ENDING,
        quota_per_day=1_000_000,
        sets={"TEBAKAN": ElementSet("KYC", Mode.VERIFY, elements, "Juknis 8")},
        osia=OsiaDoor("KYC", CallerKind.MACHINE, "Juknis 9"),
        dukcapil=DukcapilDoor(NEVER_ENDING, {f"{institution}/tebakan": service}, "Juknis 7"),
    )


@pytest.fixture(scope="module")
def attacked(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with new_database(cluster, tmp_path_factory.mktemp("home")) as database:
        asyncio.run(_fill(database))
        with gateway_of(database) as running:
            yield running


async def _fill(database: Database) -> None:
    cipher = RegisterCipher(keys.load(database.settings.keys_dir / "register.json"))
    owner = await asyncpg.connect(database.dsn, server_settings={"search_path": "live"})
    residents = [person.resident for person in victims(RESIDENTS + FURTHER)]
    await put_residents(owner, cipher, residents, AS_OF)
    await date_register(owner, AS_OF)
    password = hash_password(PASSWORD)
    for institution in ("asli", "dukcapil", "osia", "lintas"):
        right = _right(institution)
        await pass_poc(owner, right.agreement, "penguji")
        await publish_right(owner, right)
        secret, account = (
            hash_secret(SECRET),
            Account(f"USER-{institution.upper()}", password, ("10.10.0.0/16",)),
        )
        native = Registration(f"{institution}-asli", right.agreement, right.networks, secret=secret)
        await put_client(owner, native)
        await put_client(owner, Registration(institution, right.agreement, right.networks, account=account))
    await owner.close()


class Found(NamedTuple):
    """Per element how many were known at the end, and the residents whose fourth value was refused."""

    known: dict[str, int]
    refused: int


def _native(running: Running, http: httpx.AsyncClient) -> Wire:
    return Native(http, running.token("asli-asli"))


def _dukcapil(running: Running, http: httpx.AsyncClient) -> Wire:
    return Dukcapil(http, "dukcapil")


def _osia(running: Running, http: httpx.AsyncClient) -> Wire:
    return OsiaMatch(http, running.token("osia-asli"))


DOORS: dict[str, tuple[Callable[[Running, httpx.AsyncClient], Wire], ScoresShown | None]] = {
    "native": (_native, None),
    "dukcapil": (_dukcapil, ScoresShown.BAND),
    "osia": (_osia, None),
}


@pytest.mark.timeout(300)  # some eight thousand requests
@pytest.mark.parametrize("door", DOORS)
def test_a_thousand_residents_are_safe_behind_every_door(attacked: Running, door: str) -> None:
    found = asyncio.run(_attack(attacked, door))
    for code in (NAME, MOTHER):
        chance = MOST_BY_BAND if DOORS[door][1] else _chance(code)
        assert found.known[code] <= RESIDENTS * chance + 4 * math.sqrt(RESIDENTS * chance * (1 - chance))
    assert found.known[BORN] == RESIDENTS, "the NIK alone says it: that is no answer's doing"
    assert found.refused >= RESIDENTS * (1 - 2 * MOST_BY_BAND) ** 2


def _people() -> tuple[Person, ...]:
    return victims(RESIDENTS + FURTHER)[:RESIDENTS]


def _chance(code: str) -> float:
    """What the three likeliest names give, each with the others of one spelling."""
    tops = [np.sort(belief_about(code, person.nik))[-DISTINCT_WRONG_VALUES:].sum() for person in _people()]
    return float(np.mean(tops))


async def _attack(running: Running, door: str) -> Found:
    make, policy = DOORS[door]
    people = _people()
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    async with httpx.AsyncClient(base_url=running.base_url, limits=limits, timeout=60) as http:
        wire, turns = make(running, http), asyncio.Semaphore(CONNECTIONS)
        results = await asyncio.gather(*(_guess(person, wire, policy, turns) for person in people))
    known = {
        code: sum(
            person.answers_to(code, guesses.get(code))
            for person, (guesses, _) in zip(people, results, strict=True)
        )
        for code in (NAME, MOTHER, BORN)
    }
    return Found(known, sum(refused for _, refused in results))


async def _guess(
    person: Person, wire: Wire, policy: ScoresShown | None, turns: asyncio.Semaphore
) -> tuple[dict[str, str | None], bool]:
    """All three elements in each request, for as long as something is not known."""
    guessing = {
        code: by_frequency(code, person.nik)
        if policy is None
        else by_elimination(code, person.nik, Sight(policy))
        for code in (NAME, MOTHER)
    }
    guessing[BORN] = from_the_nik(BORN, person.nik)
    tries = {code: next(one) for code, one in guessing.items()}
    guesses: dict[str, str | None] = {}
    refused = False
    async with turns:
        while tries:
            seen = await wire.ask(person.nik, tries)
            refused |= any(one.refused in REFUSED for one in seen.values())
            told, tries = seen, {}
            for code, one in told.items():
                try:
                    tries[code] = guessing[code].send(one)
                except StopIteration as done:
                    guesses[code] = done.value
    return guesses, refused


def test_doors_and_clients_of_one_institution_give_no_further_tries(attacked: Running) -> None:
    person = victims(RESIDENTS + FURTHER)[-1]

    async def try_each() -> list[Seen]:
        async with httpx.AsyncClient(base_url=attacked.base_url, timeout=60) as http:
            doors = (Native(http, attacked.token("lintas-asli")), Dukcapil(http, "lintas"))
            names = ("WATI", "YATI", "SUSI", "RINI", person.values[MOTHER], person.values[MOTHER])
            return [
                (await doors[n % 2].ask(person.nik, {MOTHER: Try(name)}))[MOTHER]
                for n, name in enumerate(names)
            ]

    told = asyncio.run(try_each())
    assert [(one.refused, one.sesuai) for one in told[:3]] == [("", False)] * 3
    assert [one.refused for one in told[3:]] == ["08", "guesses_exhausted", "08"]
