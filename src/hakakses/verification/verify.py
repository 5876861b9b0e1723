"""How an answer is given, once, for every door.

decide, fetch, judge, write the entry, answer.  The entry is durable before an answer exists; refusals are
entries too.  An unknown NIK, a blocked one and a wrong value look alike unless reasons are granted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import msgspec

from hakakses.core import problems
from hakakses.core.elements import BY_CODE
from hakakses.core.matching.shown import shown
from hakakses.core.matching.verdict import measure, reached, stands
from hakakses.core.nik import NikFault, parse_nik
from hakakses.core.problems import Refused
from hakakses.core.residents import Resident, ResidentStatus
from hakakses.core.rights.ask import Ask, CallerKind, Mode
from hakakses.core.rights.callers import Credential, check_caller
from hakakses.core.rights.decision import ZONE, decide
from hakakses.core.rights.right import AccessRight
from hakakses.verification.answer import Answer, Reason, Result, Verdicts, complete
from hakakses.verification.ports import (
    AnsweredBefore,
    Guess,
    Held,
    Kept,
    LedgerPort,
    OperatorElsewhere,
    OperatorUse,
    Outcome,
    QuotaUsedUp,
    Record,
    RegisterPort,
    Written,
)
from hakakses.verification.record import Leaf, answer_leaf, refusal_leaf
from hakakses.verification.tried import tried_values

READ = "READ"
_verdicts_encoder = msgspec.json.Encoder()
_verdicts_decoder = msgspec.json.Decoder(Verdicts)


class Asker(msgspec.Struct, frozen=True):
    """Who asks: a credential and its right in force."""

    credential: Credential
    right: AccessRight

    @property
    def client(self) -> str:
        return self.credential.client


class Repeat(msgspec.Struct, frozen=True):
    """Digests of an Idempotency-Key and of the request that came with it."""

    key: bytes
    request: bytes


class Stores(msgspec.Struct, frozen=True):
    register: RegisterPort
    ledger: LedgerPort


async def verify(
    ask: Ask, asker: Asker, stores: Stores, now: dt.datetime, repeat: Repeat | None = None
) -> Answer | Refused:
    """Answer one ask, or refuse it; both are in the log when this returns."""
    if repeat is not None:
        earlier = await _earlier(asker, stores.ledger, repeat)
        if earlier is not None:
            return earlier
    right = asker.right
    granted = decide(right, ask, now)
    if not isinstance(granted, Refused):
        granted = check_caller(right, asker.credential, ask) or granted
    if isinstance(granted, Refused):
        return await refuse(granted, ask, asker, stores.ledger, now)
    fault = parse_nik(ask.nik)
    if isinstance(fault, NikFault):
        unreadable = Refused(problems.INVALID_NIK, part=f"nik.{fault.part.value}")
        return await refuse(unreadable, ask, asker, stores.ledger, now)
    held = await stores.register.fetch(ask.nik)
    if ask.mode is Mode.READ:
        return await _read(ask, asker, stores, now, held, repeat)
    return await _compare(ask, asker, stores, now, held, granted.thresholds, repeat)


async def refuse(refused: Refused, ask: Ask, asker: Asker, ledger: LedgerPort, now: dt.datetime) -> Refused:
    """Log a refusal; it spends no quota."""
    leaf = refusal_leaf(ask, asker.right, asker.client, now, refused.problem.code)
    await ledger.append(Record(leaf.entry, leaf.hash, leaf.detail, now))
    return refused


async def _compare(
    ask: Ask,
    asker: Asker,
    stores: Stores,
    now: dt.datetime,
    held: Held,
    thresholds: Mapping[str, int],
    repeat: Repeat | None,
) -> Answer | Refused:
    scores = measure(ask.elements, held.resident)
    matches = reached(scores, thresholds)
    subject = stores.ledger.guess_subject(asker.right.institution.id, held.index)
    tried = tried_values(ask, scores)
    if isinstance(tried, Refused):
        return await refuse(tried, ask, asker, stores.ledger, now)
    guesses = tuple(
        Guess(place, None if text is None else stores.ledger.guess_tag(subject, place, text))
        for place, text in tried.items()
    )
    met = all(matches.values()) and all(stands(bound, held.resident, thresholds) for bound in ask.bounds)
    result = Result.SESUAI if met else Result.TIDAK_SESUAI
    leaf = answer_leaf(ask, asker.right, asker.client, now, result.value, held.log_key, thresholds)
    verdicts = Verdicts(
        id=leaf.nonce.hex(),
        elements={
            code: Result.SESUAI.value if matched else Result.TIDAK_SESUAI.value
            for code, matched in matches.items()
        },
        # A date of its own would tell that the resident exists when no element does.
        as_of=held.as_of if any(matches.values()) or (ask.bounds and met) else held.newest,
        leaf_hash=leaf.hash.hex(),
        nonce=leaf.nonce.hex(),
        result=result,
        reason=_reason(held.resident) if asker.right.reasons_granted else None,
        scores=_told(scores, thresholds, asker.right) if ask.scored else {},
    )
    return await _settle(ask, asker, stores, now, leaf, verdicts, repeat, subject, guesses)


def _told(scores: Mapping[str, int], thresholds: Mapping[str, int], right: AccessRight) -> dict[str, int]:
    return {
        code: shown(score, thresholds[code], right.scores_shown)
        for code, score in scores.items()
        if code in thresholds
    }


async def _read(
    ask: Ask, asker: Asker, stores: Stores, now: dt.datetime, held: Held, repeat: Repeat | None
) -> Answer | Refused:
    resident = held.resident
    if resident is None or resident.status is not ResidentStatus.AKTIF:
        reason = _reason(resident) if asker.right.reasons_granted else None
        return await settle_nothing(ask, asker, stores, now, held, reason, repeat)
    leaf = answer_leaf(ask, asker.right, asker.client, now, READ, held.log_key)
    verdicts = Verdicts(
        id=leaf.nonce.hex(),
        elements={code: resident.values[BY_CODE[code].position] for code in ask.elements},
        as_of=held.as_of,
        leaf_hash=leaf.hash.hex(),
        nonce=leaf.nonce.hex(),
    )
    return await _settle(ask, asker, stores, now, leaf, verdicts, repeat)


async def _settle(
    ask: Ask,
    asker: Asker,
    stores: Stores,
    now: dt.datetime,
    leaf: Leaf,
    verdicts: Verdicts,
    repeat: Repeat | None,
    subject: bytes = b"",
    guesses: tuple[Guess, ...] = (),
) -> Answer | Refused:
    """Write the entry; what the log refuses becomes a refusal with an entry of its own."""
    kept = None
    if repeat is not None:
        kept = Kept(asker.client, repeat.key, repeat.request, _verdicts_encoder.encode(verdicts))
    record = _charged(ask, asker, leaf, now, subject, guesses, kept)
    outcome = await stores.ledger.append(record)
    if isinstance(outcome, Written):
        return _given(complete(verdicts, outcome.seq, outcome.quota_remaining))
    if isinstance(outcome, AnsweredBefore) and repeat is not None:
        earlier = await _earlier(asker, stores.ledger, repeat)
        return earlier or Refused(problems.IDEMPOTENCY_MISMATCH)
    return await refuse(_exhausted(outcome, asker.right), ask, asker, stores.ledger, now)


async def settle_nothing(
    ask: Ask,
    asker: Asker,
    stores: Stores,
    now: dt.datetime,
    held: Held,
    reason: Reason | None = None,
    repeat: Repeat | None = None,
) -> Answer | Refused:
    """A reading that finds nobody is an answer too: it spends quota, its entry names what was looked for."""
    code = problems.RESIDENT_NOT_ANSWERED.code
    leaf = answer_leaf(ask, asker.right, asker.client, now, code, held.log_key)
    nothing = Verdicts(leaf.nonce.hex(), {}, held.newest, leaf.hash.hex(), leaf.nonce.hex(), reason=reason)
    return await _settle(ask, asker, stores, now, leaf, nothing, repeat)


def _charged(
    ask: Ask,
    asker: Asker,
    leaf: Leaf,
    now: dt.datetime,
    subject: bytes,
    guesses: tuple[Guess, ...],
    kept: Kept | None,
) -> Record:
    return Record(
        leaf.entry,
        leaf.hash,
        leaf.detail,
        now,
        agreement=asker.right.agreement,
        quota=asker.right.quota_per_day,
        day=now.astimezone(ZONE).date(),
        guess_subject=subject,
        guesses=guesses,
        kept=kept,
        operator=_use(ask, asker.right),
    )


def _use(ask: Ask, right: AccessRight) -> OperatorUse | None:
    """An operator who declares no workstation sits where the ask comes from."""
    caller = ask.caller
    if caller.kind is CallerKind.MACHINE:
        return None
    return OperatorUse(right.agreement, caller.operator, caller.workstation or ask.address)


def _exhausted(outcome: Outcome, right: AccessRight) -> Refused:
    if isinstance(outcome, QuotaUsedUp):
        return Refused(problems.QUOTA_EXHAUSTED, clause=right.quota_clause)
    if isinstance(outcome, OperatorElsewhere):
        return Refused(problems.OPERATOR_SHARED, clause=right.callers_clause, part="caller.operator")
    return Refused(problems.GUESSES_EXHAUSTED)


async def _earlier(asker: Asker, ledger: LedgerPort, repeat: Repeat) -> Answer | Refused | None:
    """The answer given before under this Idempotency-Key, if the request is the same one."""
    earlier = await ledger.earlier(asker.client, repeat.key)
    if earlier is None:
        return None
    if earlier.request != repeat.request:
        return Refused(problems.IDEMPOTENCY_MISMATCH)
    kept = _verdicts_decoder.decode(earlier.answer)
    return _given(complete(kept, earlier.seq, earlier.quota_remaining))


def _given(answer: Answer) -> Answer | Refused:
    """What the institution gets: of a reading without values, that there are none."""
    if answer.result is None and not answer.elements:
        reason = answer.reason
        return Refused(problems.RESIDENT_NOT_ANSWERED, part="" if reason is None else reason.value)
    return answer


def _reason(resident: Resident | None) -> Reason | None:
    if resident is None:
        return Reason.TIDAK_DITEMUKAN
    return None if resident.status is ResidentStatus.AKTIF else Reason[resident.status.name]
