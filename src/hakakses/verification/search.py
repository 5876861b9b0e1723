"""Reading residents who are looked for without a NIK: each one found is an ask of its own, charged and logged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable

from msgspec.structs import replace

from hakakses.core import problems
from hakakses.core.problems import Refused
from hakakses.core.rights.ask import Ask
from hakakses.core.rights.callers import check_caller
from hakakses.core.rights.decision import decide
from hakakses.verification.answer import Answer
from hakakses.verification.verify import Asker, Stores, refuse, verify


async def read_found(
    find: Callable[[], Awaitable[tuple[str, ...] | Refused]],
    ask: Ask,
    asker: Asker,
    stores: Stores,
    now: dt.datetime,
) -> dict[str, Answer] | Refused:
    """NIK -> answer.  ask: a reading without a NIK.  find: gives the NIKs, and is not called unless it is granted.

    Who may not be answered for is left out; any other refusal, of a quota that ends for instance, is the refusal
    of the whole.
    """
    found = await _granted(find, ask, asker, now)
    if isinstance(found, Refused):
        return await refuse(found, ask, asker, stores.ledger, now)
    answers: dict[str, Answer] = {}
    for nik in found:
        outcome = await verify(replace(ask, nik=nik), asker, stores, now)
        if isinstance(outcome, Answer):
            answers[nik] = outcome
        elif outcome.problem is not problems.RESIDENT_NOT_ANSWERED:
            return outcome
    if not answers:
        return await refuse(Refused(problems.RESIDENT_NOT_ANSWERED), ask, asker, stores.ledger, now)
    return answers


async def _granted(
    find: Callable[[], Awaitable[tuple[str, ...] | Refused]], ask: Ask, asker: Asker, now: dt.datetime
) -> tuple[str, ...] | Refused:
    granted = decide(asker.right, ask, now)
    if isinstance(granted, Refused):
        return granted
    return check_caller(asker.right, asker.credential, ask) or await find()
