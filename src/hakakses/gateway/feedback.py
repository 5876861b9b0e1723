"""Data balikan over HTTP: the native operations, and the address that programs in the field send to."""

from __future__ import annotations

import datetime as dt

from hakakses.core import problems
from hakakses.core.feedback import SENTENCES
from hakakses.core.problems import Refused
from hakakses.core.rights.decision import ZONE
from hakakses.gateway.databalikan_rows import rows_of_body
from hakakses.gateway.exchange import Reply, Request, json_reply, problem_reply
from hakakses.gateway.feedback_bodies import (
    FeedbackGiven,
    FeedbackMonth,
    FeedbackTaken,
    Message,
    RefusedRow,
)
from hakakses.gateway.feedback_rows import rows_of_lines
from hakakses.gateway.intake import MOST_UPLOAD, Refusal, Taken, giver, take
from hakakses.gateway.parts import Parts
from hakakses.gateway.problem_json import extra_headers, status_of
from hakakses.gateway.routing import Body, Route
from hakakses.store.batching import Overloaded
from hakakses.store.rights import Stale
from hakakses.verification.ports import StoreUnavailable

CSV, NDJSON = "text/csv", "application/x-ndjson"
_SENT_BEFORE = "Data sudah pernah dikirim"
_KEPT_STATUSES = frozenset({401, 403, 503})


async def give(request: Request, parts: Parts) -> Reply:
    sender = await giver(request, parts)
    if isinstance(sender, Refused):
        return problem_reply(sender)
    assert request.upload is not None
    taken = await take(sender, request.upload, rows_of_lines(request.upload, sender.schema))
    if taken.ended is not None:
        return problem_reply(taken.ended)
    rows = [_refused_row(one) for one in taken.told]
    return json_reply(FeedbackTaken(taken.accepted, taken.duplicate, taken.refused, rows))


def _refused_row(one: Refusal) -> RefusedRow:
    return RefusedRow(one.row, one.fault.reason, *SENTENCES[one.fault.reason], one.fault.field)


async def given(request: Request, parts: Parts) -> Reply:
    sender = await giver(request, parts)
    if isinstance(sender, Refused):
        return problem_reply(sender)
    agreement = sender.who.client.right.agreement
    try:
        found = await sender.who.tenant.feedback.months(agreement)
    except StoreUnavailable:
        return problem_reply(Refused(problems.FEEDBACK_UNAVAILABLE))
    months = [FeedbackMonth(f"{month:%Y-%m}", records) for month, records in found.items()]
    return json_reply(
        FeedbackGiven(agreement, sender.duty.clause, sender.duty.fields, months, sum(found.values()))
    )


async def store(request: Request, parts: Parts) -> Reply:
    """POST /databalikan/api/store, in either of its shapes."""
    try:
        return await _stored(request, parts)
    except Stale:
        return _message_of(Refused(problems.RIGHTS_UNAVAILABLE))
    except Overloaded:
        return _message_of(Refused(problems.OVERLOADED))


async def _stored(request: Request, parts: Parts) -> Reply:
    sender = await giver(request, parts)
    if isinstance(sender, Refused):
        return _message_of(sender)
    assert request.upload is not None
    content_type = request.headers.get("content-type") or ""
    rows = rows_of_body(request.upload, content_type, sender.schema)
    taken = await take(sender, request.upload, rows)
    if taken.ended is not None:
        return _message_of(taken.ended)
    if taken.told:
        return _message(400, _told(taken))
    if taken.duplicate:
        return _message(400, _SENT_BEFORE)
    return _message(200, "Success") if taken.accepted else _message_of(Refused(problems.UPLOAD_EMPTY))


def _told(taken: Taken) -> str:
    """The first refused row, and what became of the others."""
    first = taken.told[0]
    sentence, _ = SENTENCES[first.fault.reason]
    field = f", {first.fault.field}" if first.fault.field else ""
    counts = f"{taken.accepted} disimpan, {taken.duplicate} sudah pernah dikirim, {taken.refused} ditolak"
    return f"Baris {first.row}{field}: {sentence} ({first.fault.reason}). {counts}."


def _message_of(refused: Refused) -> Reply:
    problem = refused.problem
    status = status_of(problem)
    part = refused.part.replace("rows[", "Baris ").removesuffix("]")
    reply = _message(
        status if status in _KEPT_STATUSES else 400,
        f"{part}{': ' if part else ''}{problem.sentence_id} ({problem.code})",
    )
    extra = extra_headers(refused, dt.datetime.now(ZONE))
    return Reply(reply.status, [*reply.headers, *extra], reply.body)


def _message(status: int, text: str) -> Reply:
    return json_reply(Message(text), status)


_LOOKING = (
    problems.NOT_AUTHENTICATED,
    problems.FEEDBACK_NOT_AGREED,
    problems.NOT_IN_FORCE,
    problems.OUTSIDE_NETWORK,
    problems.FEEDBACK_UNAVAILABLE,
    problems.RIGHTS_UNAVAILABLE,
)
ROUTES = (
    Route(
        "POST",
        "/v1/feedback",
        "giveFeedback",
        give,
        "Kirim data balikan: CSV dengan baris judul, atau NDJSON",
        "Give feedback data: CSV with a header row, or NDJSON",
        FeedbackTaken,
        (
            problems.UPLOAD_TOO_LARGE,
            problems.UPLOAD_CUT_OFF,
            problems.UPLOAD_UNREADABLE,
            problems.UPLOAD_HEADER,
            *_LOOKING,
            problems.OVERLOADED,
        ),
        secured=True,
        upload=Body(MOST_UPLOAD, (CSV, NDJSON)),
    ),
    Route(
        "GET",
        "/v1/feedback",
        "showFeedback",
        given,
        "Lihat data balikan yang sudah dikirim, menurut bulan",
        "Show the feedback data given, by month",
        FeedbackGiven,
        _LOOKING,
        secured=True,
    ),
)
# Not native: its requests and replies are as programs in the field know them.
DATABALIKAN = (
    Route(
        "POST",
        "/databalikan/api/store",
        "storeFeedback",
        store,
        "Kirim data balikan dalam bentuk Data Balikan",
        "Give feedback data in the Data Balikan wire format",
        Message,
        (),
        secured=True,
        upload=Body(MOST_UPLOAD, ("multipart/form-data", "application/json")),
    ),
)
