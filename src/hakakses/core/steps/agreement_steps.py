"""The road of an agreement, as a table: which move leads from where to where, who may make it, with which paper.

Nothing else decides it; the page, the job and the diagram in the documentation read this table.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

import msgspec

from hakakses.core.steps.papers import Paper
from hakakses.core.steps.roles import Role


class State(StrEnum):
    """Where an agreement stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    FORWARDED = "forwarded"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    SIGNED = "signed"
    INSTRUCTED = "instructed"  # the juknis is agreed
    AWAITING_NETWORK = "awaiting_network"  # approved, but no account because the network is not ready
    CONNECTED = "connected"
    PROVING = "proving"  # proof of concept, in the sandbox alone
    PROVEN = "proven"
    ISSUED = "issued"
    ACTIVE = "active"
    WARNED = "warned"
    CUT = "cut"
    ENDED = "ended"


NAMES: dict[State, tuple[str, str]] = {
    State.DRAFT: ("Disusun", "Draft"),
    State.SUBMITTED: ("Diajukan", "Submitted"),
    State.FORWARDED: ("Diteruskan", "Forwarded"),
    State.APPROVED: ("Disetujui", "Approved"),
    State.REFUSED: ("Ditolak", "Refused"),
    State.WITHDRAWN: ("Ditarik", "Withdrawn"),
    State.SIGNED: ("PKS ditandatangani", "PKS signed"),
    State.INSTRUCTED: ("Juknis disepakati", "Juknis agreed"),
    State.AWAITING_NETWORK: ("Menunggu jaringan", "Awaiting the network"),
    State.CONNECTED: ("Jaringan siap", "Network ready"),
    State.PROVING: ("Uji konsep", "Proof of concept"),
    State.PROVEN: ("Uji konsep lulus", "Proof of concept passed"),
    State.ISSUED: ("Akun terbit", "Account issued"),
    State.ACTIVE: ("Aktif", "Active"),
    State.WARNED: ("Diperingatkan", "Warned"),
    State.CUT: ("Dinonaktifkan", "Cut"),
    State.ENDED: ("Berakhir", "Ended"),
}
IN_FORCE = frozenset({State.ACTIVE, State.WARNED})
"""States in which the right answers."""

LAST = frozenset({State.REFUSED, State.WITHDRAWN, State.ENDED})


class Where(StrEnum):
    """For whom a move exists."""

    ALL = "all"
    CENTRAL = "central"
    REGIONAL = "regional"
    PROVING = "proving"  # agreements that grant the web service
    NOT_PROVING = "not_proving"


class Move(msgspec.Struct, frozen=True):
    """One move.  papers: one of which must come with it, none where empty.

    two_persons: whoever asked for it may not be the one who makes it.  reason: whether one must be written.
    """

    name: str
    begins: frozenset[State]
    leads_to: State
    owners: frozenset[Role]
    text_id: str
    text_en: str
    papers: tuple[Paper, ...] = ()
    where: Where = Where.ALL
    two_persons: bool = False
    reason: bool = False


def _move(
    name: str,
    begins: Collection[State],
    leads_to: State,
    owners: Collection[Role],
    *texts: str,
    **more: object,
) -> Move:
    text_id, text_en = texts
    return Move(name, frozenset(begins), leads_to, frozenset(owners), text_id, text_en, **more)  # type: ignore[arg-type]


_ADMIN = (Role.INSTITUTION_ADMIN,)
_FORWARDING = (Role.REGIONAL, Role.PROVINCIAL)
_BEFORE_DECISION = (State.DRAFT, State.SUBMITTED, State.FORWARDED)
_BEFORE_ACCOUNT = (
    State.APPROVED,
    State.SIGNED,
    State.INSTRUCTED,
    State.AWAITING_NETWORK,
    State.CONNECTED,
    State.PROVING,
    State.PROVEN,
)

MOVES: tuple[Move, ...] = (
    _move(
        "submit", [State.DRAFT], State.SUBMITTED, _ADMIN, "Ajukan", "Submit", papers=(Paper.APPLICATION,)
    ),
    _move(
        "forward", [State.SUBMITTED], State.FORWARDED, _FORWARDING, "Teruskan ke Dirjen", "Forward",
        papers=(Paper.FORWARDING,), where=Where.REGIONAL,
    ),
    _move(
        "return", [State.SUBMITTED, State.FORWARDED], State.DRAFT, [*_FORWARDING, Role.DRAFTER],
        "Kembalikan untuk dilengkapi", "Return for completion", reason=True,
    ),
    _move(
        "approve", [State.SUBMITTED], State.APPROVED, [Role.APPROVER], "Setujui", "Approve",
        papers=(Paper.APPROVAL,), where=Where.CENTRAL,
    ),
    _move(
        "approve_forwarded", [State.FORWARDED], State.APPROVED, [Role.APPROVER], "Setujui", "Approve",
        papers=(Paper.APPROVAL,), where=Where.REGIONAL,
    ),
    _move(
        "refuse", [State.SUBMITTED, State.FORWARDED], State.REFUSED, [Role.APPROVER], "Tolak", "Refuse",
        papers=(Paper.REFUSAL,), reason=True,
    ),
    _move(
        "withdraw", [*_BEFORE_DECISION, *_BEFORE_ACCOUNT], State.WITHDRAWN, _ADMIN, "Tarik permohonan",
        "Withdraw", reason=True,
    ),
    _move("sign", [State.APPROVED], State.SIGNED, [Role.DRAFTER], "Catat PKS", "Record the PKS", papers=(Paper.PKS,)),
    _move(
        "instruct", [State.SIGNED], State.INSTRUCTED, [Role.DRAFTER], "Catat juknis", "Record the juknis",
        papers=(Paper.JUKNIS,),
    ),
    _move(
        "hold", [State.INSTRUCTED, State.CONNECTED], State.AWAITING_NETWORK, [Role.DRAFTER, *_FORWARDING],
        "Tahan: jaringan belum siap", "Hold: the network is not ready", reason=True,
    ),
    _move(
        "connect", [State.INSTRUCTED, State.AWAITING_NETWORK], State.CONNECTED, [Role.DRAFTER, *_FORWARDING],
        "Jaringan siap", "The network is ready", papers=(Paper.NETWORK,),
    ),
    _move(
        "prove", [State.CONNECTED], State.PROVING, [Role.DRAFTER], "Mulai uji konsep", "Begin proof of concept",
        where=Where.PROVING,
    ),
    _move(
        "pass", [State.PROVING], State.PROVEN, [Role.DRAFTER], "Uji konsep lulus", "Proof of concept passed",
        papers=(Paper.POC,), where=Where.PROVING,
    ),
    _move(
        "issue", [State.PROVEN], State.ISSUED, [Role.DRAFTER], "Terbitkan akun", "Issue the account",
        papers=(Paper.ACCOUNT,), where=Where.PROVING,
    ),
    _move(
        "issue_unproven", [State.CONNECTED], State.ISSUED, [Role.DRAFTER], "Terbitkan akun", "Issue the account",
        papers=(Paper.ACCOUNT,), where=Where.NOT_PROVING,
    ),
    _move(
        "activate", [State.ISSUED], State.ACTIVE, [Role.APPROVER], "Aktifkan", "Activate", two_persons=True
    ),
    _move(
        "amend", [State.ACTIVE, State.WARNED], State.ACTIVE, [Role.APPROVER], "Berlakukan adendum",
        "Put the addendum in force", papers=(Paper.ADDENDUM,), two_persons=True,
    ),
    _move(
        "warn", [State.ACTIVE], State.WARNED, [Role.SYSTEM, Role.DRAFTER], "Peringatkan", "Warn", reason=True,
    ),
    _move(
        "comply", [State.WARNED], State.ACTIVE, [Role.SYSTEM, Role.APPROVER], "Kewajiban dipenuhi",
        "The duty is done", reason=True,
    ),
    _move(
        "cut", [State.ACTIVE, State.WARNED], State.CUT, [Role.SYSTEM, Role.APPROVER], "Nonaktifkan", "Cut",
        reason=True,
    ),
    _move(
        "restore", [State.CUT], State.ACTIVE, [Role.SYSTEM], "Aktifkan kembali setelah patuh",
        "Restore after compliance", reason=True,
    ),
    _move(
        "restore_early", [State.CUT], State.ACTIVE, [Role.APPROVER], "Aktifkan kembali lebih awal",
        "Restore early", papers=(Paper.RESTORATION,), two_persons=True, reason=True,
    ),
    _move(
        "end", [State.ISSUED, State.ACTIVE, State.WARNED, State.CUT], State.ENDED, [Role.SYSTEM, Role.APPROVER],
        "Akhiri", "End", reason=True,
    ),
)  # fmt: skip
BY_NAME: dict[str, Move] = {move.name: move for move in MOVES}


class Agreed(msgspec.Struct, frozen=True):
    """What the table must know of an agreement.  requested_by: who asked for the next move, if anybody did."""

    state: State
    regional: bool
    web_service: bool
    requested_by: str | None = None


class Obstacle(StrEnum):
    """Why a move cannot be made."""

    UNKNOWN_MOVE = "unknown_move"
    WRONG_STATE = "wrong_state"
    NOT_FOR_THIS_KIND = "not_for_this_kind"
    NOT_OWNER = "not_owner"
    NOBODY_ASKED = "nobody_asked"
    SAME_PERSON = "same_person"
    PAPER_MISSING = "paper_missing"
    REASON_MISSING = "reason_missing"


def obstacle(
    agreed: Agreed,
    name: str,
    roles: Collection[Role],
    by: str,
    papers: Collection[Paper] = (),
    reason: str = "",
) -> Obstacle | None:
    """What stands in the way of a move; None when it may be made.

    roles, by: of whoever makes it.  papers: that come with it.
    """
    move = BY_NAME.get(name)
    if move is None:
        return Obstacle.UNKNOWN_MOVE
    stands = {
        Obstacle.WRONG_STATE: agreed.state not in move.begins,
        Obstacle.NOT_FOR_THIS_KIND: not _exists(move, agreed),
        Obstacle.NOT_OWNER: move.owners.isdisjoint(roles),
        Obstacle.NOBODY_ASKED: move.two_persons and agreed.requested_by is None,
        Obstacle.SAME_PERSON: move.two_persons and agreed.requested_by == by,
        Obstacle.PAPER_MISSING: bool(move.papers) and not set(move.papers) & set(papers),
        Obstacle.REASON_MISSING: move.reason and not reason.strip(),
    }
    return next((one for one, found in stands.items() if found), None)


def _exists(move: Move, agreed: Agreed) -> bool:
    return {
        Where.ALL: True,
        Where.CENTRAL: not agreed.regional,
        Where.REGIONAL: agreed.regional,
        Where.PROVING: agreed.web_service,
        Where.NOT_PROVING: not agreed.web_service,
    }[move.where]


def open_moves(agreed: Agreed, roles: Collection[Role]) -> tuple[Move, ...]:
    """The moves that somebody with these roles may make from here, papers and second person aside."""
    return tuple(
        move
        for move in MOVES
        if agreed.state in move.begins and _exists(move, agreed) and not move.owners.isdisjoint(roles)
    )


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.DRAFT}"]
    for move in MOVES:
        lines += [f"    {state} --> {move.leads_to}: {move.name}" for state in State if state in move.begins]
    lines += [f"    {state} --> [*]" for state in State if state in LAST]
    return "\n".join(lines) + "\n"
