"""What an agreement says of single doors: element sets, the Dukcapil wire format, OSIA, feedback data."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from hakakses.core.agreements.agreement import Agreement, ServiceGrant, SetGrant
from hakakses.core.agreements.faults import Fault, fault, twice
from hakakses.core.feedback import NIK
from hakakses.core.rights.ask import Method, Mode
from hakakses.core.rights.right import DukcapilDoor, ElementSet, FeedbackDuty, OsiaDoor, Service

QUERIED = frozenset({"NO_KK"})  # what the register can be searched by
_SET_NAME = re.compile(r"[A-Z0-9_]{1,32}")
_FIELD_NAME = re.compile(r"[A-Za-z0-9_]{1,64}")
# Institution and method, in regional offices after the region's code.
_PATH = re.compile(r"(?:[A-Za-z0-9_-]{1,64}/){1,2}[A-Za-z0-9_-]{1,64}")


def folded_path(path: str) -> str:
    """Addresses of the Dukcapil wire format do not depend on case."""
    return path.strip("/").casefold()


def _granted(agreement: Agreement, mode: Mode, purpose: str) -> set[str]:
    return {grant.code for grant in agreement.elements if mode in grant.modes and purpose in grant.purposes}


def _sets(agreement: Agreement) -> Iterator[Fault]:
    yield from twice((one.name, one.clause) for one in agreement.sets)
    declared = {purpose.code for purpose in agreement.purposes}
    for one in agreement.sets:
        if _SET_NAME.fullmatch(one.name) is None:
            yield fault("bad_set_name", one.clause, one.name)
        if one.purpose not in declared:
            yield fault("undeclared_purpose", one.clause, one.purpose)
        yield from _set_elements(agreement, one)


def _set_elements(agreement: Agreement, one: SetGrant) -> Iterator[Fault]:
    if not one.elements:
        yield fault("no_element", one.clause, one.name)
    yield from twice((code, one.clause) for code in one.elements)
    granted = _granted(agreement, one.mode, one.purpose)
    for code in dict.fromkeys(one.elements):
        if code not in granted:
            yield fault("set_element_ungranted", one.clause, code)


def _dukcapil(agreement: Agreement) -> Iterator[Fault]:
    door = agreement.dukcapil
    if door is None:
        return
    if door.until > agreement.period.until:
        yield fault("exception_too_long", door.clause)
    if not door.services:
        yield fault("no_service", door.clause)
    yield from _by_web_service(agreement, door.clause)
    yield from twice((folded_path(service.path), service.clause) for service in door.services)
    for service in door.services:
        yield from _service(agreement, service)


def _service(agreement: Agreement, service: ServiceGrant) -> Iterator[Fault]:
    if _PATH.fullmatch(service.path.strip("/")) is None:
        yield fault("bad_service_path", service.clause, service.path)
    if service.caller not in {grant.kind for grant in agreement.callers}:
        yield fault("undeclared_caller", service.clause, service.caller)
    found = next((one for one in agreement.sets if one.name == service.set), None)
    if found is None:
        yield fault("unknown_set", service.clause, service.set)
    elif service.family and found.mode is not Mode.READ:
        yield fault("family_needs_read", service.clause, service.set)


def _osia(agreement: Agreement) -> Iterator[Fault]:
    door = agreement.osia
    if door is None:
        return
    yield from _by_web_service(agreement, door.clause)
    if door.purpose not in {purpose.code for purpose in agreement.purposes}:
        yield fault("undeclared_purpose", door.clause, door.purpose)
    if door.caller not in {grant.kind for grant in agreement.callers}:
        yield fault("undeclared_caller", door.clause, door.caller)
    readable = _granted(agreement, Mode.READ, door.purpose) & QUERIED
    for code in door.query:
        if code not in readable:
            yield fault("query_ungranted", door.clause, code)


def _by_web_service(agreement: Agreement, clause: str) -> Iterator[Fault]:
    if Method.WEB_SERVICE not in {grant.name for grant in agreement.methods}:
        yield fault("needs_web_service", clause)


def _feedback(agreement: Agreement) -> Iterator[Fault]:
    duty = agreement.feedback
    if duty is None:
        return
    if not duty.fields:
        yield fault("no_field", duty.clause)
    yield from twice((field.casefold(), duty.clause) for field in duty.fields)
    for field in duty.fields:
        if _FIELD_NAME.fullmatch(field) is None or field.casefold() == NIK:
            yield fault("bad_field_name", duty.clause, field)


def unknown_profiles(agreement: Agreement, profiles: Collection[str]) -> Iterator[Fault]:
    for service in agreement.dukcapil.services if agreement.dukcapil else ():
        if service.profile not in profiles:
            yield fault("unknown_profile", service.clause, service.profile)


CHECKS: tuple[Callable[[Agreement], Iterator[Fault]], ...] = (_sets, _dukcapil, _osia, _feedback)


def element_sets(agreement: Agreement) -> dict[str, ElementSet]:
    return {one.name: ElementSet(one.purpose, one.mode, one.elements, one.clause) for one in agreement.sets}


def dukcapil_door(agreement: Agreement) -> DukcapilDoor | None:
    door = agreement.dukcapil
    if door is None:
        return None
    services = {
        folded_path(one.path): Service(one.set, one.profile, one.caller, one.clause, one.family)
        for one in door.services
    }
    return DukcapilDoor(door.until, services, door.clause)


def osia_door(agreement: Agreement) -> OsiaDoor | None:
    door = agreement.osia
    return None if door is None else OsiaDoor(door.purpose, door.caller, door.clause, door.query)


def feedback_duty(agreement: Agreement) -> FeedbackDuty | None:
    duty = agreement.feedback
    return None if duty is None else FeedbackDuty(duty.fields, duty.clause)
