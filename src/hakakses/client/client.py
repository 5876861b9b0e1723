"""Ask, and hear an answer once."""

from __future__ import annotations

import ssl
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import msgspec

from hakakses.client.answers import Answer, Proof, Right
from hakakses.client.credentials import Credential
from hakakses.client.patience import Patience
from hakakses.client.refusals import CredentialRefused, NotUnderstood, Problem, Refused, TryLater, Unreachable

Kind = TypeVar("Kind")
RENEW_BEFORE = 30.0  # seconds before a token expires
_BUSY = frozenset((httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE))
_encode = msgspec.json.Encoder().encode


class _Token(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: float


class _TokenRefused(msgspec.Struct, frozen=True):
    error: str
    error_description: str = ""


class Client:
    """One institution's access to one service; may be shared by threads.

    token_url: where tokens are given, when it is not under base_url; a signed credential names it.
    timeout: seconds for one try; more than the service takes for an answer.
    """

    def __init__(
        self,
        base_url: str,
        credential: Credential,
        *,
        token_url: str = "",
        patience: Patience | None = None,
        timeout: float = 8.0,
        tls: ssl.SSLContext | bool = True,
    ) -> None:
        self._credential = credential
        self._token_url = token_url or f"{base_url.rstrip('/')}/oauth2/token"
        self._patience = patience or Patience()
        self._http = httpx.Client(base_url=base_url, timeout=timeout, verify=tls)
        self._renewing = threading.Lock()
        self._token = ""
        self._token_until = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def verify(
        self,
        nik: str,
        elements: Mapping[str, str],
        *,
        purpose: str,
        operator: str = "",
        reference: str = "",
        key: str = "",
    ) -> Answer:
        """Whether the values are those of this resident.  elements: code -> value.

        operator: the person who asks; without one a program asks.  key: of an ask sent before.
        """
        body = _body(nik, dict(elements), purpose, operator, reference)
        return self._ask("/v1/verifications", body, key)

    def read(
        self,
        nik: str,
        elements: Iterable[str],
        *,
        purpose: str,
        operator: str = "",
        reference: str = "",
        key: str = "",
    ) -> Answer:
        """The values of these elements, where the agreement grants them."""
        return self._ask("/v1/reads", _body(nik, list(elements), purpose, operator, reference), key)

    def right(self) -> Right:
        """The institution's own access right, and what is left of today's quota."""
        return _decoded(self._send("GET", "/v1/right"), Right)

    def receipt(self, seq: int) -> Proof:
        """The proof that an answer is in the log; waits for the seal on a young one."""
        return _decoded(self._send("GET", f"/v1/receipts/{seq}"), Proof)

    def _ask(self, path: str, body: dict[str, Any], key: str) -> Answer:
        key = key or uuid.uuid4().hex
        return _decoded(self._send("POST", path, _encode(body), key), Answer, key)

    def _send(self, method: str, path: str, content: bytes | None = None, key: str = "") -> httpx.Response:
        """A reply of 200.  A token that ended early is renewed once."""
        headers = {"content-type": "application/json", "idempotency-key": key} if key else {}

        def request(token: str) -> httpx.Request:
            given = {**headers, "authorization": f"Bearer {token}"}
            return self._http.build_request(method, path, content=content, headers=given)

        until = time.monotonic() + self._patience.within
        token = self._current_token(until, key)
        reply = self._patiently(lambda: request(token), until, key)
        if reply.status_code == httpx.codes.UNAUTHORIZED:
            token = self._current_token(until, key, instead_of=token)
            reply = self._patiently(lambda: request(token), until, key)
        if reply.status_code == httpx.codes.OK:
            return reply
        raise _refusal(reply, key)

    def _patiently(self, request: Callable[[], httpx.Request], until: float, key: str) -> httpx.Response:
        """The last reply to a request that is sent again while only later can help; ``request`` makes each anew."""
        tries = 0
        while True:
            tries += 1
            try:
                reply = self._http.send(request())
            except httpx.TransportError as fault:
                pause = self._patience.pause(tries, None, until - time.monotonic())
                if pause is None:
                    raise Unreachable(key) from fault
            else:
                asked = _retry_after(reply)
                if reply.status_code not in _BUSY or asked is None:
                    return reply
                pause = self._patience.pause(tries, asked, until - time.monotonic())
                if pause is None:
                    return reply
            time.sleep(pause)

    def _current_token(self, until: float, key: str, instead_of: str = "") -> str:
        with self._renewing:
            if self._token in {"", instead_of} or time.monotonic() >= self._token_until:
                self._renew(until, key)
            return self._token

    def _renew(self, until: float, key: str) -> None:
        asked_at = time.monotonic()

        def request() -> httpx.Request:
            return self._http.build_request(
                "POST", self._token_url, data=self._credential.form(self._token_url)
            )

        reply = self._patiently(request, until, key)
        if reply.status_code in {httpx.codes.BAD_REQUEST, httpx.codes.UNAUTHORIZED}:
            refused = _decoded(reply, _TokenRefused, key)
            raise CredentialRefused(refused.error, refused.error_description)
        if reply.status_code != httpx.codes.OK:
            raise _refusal(reply, key)
        given = _decoded(reply, _Token, key)
        self._token, self._token_until = given.access_token, asked_at + given.expires_in - RENEW_BEFORE


def _body(nik: str, elements: object, purpose: str, operator: str, reference: str) -> dict[str, Any]:
    caller = {"kind": "operator", "operator": operator} if operator else {"kind": "machine"}
    body = {"nik": nik, "purpose": purpose, "elements": elements, "caller": caller}
    return {**body, "reference": reference} if reference else body


def _decoded(reply: httpx.Response, kind: type[Kind], key: str = "") -> Kind:
    try:
        return msgspec.json.decode(reply.content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    # Outside the handler: the decoder's message could hold a value.
    raise NotUnderstood(reply.status_code, key)


def _refusal(reply: httpx.Response, key: str) -> Refused:
    problem = _decoded(reply, Problem, key)
    if problem.final:
        return Refused(problem, reply.status_code)
    return TryLater(problem, reply.status_code, _retry_after(reply), key)


def _retry_after(reply: httpx.Response) -> int | None:
    text = reply.headers.get("retry-after", "")
    return int(text) if text.isascii() and text.isdecimal() else None
