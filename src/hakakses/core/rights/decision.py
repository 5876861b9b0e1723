"""Whether a right permits an ask: pure, first refusal wins, every refusal names its clause."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo

import msgspec

from hakakses.core import problems
from hakakses.core.elements import BY_CODE
from hakakses.core.matching.shown import applied
from hakakses.core.problems import Refused
from hakakses.core.rights.addresses import registered
from hakakses.core.rights.ask import Ask, Bound, CallerKind, Mode, Relation
from hakakses.core.rights.right import AccessRight, Hours, Permission, Purpose, joined

ZONE = ZoneInfo("Asia/Jakarta")
_CODE_LIKE = re.compile(r"[A-Z_]{1,32}")


class Granted(msgspec.Struct, frozen=True):
    """The elements that may be compared or returned.

    thresholds: code -> least score, of all scored elements that are claimed or bounded.
    """

    elements: tuple[str, ...]
    thresholds: Mapping[str, int]
    bounds: tuple[Bound, ...] = ()


def decide(right: AccessRight, ask: Ask, now: dt.datetime) -> Granted | Refused:
    """Granted when the agreement permits every part of the ask, else the first refusal.  now: aware."""
    here = now.astimezone(ZONE)
    refused = (
        _in_force(right, here)
        or _from_network(right, ask)
        or _within_hours(right, here)
        or _by_method(right, ask)
        or _by_caller(right, ask)
    )
    return refused or _elements(right, ask)


def _in_force(right: AccessRight, here: dt.datetime) -> Refused | None:
    """An ended agreement leaves a right without methods, within the old period."""
    if right.methods and right.valid_from <= here.date() <= right.valid_until:
        return None
    return Refused(problems.NOT_IN_FORCE, right.period_clause)


def _from_network(right: AccessRight, ask: Ask) -> Refused | None:
    if registered(right.networks, ask.address):
        return None
    return Refused(problems.OUTSIDE_NETWORK, right.networks_clause)


def _within_hours(right: AccessRight, here: dt.datetime) -> Refused | None:
    if not right.hours or any(_open(window, here) for window in right.hours):
        return None
    return Refused(problems.OUTSIDE_HOURS, right.hours_clause)


def _open(window: Hours, here: dt.datetime) -> bool:
    return here.isoweekday() in window.days and window.opens <= here.time() < window.closes


def _by_method(right: AccessRight, ask: Ask) -> Refused | None:
    if ask.method in right.methods:
        return None
    return Refused(problems.METHOD_NOT_GRANTED, right.methods_clause, ask.method.value)


def _by_caller(right: AccessRight, ask: Ask) -> Refused | None:
    granted = right.callers.get(ask.caller.kind)
    if granted is None:
        return Refused(problems.CALLER_NOT_GRANTED, right.callers_clause, ask.caller.kind.value)
    if ask.caller.kind is CallerKind.OPERATOR and not ask.caller.operator.strip():
        return Refused(problems.OPERATOR_MISSING, granted.clause, "caller.operator")
    return None


def _elements(right: AccessRight, ask: Ask) -> Granted | Refused:
    permissions = right.permissions(ask.mode)
    if not permissions:
        return Refused(problems.MODE_NOT_GRANTED, right.elements_clause, ask.mode.value)
    purpose = right.purposes.get(ask.purpose)
    if purpose is None:
        return Refused(problems.PURPOSE_NOT_GRANTED, right.purposes_clause, "purpose")
    if not (ask.elements or ask.bounds):
        return Refused(problems.NO_ELEMENTS, part="elements")
    for_purpose = purpose.verify if ask.mode is Mode.VERIFY else purpose.read
    thresholds: dict[str, int] = {}
    for code in ask.elements:
        permission = permissions.get(code)
        if permission is None or code not in for_purpose:
            return _ungranted(code, right, permission, purpose)
        if permission.threshold:
            thresholds[code] = _limit(permission, ask, right)
    refused = _bounds(right, ask, purpose, thresholds) if ask.bounds else None
    return refused or Granted(tuple(ask.elements), thresholds, ask.bounds)


def raised(right: AccessRight, ask: Ask) -> bool:
    """Whether the client wanted a lower limit than the agreement's, which held instead."""
    return any(
        0 < ask.threshold < right.verify[code].threshold for code in ask.elements if code in right.verify
    )


def _limit(permission: Permission, ask: Ask, right: AccessRight) -> int:
    if not ask.threshold:
        return permission.threshold
    return applied(permission.threshold, ask.threshold, right.scores_shown)


def _bounds(right: AccessRight, ask: Ask, purpose: Purpose, thresholds: dict[str, int]) -> Refused | None:
    """What bound is not granted; the limits of those that are join the thresholds."""
    for bound in ask.bounds:
        permission = right.verify.get(bound.code)
        if ask.mode is not Mode.VERIFY or permission is None or bound.code not in purpose.verify:
            return _ungranted(bound.code, right, permission, purpose)
        if bound.relation is not Relation.EQUAL and bound.relation not in permission.relations:
            return Refused(problems.RELATION_NOT_GRANTED, permission.clause, bound.code)
        if permission.threshold:
            thresholds[bound.code] = _limit(permission, ask, right)
    return None


def _ungranted(code: str, right: AccessRight, permission: Permission | None, purpose: Purpose) -> Refused:
    """Which rule an element breaks; a code that could hide a value is not repeated."""
    if code not in BY_CODE:
        return Refused(problems.UNKNOWN_ELEMENT, part=code if _CODE_LIKE.fullmatch(code) else "elements")
    if permission is None:
        return Refused(problems.ELEMENT_NOT_GRANTED, right.elements_clause, code)
    return Refused(problems.ELEMENT_NOT_FOR_PURPOSE, joined((permission.clause, purpose.clause)), code)
