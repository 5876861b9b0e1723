"""One example of each body in the OpenAPI document, made when asked for: no NIK stands in a file."""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import cache

import msgspec

from hakakses.core.feedback import SENTENCES, Reason
from hakakses.core.ledger.checkpoint import Checkpoint, SigningKey, sign_checkpoint
from hakakses.core.ledger.entry import leaf_hash
from hakakses.core.ledger.tree import node_hash
from hakakses.core.poc import MATCH, Call, checklist
from hakakses.core.regions import districts
from hakakses.core.rights.ask import CallerKind, Method, Mode
from hakakses.core.rights.right import AccessRight, Granted, Institution, Permission, Purpose, fingerprint
from hakakses.gateway.clients import TokenForm
from hakakses.gateway.feedback_bodies import FeedbackGiven, FeedbackMonth, FeedbackTaken, RefusedRow
from hakakses.gateway.native import (
    CallerBody,
    OperatorBody,
    OperatorsBody,
    QuotaBody,
    ReadBody,
    ReceiptBody,
    RightBody,
    StateBody,
    TokenBody,
    VerificationBody,
)
from hakakses.gateway.poc import PocBody, body_of
from hakakses.gateway.tokens import LIFETIME
from hakakses.verification.answer import Answer, Receipt, Result

PURPOSE = "KYC"
CLIENT, SECRET = "bank-contoh-1", "rahasia-contoh"  # of nobody
_DAY = dt.date(2026, 6, 30)
NUMBER = 1  # of the entry that the examples are about


@cache
def nik() -> str:
    """A well-formed NIK of nobody: serials are counted per district, birth date and sex, and never come so far."""
    return f"{min(districts())}1708909999"


def bodies() -> dict[str, object]:
    """Operation -> a request's body."""
    caller = CallerBody(CallerKind.OPERATOR, "petugas-07")
    claims = {"NAMA_LGKP": "Budi Santoso", "TGL_LHR": "17-08-1990"}
    return {
        "issueToken": TokenForm("client_credentials", client_id=CLIENT, client_secret=SECRET),
        "verify": VerificationBody(nik(), PURPOSE, claims, caller, "nasabah-2026-0001"),
        "read": ReadBody(nik(), PURPOSE, ["NAMA_LGKP"], CallerBody(CallerKind.MACHINE)),
    }


FIELD = "NO_REKENING"  # what the examples' juknis wants given back


def uploads() -> dict[str, str]:
    """Media type -> an upload of feedback data."""
    row = {"nik": nik(), FIELD: "0012-3456"}
    return {
        "text/csv": f"nik,{FIELD}\n{nik()},0012-3456\n",
        "application/x-ndjson": f"{msgspec.json.encode(row).decode()}\n",
    }


def successes() -> dict[str, object]:
    """Operation -> a 200's body."""
    verdicts = dict.fromkeys(("NAMA_LGKP", "TGL_LHR"), Result.SESUAI.value)
    receipt = Receipt(NUMBER, _proof().leaf_hash, _sample("nonce")[:32])
    asked = _sample("nonce")[:32]
    return {
        "issueToken": TokenBody(_sample("token"), "Bearer", LIFETIME),
        "verify": Answer(asked, verdicts, _DAY, 999, receipt, Result.SESUAI),
        "read": Answer(asked, {"NAMA_LGKP": "BUDI SANTOSO"}, _DAY, 998, receipt),
        "showRight": RightBody(_right(), fingerprint(_right()), QuotaBody(1000, 2, 998, _DAY)),
        "listOperators": OperatorsBody(_DAY, [OperatorBody("petugas-07", True, 2)]),
        "proveReceipt": _proof(),
        "showPoc": _poc(),
        "giveFeedback": FeedbackTaken(998, 1, 1, [_refused_row()]),
        "showFeedback": FeedbackGiven(
            _right().agreement, "Juknis 9.1", (FIELD,), [FeedbackMonth("2026-11", 998)], 998
        ),
        "showHealth": StateBody("ok"),
        "showReadiness": StateBody("ready"),
    }


def _refused_row() -> RefusedRow:
    return RefusedRow(17, Reason.MISSING_FIELD, *SENTENCES[Reason.MISSING_FIELD], FIELD)


def _sample(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _proof() -> ReceiptBody:
    """The second of two entries, under a checkpoint that a key of nobody signed."""
    entry = b"entri contoh"
    first, leaf = leaf_hash(b"entri sebelumnya"), leaf_hash(entry)
    key = SigningKey("hakakses.id/ledger/contoh", hashlib.sha256(b"contoh").digest())
    head = sign_checkpoint(Checkpoint(key.name, 2, node_hash(first, leaf)), key)
    return ReceiptBody(NUMBER, leaf.hex(), entry.hex(), 2, [first.hex()], head)


def _poc() -> PocBody:
    """One answered call, so that a few demands are met and most are still open."""
    at = dt.datetime(2026, 6, 30, 2, tzinfo=dt.UTC)
    call = Call(at, CLIENT, MATCH, NUMBER, Mode.VERIFY, PURPOSE, CallerKind.MACHINE, ("NAMA_LGKP",))
    return body_of(_right().agreement, checklist(_right(), (call,)))


def _right() -> AccessRight:
    codes = frozenset(("NAMA_LGKP", "TGL_LHR"))
    return AccessRight(
        agreement="PKS/CONTOH/1",
        version=1,
        institution=Institution("bank-contoh", "Bank Contoh", "central", "perbankan"),
        valid_from=dt.date(2026, 1, 1),
        valid_until=dt.date(2027, 12, 31),
        methods={Method.WEB_SERVICE: Granted("Juknis 2.1")},
        callers={CallerKind.MACHINE: Granted("Juknis 2.2"), CallerKind.OPERATOR: Granted("Juknis 2.2")},
        purposes={PURPOSE: Purpose("Mengenal nasabah", "PKS 3(1)", codes, frozenset(("NAMA_LGKP",)))},
        verify={
            "NAMA_LGKP": Permission("Juknis 3.1", threshold=85),
            "TGL_LHR": Permission("Juknis 3.2"),
        },
        read={"NAMA_LGKP": Permission("Juknis 3.3")},
        quota_per_day=1000,
        quota_clause="Juknis 4.1",
        hours=(),
        hours_clause="",
        networks=("192.0.2.0/24",),
        networks_clause="Juknis 5.1",
        period_clause="PKS 7",
        methods_clause="Juknis 2.1",
        callers_clause="Juknis 2.2",
        purposes_clause="PKS 3",
        elements_clause="Juknis 3",
        number=1,
    )
