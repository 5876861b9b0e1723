"""From the signed paper to the access right, or all of its faults beside their clauses."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Collection, Iterator

import msgspec

from hakakses.core.agreements import doors
from hakakses.core.agreements.agreement import Agreement, ElementGrant, Kind, Window
from hakakses.core.agreements.faults import Fault, fault, twice
from hakakses.core.elements import BY_CODE, LOWEST_THRESHOLD, Comparison, Protection
from hakakses.core.matching.verdict import DEFAULT_THRESHOLDS
from hakakses.core.regions import provinces, regencies
from hakakses.core.rights.ask import Mode, Relation
from hakakses.core.rights.right import (
    AccessRight,
    Granted,
    Hours,
    Institution,
    Permission,
    Purpose,
    ScoresShown,
    joined,
)

THRESHOLDS = range(LOWEST_THRESHOLD, 101)
WIDEST_PREFIX = 8
_WEEKDAYS = range(1, 8)
_ORDERED = (Comparison.DATE, Comparison.CODE)


def compile_agreement(
    agreement: Agreement, profiles: Collection[str] | None = None
) -> AccessRight | list[Fault]:
    """The right the agreement gives, not published yet (number 0), or everything wrong with it.

    profiles: the response profiles that there are, where the caller knows them.
    """
    faults = [found for check in _CHECKS for found in check(agreement)]
    if profiles is not None:
        faults += doors.unknown_profiles(agreement, profiles)
    return faults or _right(agreement)


def empty_right(right: AccessRight) -> AccessRight:
    """What an ended agreement leaves: the same identity and period, nothing permitted.

    The addresses of the Dukcapil format stay, so that its programs are refused in the shape they can read.
    """
    return msgspec.structs.replace(
        right,
        methods={},
        callers={},
        purposes={},
        verify={},
        read={},
        reasons_clause="",
        scores_shown=ScoresShown.BAND,
        scores_clause="",
        sets={},
        osia=None,
        feedback=None,
        methods_clause="",
        callers_clause="",
        purposes_clause="",
        elements_clause="",
    )


def _dates(agreement: Agreement) -> Iterator[Fault]:
    if agreement.period.until < agreement.period.begins:
        yield fault("period_reversed", agreement.period.clause)
    if agreement.juknis.date < agreement.signed:
        yield fault("juknis_before_signing", "juknis.date")
    if agreement.juknis.version < 1:
        yield fault("version_too_small", "juknis.version")


def _institution(agreement: Agreement) -> Iterator[Fault]:
    party = agreement.second_party
    if party.kind is Kind.CENTRAL:
        if party.region:
            yield fault("region_unwanted", "second_party.region")
    elif not party.region:
        yield fault("region_needed", "second_party.region")
    elif _region(party.region) not in provinces().keys() | regencies().keys():
        yield fault("unknown_region", "second_party.region", party.region)


def _region(code: str) -> str:
    return code.replace(".", "")


def _purposes(agreement: Agreement) -> Iterator[Fault]:
    used = {code for element in agreement.elements for code in element.purposes}
    yield from twice((purpose.code, purpose.clause) for purpose in agreement.purposes)
    for purpose in agreement.purposes:
        if purpose.code not in used:
            yield fault("purpose_unused", purpose.clause, purpose.code)


def _ways(agreement: Agreement) -> Iterator[Fault]:
    yield from twice((method.name, method.clause) for method in agreement.methods)
    yield from twice((caller.kind, caller.clause) for caller in agreement.callers)
    for code, listed in (
        ("no_method", agreement.methods),
        ("no_caller", agreement.callers),
        ("no_element", agreement.elements),
    ):
        if not listed:
            yield fault(code, f"{code.removeprefix('no_')}s")


def _elements(agreement: Agreement) -> Iterator[Fault]:
    declared = {purpose.code for purpose in agreement.purposes}
    yield from twice((grant.code, grant.clause) for grant in agreement.elements)
    for grant in agreement.elements:
        yield from _uses(grant, declared)
        yield from _catalogued(grant)


def _uses(grant: ElementGrant, declared: set[str]) -> Iterator[Fault]:
    if not grant.modes:
        yield fault("no_mode", grant.clause, grant.code)
    if not grant.purposes:
        yield fault("element_without_purpose", grant.clause, grant.code)
    yield from twice((word, grant.clause) for word in (*grant.modes, *grant.purposes))
    for purpose in sorted(set(grant.purposes) - declared):
        yield fault("undeclared_purpose", grant.clause, purpose)


def _catalogued(grant: ElementGrant) -> Iterator[Fault]:
    element = BY_CODE.get(grant.code)
    if element is None:
        yield fault("unknown_element", grant.clause, grant.code)
        return
    if grant.code == "NIK":
        yield fault("nik_itself", grant.clause, grant.code)
    if not element.held:
        yield fault("element_not_held", grant.clause, grant.code)
    if element.protection is Protection.PROTECTED and not grant.legal_basis:
        yield fault("protected_without_basis", grant.clause, grant.code)
    yield from _relations(grant, element.comparison)
    if grant.threshold is None:
        return
    if not element.scored or Mode.VERIFY not in grant.modes:
        yield fault("threshold_unscored", grant.clause, grant.code)
    elif grant.threshold not in THRESHOLDS:
        yield fault("threshold_range", grant.clause, grant.code)


def _relations(grant: ElementGrant, comparison: Comparison) -> Iterator[Fault]:
    yield from twice((relation, grant.clause) for relation in grant.relations)
    if Relation.EQUAL in grant.relations:
        yield fault("relation_equal", grant.clause, grant.code)
    if grant.relations and (comparison not in _ORDERED or Mode.VERIFY not in grant.modes):
        yield fault("relation_unordered", grant.clause, grant.code)


def _quota(agreement: Agreement) -> Iterator[Fault]:
    if agreement.quota.per_day < 1:
        yield fault("quota_too_small", agreement.quota.clause)


def _networks(agreement: Agreement) -> Iterator[Fault]:
    networks = agreement.networks
    if not networks.ranges:
        yield fault("no_network", networks.clause)
    yield from twice((text, networks.clause) for text in networks.ranges)
    for text in networks.ranges:
        try:
            network = ipaddress.ip_network(text)
        except ValueError:
            yield fault("bad_network", networks.clause, text)
            continue
        if network.prefixlen < WIDEST_PREFIX and not network.is_loopback:
            yield fault("network_too_wide", networks.clause, text)


def _hours(agreement: Agreement) -> Iterator[Fault]:
    hours = agreement.hours
    if hours is None:
        return
    if not hours.windows:  # an empty list would silently mean "at any time"
        yield fault("hours_impossible", hours.clause)
    for place, window in enumerate(hours.windows, 1):
        if not _sane(window):
            yield fault("hours_impossible", hours.clause, f"hours.windows[{place}]")


def _sane(window: Window) -> bool:
    days = window.days
    return (
        bool(days)
        and len(set(days)) == len(days)
        and all(day in _WEEKDAYS for day in days)
        and window.opens < window.closes
    )


_CHECKS: tuple[Callable[[Agreement], Iterator[Fault]], ...] = (
    _dates,
    _institution,
    _purposes,
    _ways,
    _elements,
    _quota,
    _networks,
    _hours,
    *doors.CHECKS,
)


def _right(agreement: Agreement) -> AccessRight:
    party, hours = agreement.second_party, agreement.hours
    return AccessRight(
        agreement=agreement.number,
        version=agreement.juknis.version,
        institution=Institution(party.id, party.name, party.kind.value, party.sector, _region(party.region)),
        valid_from=agreement.period.begins,
        valid_until=agreement.period.until,
        methods={method.name: Granted(method.clause) for method in agreement.methods},
        callers={caller.kind: Granted(caller.clause) for caller in agreement.callers},
        purposes={purpose.code: _purpose(agreement, purpose.code) for purpose in agreement.purposes},
        verify=_permissions(agreement, Mode.VERIFY),
        read=_permissions(agreement, Mode.READ),
        quota_per_day=agreement.quota.per_day,
        quota_clause=agreement.quota.clause,
        hours=tuple(Hours(w.days, w.opens, w.closes) for w in hours.windows) if hours else (),
        hours_clause=hours.clause if hours else "",
        networks=agreement.networks.ranges,
        networks_clause=agreement.networks.clause,
        reasons_clause=agreement.reasons.clause if agreement.reasons else "",
        period_clause=agreement.period.clause,
        methods_clause=joined(method.clause for method in agreement.methods),
        callers_clause=joined(caller.clause for caller in agreement.callers),
        purposes_clause=joined(purpose.clause for purpose in agreement.purposes),
        elements_clause=joined(grant.clause for grant in agreement.elements),
        scores_shown=agreement.scores.shown if agreement.scores else ScoresShown.BAND,
        scores_clause=agreement.scores.clause if agreement.scores else "",
        sets=doors.element_sets(agreement),
        dukcapil=doors.dukcapil_door(agreement),
        osia=doors.osia_door(agreement),
        feedback=doors.feedback_duty(agreement),
    )


def _purpose(agreement: Agreement, code: str) -> Purpose:
    declared = next(purpose for purpose in agreement.purposes if purpose.code == code)
    verify, read = (
        frozenset(
            grant.code for grant in agreement.elements if mode in grant.modes and code in grant.purposes
        )
        for mode in (Mode.VERIFY, Mode.READ)
    )
    return Purpose(declared.text, declared.clause, verify, read)


def _permissions(agreement: Agreement, mode: Mode) -> dict[str, Permission]:
    return {
        grant.code: Permission(
            grant.clause,
            _threshold(grant, mode),
            grant.legal_basis,
            grant.relations if mode is Mode.VERIFY else (),
        )
        for grant in agreement.elements
        if mode in grant.modes
    }


def _threshold(grant: ElementGrant, mode: Mode) -> int:
    if mode is Mode.READ:
        return 0
    return grant.threshold or DEFAULT_THRESHOLDS.get(BY_CODE[grant.code].comparison, 0)
