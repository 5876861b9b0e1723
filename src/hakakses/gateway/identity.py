"""Whose request it is, by the token that came with it."""

from __future__ import annotations

import time

import msgspec

from hakakses.core import problems
from hakakses.core.problems import Refused
from hakakses.gateway.exchange import Request
from hakakses.gateway.parts import Parts, Tenant
from hakakses.store.rights import Client
from hakakses.verification.verify import Asker

NOBODY = Refused(problems.NOT_AUTHENTICATED)


class Identity(msgspec.Struct, frozen=True):
    """A client that proved itself, the tenant it belongs to, and what its token is for at an OSIA door."""

    tenant: Tenant
    client: Client
    scopes: frozenset[str]

    @property
    def asker(self) -> Asker:
        return Asker(self.client.credential, self.client.right)


def asking_client(request: Request, parts: Parts) -> str:
    """Under whom a request in progress is counted: the client of its token, else the address that it comes from."""
    _, _, text = (request.headers.get("authorization") or "").partition(" ")
    token = parts.tokens.read(text.strip(), time.time()) if text else None
    return request.address if token is None else f"{token.tenant}/{token.client}"


def identify(request: Request, parts: Parts) -> Identity | Refused:
    """Who sent a request with a bearer token; the same refusal whatever is wrong with it."""
    scheme, _, text = (request.headers.get("authorization") or "").partition(" ")
    if scheme.lower() != "bearer":
        return NOBODY
    token = parts.tokens.read(text.strip(), time.time())
    tenant = None if token is None else parts.tenant(token.tenant)
    if token is None or tenant is None:
        return NOBODY
    client = tenant.directory.client(token.client)
    if client is None or client.generation != token.generation:
        return NOBODY
    return Identity(tenant, client, frozenset(token.scopes))
