"""Whether a credential may speak for the caller that an ask names."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from hakakses.core import problems
from hakakses.core.problems import Refused
from hakakses.core.rights.addresses import registered
from hakakses.core.rights.ask import Ask, CallerKind
from hakakses.core.rights.right import AccessRight


class Credential(msgspec.Struct, frozen=True):
    """What a client was registered for, inside its agreement.

    callers: kinds it may speak for.  networks: addresses it is bound to, as CIDR texts.
    operators: id -> whether active, of all the institution's registered operators.
    """

    client: str
    callers: frozenset[CallerKind]
    networks: tuple[str, ...]
    operators: Mapping[str, bool] = {}


def check_caller(right: AccessRight, credential: Credential, ask: Ask) -> Refused | None:
    """None when the credential may make this ask, else the refusal.

    A machine has nobody to answer for it but its place; an operator must be a registered person.
    """
    clause = right.callers_clause
    if ask.caller.kind not in credential.callers:
        return Refused(problems.CALLER_NOT_GRANTED, clause, ask.caller.kind.value)
    if not registered(credential.networks, ask.address):
        return Refused(problems.OUTSIDE_NETWORK, right.networks_clause, "client")
    if ask.caller.kind is CallerKind.MACHINE:
        return None
    active = credential.operators.get(ask.caller.operator)
    if active is None:
        return Refused(problems.OPERATOR_UNKNOWN, clause, "caller.operator")
    return None if active else Refused(problems.OPERATOR_DISABLED, clause, "caller.operator")
