"""Seats for large uploads: some for everybody."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from hakakses.gateway.uploads import MOST_LARGE, MOST_LARGE_OF_ONE, SMALL, Seats, Upload
from hakakses.store.batching import Overloaded


async def _nothing():
    return
    yield b""


def _upload(length: int | None) -> Upload:
    return Upload(_nothing(), None if length is None else str(length), 10**9)


def test_no_institution_takes_every_seat_and_each_seat_is_given_back():
    seats = Seats()
    with ExitStack() as held:
        for _ in range(MOST_LARGE_OF_ONE):
            held.enter_context(seats.seat("bank", _upload(None)))
        with pytest.raises(Overloaded), seats.seat("bank", _upload(SMALL + 1)):
            pass
        with seats.seat("bank", _upload(SMALL)):
            pass
        for _ in range(MOST_LARGE - MOST_LARGE_OF_ONE):
            held.enter_context(seats.seat("klinik", _upload(None)))
        with pytest.raises(Overloaded), seats.seat("dinas", _upload(None)):
            pass
    with seats.seat("bank", _upload(None)):
        pass
