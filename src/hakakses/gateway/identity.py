"""Whose request it is, by the token that came with it and, where the token is bound, by what it is bound to."""

from __future__ import annotations

import hmac
import time

import msgspec
import structlog

from hakakses.core import problems
from hakakses.core.problems import Refused
from hakakses.gateway.dpop import ProofFault, Target, read_proof, token_hash, used_first
from hakakses.gateway.exchange import Request
from hakakses.gateway.parts import Parts, Tenant
from hakakses.gateway.problem_json import DPOP_PART
from hakakses.gateway.proxies import certificate_thumbprint
from hakakses.gateway.tokens import Confirmation, Known
from hakakses.store.rights import Client
from hakakses.verification.verify import Asker

log = structlog.get_logger()
NOBODY = Refused(problems.NOT_AUTHENTICATED)
NO_CERTIFICATE = Refused(problems.TOKEN_BOUND, part="certificate")
NO_PROOF = Refused(problems.TOKEN_BOUND, part=DPOP_PART)
_PROOF_SCHEME = "dpop"
_SCHEMES = ("bearer", _PROOF_SCHEME)


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
    known = parts.tokens.read(text.strip(), time.time()) if text else None
    return request.address if known is None else f"{known.token.tenant}/{known.token.client}"


async def identify(request: Request, parts: Parts) -> Identity | Refused:
    """Who sent a request with a token; the same refusal whatever is wrong with the token itself."""
    scheme, _, text = (request.headers.get("authorization") or "").partition(" ")
    scheme, text = scheme.lower(), text.strip()
    known = parts.tokens.read(text, time.time()) if scheme in _SCHEMES else None
    identity = None if known is None else _holder(known, parts)
    if known is None or identity is None:
        return NOBODY
    bound = known.token.confirmation
    if bound is None:
        return NOBODY if scheme == _PROOF_SCHEME else identity
    unproven = await _unproven(request, parts, identity, bound, scheme, text)
    if unproven is None:
        return identity
    log.warning("token_unproven", client=identity.client.id, address=request.address, part=unproven.part)
    return unproven


def _holder(known: Known, parts: Parts) -> Identity | None:
    """The token's client; None when it, or the key that proved it, has been taken away since."""
    token = known.token
    tenant = parts.tenant(token.tenant)
    client = None if tenant is None else tenant.directory.client(token.client)
    if tenant is None or client is None or client.generation != token.generation:
        return None
    if token.key_id and token.key_id not in client.key_ids:
        return None
    return Identity(tenant, client, known.scopes)


async def _unproven(
    request: Request, parts: Parts, identity: Identity, bound: Confirmation, scheme: str, text: str
) -> Refused | None:
    """None when the request proves all that its token is bound to."""
    if bound.certificate:
        shown = certificate_thumbprint(request.certificate) or ""
        if not hmac.compare_digest(shown, bound.certificate):
            return NO_CERTIFICATE
    if bound.key or scheme == _PROOF_SCHEME:
        return await _without_proof(request, parts, identity, bound.key, scheme, text)
    return None


async def _without_proof(
    request: Request, parts: Parts, identity: Identity, key: str, scheme: str, text: str
) -> Refused | None:
    """RFC 9449 §7: the proof's own checks, then that it goes with this token and comes for the first time."""
    proofs = request.headers.get_all("dpop")
    if scheme != _PROOF_SCHEME or not key or not proofs:
        return NO_PROOF
    proof = read_proof(proofs, Target(request.method, parts.issuer, request.path), time.time())
    if isinstance(proof, ProofFault):
        return Refused(problems.INVALID_DPOP_PROOF, part=proof.part)
    if not hmac.compare_digest(proof.key, key):
        return NO_PROOF
    if proof.token_hash != token_hash(text):
        return Refused(problems.INVALID_DPOP_PROOF, part="DPoP.ath")
    if not await used_first(proof, identity.tenant.assertions):
        return Refused(problems.INVALID_DPOP_PROOF, part="DPoP.jti")
    return None
