"""GET /v1/poc: how far a client's own proof of concept has come, for the client itself."""

from __future__ import annotations

import msgspec

from hakakses.core import problems
from hakakses.core.poc import Item, checklist, complete
from hakakses.core.problems import Refused
from hakakses.gateway.exchange import Reply, Request, json_reply, problem_reply
from hakakses.gateway.identity import identify
from hakakses.gateway.parts import Parts


class PocBody(msgspec.Struct, frozen=True):
    """Body of GET /v1/poc: the demands on the caller's program, each with what proves it.

    complete: nothing is missing; an officer can now unlock the web service.
    """

    agreement: str
    complete: bool
    done: int
    total: int
    items: tuple[Item, ...]


def body_of(agreement: str, items: tuple[Item, ...]) -> PocBody:
    return PocBody(agreement, complete(items), sum(item.done for item in items), len(items), items)


async def show(request: Request, parts: Parts) -> Reply:
    who = await identify(request, parts)
    if isinstance(who, Refused):
        return problem_reply(who)
    if who.tenant.calls is None:
        return problem_reply(Refused(problems.NOT_IN_SANDBOX))
    right = who.client.right
    items = checklist(right, await who.tenant.calls.made(right.agreement))
    return json_reply(body_of(right.agreement, items))
