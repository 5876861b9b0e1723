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
from hakakses.verification.verify import Asker, Stores, refuse, settle_nothing, verify


async def read_found(
    sought: str,
    find: Callable[[], Awaitable[tuple[str, ...] | Refused]],
    ask: Ask,
    asker: Asker,
    stores: Stores,
    now: dt.datetime,
) -> dict[str, Answer] | Refused:
    """NIK -> answer.  sought: what is looked for, as the log keeps it.  ask: a reading without a NIK.
    find: gives the NIKs, and is not called unless the ask is granted.

    A search that finds nobody spends quota as well, or numbers could be tried without end.  Who may not be answered for is left out; any other refusal, of a quota that ends for instance, is the refusal
    of the whole.
    """
    found = await _granted(find, ask, asker, now)
    if isinstance(found, Refused):
        return await refuse(found, ask, asker, stores.ledger, now)
    nothing = Refused(problems.RESIDENT_NOT_ANSWERED)
    if not found:
        held = await stores.register.fetch(sought)
        settled = await settle_nothing(replace(ask, nik=sought), asker, stores, now, held)
        return settled if isinstance(settled, Refused) else nothing
    answers: dict[str, Answer] = {}
    for nik in found:
        outcome = await verify(replace(ask, nik=nik), asker, stores, now)
        if isinstance(outcome, Answer):
            answers[nik] = outcome
        elif outcome.problem is not problems.RESIDENT_NOT_ANSWERED:
            return outcome
    return answers or nothing


async def _granted(
    find: Callable[[], Awaitable[tuple[str, ...] | Refused]], ask: Ask, asker: Asker, now: dt.datetime
) -> tuple[str, ...] | Refused:
    granted = decide(asker.right, ask, now)
    if isinstance(granted, Refused):
        return granted
    return check_caller(asker.right, asker.credential, ask) or await find()
