"""Reading a whole family card (KK): every member is an ask of its own, with its own entry and its own charge."""

from __future__ import annotations

import datetime as dt

from msgspec.structs import replace

from hakakses.core import problems
from hakakses.core.families import CARD, card_of
from hakakses.core.problems import Refused
from hakakses.core.rights.ask import Ask, Mode
from hakakses.core.rights.decision import decide
from hakakses.verification.answer import Answer
from hakakses.verification.ports import RegisterPort
from hakakses.verification.verify import Asker, Stores, refuse, verify


async def read_family(
    ask: Ask, asker: Asker, stores: Stores, now: dt.datetime
) -> dict[str, Answer] | Refused:
    """NIK -> answer, of all members of the family of the NIK asked, in the card's order; ask: a reading.

    The number of the family card must be granted like any other value, since the answer tells who shares it.  The
    family is looked up only after the NIK asked was answered for.  A member who may not be answered for is left out;
    any other refusal, of a quota that ends for instance, is the refusal of the whole.
    """
    if ask.mode is not Mode.READ:
        raise ValueError("a family card is read, not verified")
    refused = decide(asker.right, replace(ask, elements={**ask.elements, CARD: ""}), now)
    if isinstance(refused, Refused):
        return await refuse(refused, ask, asker, stores.ledger, now)
    first = await verify(ask, asker, stores, now)
    if isinstance(first, Refused):
        return first
    answers = {}
    for nik in await _family_of(ask.nik, stores.register):
        answer = first if nik == ask.nik else await verify(replace(ask, nik=nik), asker, stores, now)
        if isinstance(answer, Answer):
            answers[nik] = answer
        elif answer.problem is not problems.RESIDENT_NOT_ANSWERED:
            return answer
    return answers


async def _family_of(nik: str, register: RegisterPort) -> tuple[str, ...]:
    """All who share the resident's family card; the resident alone where no family is found."""
    resident = (await register.fetch(nik)).resident
    found = () if resident is None else await register.family(card_of(resident))
    return found if nik in found else (nik,)
