"""OSIA Data Access 1.3.0: match, verify and read one person; search where it is granted."""

from __future__ import annotations

import msgspec

from hakakses.core import problems
from hakakses.core.problems import Refused
from hakakses.core.rights.ask import Ask, Mode
from hakakses.gateway.osia.door import Visit, any_of, asking, entering
from hakakses.gateway.osia.reading import read_attributes, read_expressions, read_query
from hakakses.gateway.osia.search import find_persons
from hakakses.verification.answer import Answer, Result

DIFFERS = 1  # 0 would say that the register has no such attribute, or no such person


class MatchingError(msgspec.Struct, frozen=True, rename="camel"):
    """An attribute that does not match."""

    attribute_name: str
    error_code: int = DIFFERS


def _match(visit: Visit) -> Ask | Refused:
    claimed = read_attributes(visit.request)
    if isinstance(claimed, Refused):
        return claimed
    if not claimed:  # an empty list would say "all match"
        return Refused(problems.NO_ELEMENTS)
    return visit.ask(Mode.VERIFY, visit.request.names["uin"], claimed)


def _differing(visit: Visit, answer: Answer) -> list[MatchingError]:
    return [MatchingError(name) for name, found in answer.elements.items() if found != Result.SESUAI]


def _verify(visit: Visit) -> Ask | Refused:
    found = read_expressions(visit.request)
    if isinstance(found, Refused):
        return found
    elements, bounds = found
    if not elements and not bounds:  # nothing asked would be nothing false: "true"
        return Refused(problems.NO_ELEMENTS)
    return visit.ask(Mode.VERIFY, visit.request.names["uin"], elements, bounds=bounds)


def _all_true(visit: Visit, answer: Answer) -> bool:
    return answer.result is Result.SESUAI


def _read(visit: Visit) -> Ask | Refused:
    given = read_query(visit.request)
    if isinstance(given, Refused):
        return given
    names = given.get("attributeNames", [])
    if not names:
        return Refused(problems.NO_ELEMENTS, part="attributeNames")
    return visit.ask(Mode.READ, visit.request.names["uin"], dict.fromkeys(names, ""))


def _values(visit: Visit, answer: Answer) -> dict[str, str]:
    return answer.elements


READING = any_of("pr.person.read", "cr.person.read")

match = asking(Mode.VERIFY, any_of("pr.person.match", "cr.person.match"), _match, _differing)
verify = asking(Mode.VERIFY, any_of("pr.person.verify", "cr.person.verify"), _verify, _all_true)
read = asking(Mode.READ, READING, _read, _values)
query = entering(Mode.READ, READING, find_persons)
