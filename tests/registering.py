"""Residents put into a real register, sealed as publishing seals them."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from typing import Any

from hakakses.core.elements import BY_CODE
from hakakses.core.families import card_of
from hakakses.core.residents import Resident
from hakakses.store.cipher import SALT_BYTES, RegisterCipher

_NIK = BY_CODE["NIK"].position


async def put_residents(
    owner: Any, cipher: RegisterCipher, residents: Iterable[Resident], as_of: dt.date
) -> None:
    """owner: a connection in the tenant's schema."""
    for resident in residents:
        index, card = cipher.index(resident.values[_NIK]), card_of(resident).encode()
        tag = int.from_bytes(cipher.family_tag(card, index), "big", signed=True) if card else None
        sealed = cipher.seal(index, resident)
        await owner.execute("INSERT INTO register VALUES ($1, $2, $3, $4)", index, sealed, as_of, tag)
        await owner.execute("INSERT INTO subject_key VALUES ($1, $2)", index, os.urandom(SALT_BYTES))


async def date_register(owner: Any, as_of: dt.date) -> None:
    """A publication of this date."""
    await owner.execute(
        "INSERT INTO publication (kind, as_of, source, residents) VALUES ('full', $1, $2, 1)",
        as_of,
        f"test of {as_of}",
    )
