"""How rows of feedback data become records: batch by batch, each kept before the next is read."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator

import msgspec
import structlog

from hakakses.core import problems
from hakakses.core.feedback import Given, RowFault, Schema, may_give
from hakakses.core.problems import Refused
from hakakses.core.rights.decision import ZONE
from hakakses.core.rights.right import FeedbackDuty
from hakakses.gateway.exchange import Request
from hakakses.gateway.feedback_bodies import MOST_TOLD
from hakakses.gateway.feedback_rows import Row, Unusable
from hakakses.gateway.identity import NOBODY, Identity, identify
from hakakses.gateway.parts import Parts
from hakakses.gateway.uploads import CutOff, TooMuch, Upload
from hakakses.store.rights import CONFIRM_EVERY
from hakakses.verification.ports import StoreUnavailable

MOST_UPLOAD = 1024 * 1024 * 1024  # bytes
WAITS = 50  # of CONFIRM_EVERY seconds, for rights that cannot be confirmed
MOST_ROWS = 250  # of a batch: what one transaction keeps
log = structlog.get_logger()


class Giver(msgspec.Struct, frozen=True):
    """An institution that may give data back, and what its juknis wants of a record."""

    who: Identity
    duty: FeedbackDuty
    schema: Schema


class Refusal(msgspec.Struct, frozen=True):
    """A refused row by its number."""

    row: int
    fault: RowFault


class RightLost(Exception):
    """The institution may no longer give."""

    def __init__(self, refused: Refused) -> None:
        self.refused = refused


class Taken:
    """What became of an upload so far.  ended: why it was not taken to its end, None when it was."""

    def __init__(self) -> None:
        self.accepted = 0
        self.duplicate = 0
        self.refused = 0
        self.told: list[Refusal] = []
        self.ended: Refused | None = None


async def giver(request: Request, parts: Parts) -> Giver | Refused:
    """Who sends, when the agreement and the place allow it."""
    who = await identify(request, parts)
    if isinstance(who, Refused):
        return who
    duty = may_give(who.client.right, who.client.credential, request.address, dt.datetime.now(ZONE).date())
    return duty if isinstance(duty, Refused) else Giver(who, duty, Schema(duty.fields))


async def take(giver: Giver, upload: Upload, rows: AsyncIterator[list[Row]]) -> Taken:
    """Keep what is good of an upload's rows, whatever ends it.

    Each batch is one transaction, and a record given before is recognised: to repeat an upload that was broken off
    loses nothing and doubles nothing.
    """
    taken = Taken()
    with giver.who.tenant.seats.seat(giver.who.client.right.institution.id, upload):
        try:
            await _take(giver, rows, taken)
        except RightLost as lost:
            taken.ended = lost.refused
        except StoreUnavailable as fault:
            log.warning("store_unavailable", store=str(fault))
            taken.ended = Refused(problems.FEEDBACK_UNAVAILABLE)
    _tell(giver, taken)
    return taken


def _tell(giver: Giver, taken: Taken) -> None:
    """One line of each upload that is more than a form about one person, or that ended early."""
    if taken.ended is None and taken.accepted + taken.duplicate + taken.refused < MOST_ROWS:
        return
    log.info(
        "feedback_taken",
        institution=giver.who.client.right.institution.id,
        accepted=taken.accepted,
        duplicate=taken.duplicate,
        refused=taken.refused,
        ended=None if taken.ended is None else taken.ended.problem.code,
    )


async def _take(giver: Giver, rows: AsyncIterator[list[Row]], taken: Taken) -> None:
    waiting: list[Given] = []
    try:
        async for some in rows:
            _sort(some, waiting, taken)
            while len(waiting) >= MOST_ROWS:
                await _keep(giver, waiting[:MOST_ROWS], taken)
                del waiting[:MOST_ROWS]
    except CutOff:
        taken.ended = Refused(problems.UPLOAD_CUT_OFF)
    except TooMuch:
        taken.ended = Refused(problems.UPLOAD_TOO_LARGE)
    except Unusable as fault:
        taken.ended = fault.refused
    if waiting:
        await _keep(giver, waiting, taken)


def _sort(rows: list[Row], waiting: list[Given], taken: Taken) -> None:
    for number, row in rows:
        if isinstance(row, Given):
            waiting.append(row)
            continue
        taken.refused += 1
        if len(taken.told) < MOST_TOLD:
            taken.told.append(Refusal(number, row))


async def _check_right(giver: Giver) -> None:
    """An upload may last for hours; it ends as soon as its sender could not begin another.

    Only the token's own end does not count: it was good when the upload began.  Rights that cannot be confirmed for a
    moment hold the upload up and do not end it.
    """
    held, directory = giver.who.client, giver.who.tenant.directory
    for _ in range(WAITS):
        if directory.fresh:
            break
        await asyncio.sleep(CONFIRM_EVERY)
    client = directory.client(held.id)
    if client is None or client.generation != held.generation:
        raise RightLost(NOBODY)
    if client.right.feedback != giver.duty:
        raise RightLost(Refused(problems.FEEDBACK_NOT_AGREED))


async def _keep(giver: Giver, batch: list[Given], taken: Taken) -> None:
    await _check_right(giver)
    right, day = giver.who.client.right, dt.datetime.now(ZONE).date()
    added = await giver.who.tenant.feedback.give(
        right.institution.id, right.agreement, day, giver.duty.fields, batch
    )
    taken.accepted += added
    taken.duplicate += len(batch) - added
