"""A password is hashed slowly once, beside the requests; what was learnt dies with its rotation."""

from __future__ import annotations

import asyncio

import pytest

from hakakses.gateway.dukcapil import passwords
from hakakses.gateway.dukcapil.passwords import (
    MOST_WAITING,
    TRIES_OF_ACCOUNT,
    TRIES_OF_ADDRESS,
    Passwords,
    hash_password,
)
from hakakses.store.batching import Overloaded

HELD = hash_password("benar")


@pytest.fixture
def hashings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every slow comparison that is really made, by its hash."""
    made: list[str] = []
    slow = passwords._matches
    monkeypatch.setattr(passwords, "_matches", lambda held, text: made.append(held) or slow(held, text))
    return made


async def test_a_right_password_is_hashed_once_however_often_and_however_many_at_once(
    hashings: list[str],
) -> None:
    known = Passwords()
    asked = [known.right("u", "benar", HELD, "10.0.0.1") for _ in range(20)]
    assert await asyncio.gather(*asked) == [True] * 20
    assert await known.right("u", "benar", HELD, "10.0.0.1")
    assert len(hashings) == 1


async def test_a_rotated_password_ends_the_old_one_at_once(hashings: list[str]) -> None:
    known, rotated = Passwords(), hash_password("baru")
    assert await known.right("u", "benar", HELD, "10.0.0.1")
    assert not await known.right("u", "benar", rotated, "10.0.0.1")
    assert await known.right("u", "baru", rotated, "10.0.0.1")


async def test_what_was_learnt_is_asked_anew_after_a_while(
    hashings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "KNOWN_FOR", -1.0)
    known = Passwords()
    for _ in range(2):
        assert await known.right("u", "benar", HELD, "10.0.0.1")
    assert len(hashings) == 2


async def test_guessing_stops_for_its_address_and_for_no_other(hashings: list[str]) -> None:
    known = Passwords()
    for number in range(TRIES_OF_ACCOUNT + 3):
        assert not await known.right("u", f"salah{number}", HELD, "10.0.0.9")
    assert len(hashings) == TRIES_OF_ACCOUNT
    assert not await known.right("u", "benar", HELD, "10.0.0.9")
    assert await known.right("u", "benar", HELD, "10.0.0.1")


async def test_one_address_cannot_keep_the_worker_hashing_with_names_it_invents(hashings: list[str]) -> None:
    known = Passwords()
    for number in range(TRIES_OF_ADDRESS + 10):
        assert not await known.right(f"rekaan{number}", "x", None, "10.0.0.9")
    assert len(hashings) == TRIES_OF_ADDRESS
    assert await known.right("u", "benar", HELD, "10.0.0.1")


async def test_a_known_right_password_still_serves_an_address_that_guessed(hashings: list[str]) -> None:
    known = Passwords()
    assert await known.right("u", "benar", HELD, "10.0.0.9")
    for number in range(TRIES_OF_ACCOUNT + 1):
        await known.right("u", f"salah{number}", HELD, "10.0.0.9")
    assert await known.right("u", "benar", HELD, "10.0.0.9")


async def test_an_account_that_is_not_there_takes_the_same_work_and_is_never_right(
    hashings: list[str],
) -> None:
    assert not await Passwords().right("siapa", "benar", None, "10.0.0.1")
    assert len(hashings) == 1


async def test_too_many_slow_hashes_at_once_are_refused_and_not_queued() -> None:
    known = Passwords()
    asked = [known.right(f"u{n}", "benar", HELD, "10.0.0.1") for n in range(MOST_WAITING + 5)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(one, Overloaded) for one in outcomes) == 5
    assert outcomes.count(True) == MOST_WAITING
