"""Looking for persons without a NIK, by what the agreement names for it."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from hakakses.core import problems
from hakakses.core.elements import BY_CODE
from hakakses.core.matching.verdict import fold_claim
from hakakses.core.problems import Refused
from hakakses.core.rights.ask import Mode
from hakakses.gateway.osia.door import Visit
from hakakses.gateway.osia.reading import read_query, single
from hakakses.verification.search import read_found

MOST_PERSONS = 100  # of one reply
_RESERVED = ("names", "offset", "limit")


class Paging(msgspec.Struct, frozen=True):
    offset: Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)] = 0
    limit: Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)] = MOST_PERSONS

    def cut(self, niks: tuple[str, ...]) -> tuple[str, ...]:
        """A page of at most MOST_PERSONS; what is below zero counts as zero."""
        begin = max(self.offset, 0)
        return niks[begin : begin + min(max(self.limit, 0), MOST_PERSONS)]


class Search(msgspec.Struct, frozen=True):
    """attribute, value: what to look for.  names: attributes to read of those found, none for the NIK alone."""

    attribute: str
    value: str
    names: tuple[str, ...]
    paging: Paging


async def find_persons(visit: Visit) -> Any:
    """A list of NIKs, or of what was read of each."""
    search = read_search(visit)
    if isinstance(search, Refused):
        return await visit.refuse(Mode.READ, search)

    async def find() -> tuple[str, ...]:
        return search.paging.cut(await visit.who.tenant.stores.register.family(search.value))

    ask = visit.ask(Mode.READ, "", dict.fromkeys(search.names or (search.attribute,), ""))
    sought = f"{search.attribute}={search.value}"
    found = await read_found(sought, find, ask, visit.who.asker, visit.who.tenant.stores, visit.now)
    if isinstance(found, Refused):
        return found
    return [answer.elements for answer in found.values()] if search.names else list(found)


def read_search(visit: Visit) -> Search | Refused:
    given = read_query(visit.request)
    if isinstance(given, Refused):
        return given
    sought = {name: values for name, values in given.items() if name not in _RESERVED}
    if refused := _not_by(visit, sought):
        return refused
    found, paging = single(given, sought), _read_paging(given)
    if isinstance(found, Refused):
        return found
    if isinstance(paging, Refused):
        return paging
    ((attribute, value),) = found.items()
    number = fold_claim(attribute, value)
    if not number:
        return Refused(problems.INVALID_VALUE, part=attribute)
    return Search(attribute, number, tuple(dict.fromkeys(given.get("names", ()))), paging)


def _read_paging(given: dict[str, list[str]]) -> Paging | Refused:
    paged = single(given, Paging.__struct_fields__)
    if isinstance(paged, Refused):
        return paged
    try:
        return msgspec.convert(paged, Paging, strict=False)
    except msgspec.ValidationError:
        return Refused(problems.WRONG_SHAPE, part="query")


def _not_by(visit: Visit, sought: dict[str, list[str]]) -> Refused | None:
    """Refused unless the agreement lets residents be searched by this; it can grant NO_KK alone."""
    if not sought:
        return Refused(problems.NO_ELEMENTS, part="attributes")
    for name in sought:
        if name not in visit.door.query:
            part = name if name in BY_CODE else "attributes"
            return Refused(problems.ELEMENT_NOT_GRANTED, visit.door.clause, part)
    return None
