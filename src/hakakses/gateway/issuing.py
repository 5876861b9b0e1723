"""POST /oauth2/token: from a client's proof to a token, bound to what came with it."""

from __future__ import annotations

import datetime as dt
import time

import msgspec
import structlog

from hakakses.core import problems
from hakakses.core.problems import Refused
from hakakses.gateway.clients import (
    BAD_CLIENT,
    Proven,
    TokenForm,
    TokenRefused,
    authenticate,
    claimed_client,
    read_form,
)
from hakakses.gateway.dpop import Proof, ProofFault, Target, read_proof, used_first
from hakakses.gateway.exchange import Reply, Request, json_reply, problem_reply
from hakakses.gateway.native import TokenBody
from hakakses.gateway.parts import Parts, Tenant
from hakakses.gateway.proxies import certificate_thumbprint
from hakakses.gateway.scopes import granted_scopes
from hakakses.gateway.tokens import LIFETIME, Confirmation
from hakakses.store.rights import Bound, Client

log = structlog.get_logger()
NO_CERTIFICATE = TokenRefused("invalid_request", "This client must present its certificate (RFC 8705).")
NO_PROOF = TokenRefused("invalid_request", "This client must send a DPoP proof (RFC 9449).")
BAD_CERTIFICATE = TokenRefused("invalid_request", "The certificate cannot be read.")
USED_PROOF = TokenRefused("invalid_dpop_proof", "This DPoP proof was used before.")


class _Found(msgspec.Struct, frozen=True):
    """Who asks for a token, and where they belong."""

    tenant: Tenant
    client: Client
    key_id: str


async def token(request: Request, parts: Parts) -> Reply:
    if request.body is None:
        return problem_reply(Refused(problems.TOO_LARGE))
    now, form = time.time(), read_form(request.body)
    issued = form if isinstance(form, TokenRefused) else await _issue(form, request, parts, now)
    return _refused(issued, request.address) if isinstance(issued, TokenRefused) else json_reply(issued)


async def _issue(form: TokenForm, request: Request, parts: Parts, now: float) -> TokenBody | TokenRefused:
    proof = _proof(request, parts, now)
    if isinstance(proof, TokenRefused):
        return proof
    found = await _find(form, request, parts, now)
    if isinstance(found, TokenRefused):
        return found
    scopes = _scopes(form, found.client)
    if isinstance(scopes, TokenRefused):
        return scopes
    bound = _confirmation(request, found.client, proof)
    if isinstance(bound, TokenRefused):
        return bound
    if proof is not None and not await used_first(proof, found.tenant.assertions):
        return USED_PROOF
    text = parts.tokens.issue(
        found.tenant.name, found.client.id, found.client.generation, found.key_id, scopes, bound, now
    )
    return TokenBody(text, "Bearer" if proof is None else "DPoP", LIFETIME, " ".join(sorted(scopes)))


def _proof(request: Request, parts: Parts, now: float) -> Proof | TokenRefused | None:
    """The key that the token is to be bound to; None when none is shown."""
    texts = request.headers.get_all("dpop")
    if not texts:
        return None
    proof = read_proof(texts, Target(request.method, parts.issuer, request.path), now)
    if isinstance(proof, ProofFault):
        return TokenRefused("invalid_dpop_proof", f"The DPoP proof is missing or wrong: {proof.part}.")
    return proof


async def _find(form: TokenForm, request: Request, parts: Parts, now: float) -> _Found | TokenRefused:
    """The client in the tenant that knows it."""
    refused = BAD_CLIENT
    for tenant in parts.tenants:
        proven = await authenticate(
            form,
            request.headers.get("authorization") or "",
            tenant.directory,
            tenant.assertions,
            (parts.token_url, parts.issuer),
            sandbox=parts.secrets or tenant.calls is not None,
            now=now,
        )
        if isinstance(proven, Proven):
            return _Found(tenant, proven.client, proven.key_id)
        refused = proven
    await _note(form, request, parts)
    return refused


async def _note(form: TokenForm, request: Request, parts: Parts) -> None:
    """A sandbox client that failed to prove itself has met an error that its proof of concept asks for."""
    claimed = claimed_client(form, request.headers.get("authorization") or "")
    for tenant in parts.tenants:
        if tenant.calls is not None and tenant.directory.client(claimed) is not None:
            await tenant.calls.login_refused(claimed, dt.datetime.now(dt.UTC))


def _scopes(form: TokenForm, client: Client) -> frozenset[str] | TokenRefused:
    """RFC 6749 §3.3: what was asked for, all that is granted when nothing was."""
    granted = granted_scopes(client.right)
    wanted = frozenset(form.scope.split())
    if not wanted <= granted:
        return TokenRefused("invalid_scope", "The agreement does not give every scope that was asked for.")
    return wanted or granted


def _confirmation(
    request: Request, client: Client, proof: Proof | None
) -> Confirmation | TokenRefused | None:
    """What the token is bound to: all that was shown, and never less than the client was registered for."""
    certificate = certificate_thumbprint(request.certificate)
    if request.certificate and certificate is None:
        return BAD_CERTIFICATE
    if client.bound is Bound.MTLS and certificate is None:
        return NO_CERTIFICATE
    if client.bound is Bound.DPOP and proof is None:
        return NO_PROOF
    if certificate is None and proof is None:
        return None
    return Confirmation(certificate or "", "" if proof is None else proof.key)


def _refused(refused: TokenRefused, address: str) -> Reply:
    """RFC 6749 §5.2: an unknown client is told how to prove itself, anything else is a bad request."""
    log.info("token_refused", error=refused.error, address=address)
    if refused is not BAD_CLIENT:
        return json_reply(refused, 400)
    reply = json_reply(refused, 401)
    challenge = ("www-authenticate", 'Basic realm="hakakses"')
    return Reply(reply.status, [*reply.headers, challenge], reply.body)
