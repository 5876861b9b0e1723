"""The doors as they are on the wire: several elements in one request, what comes back as a guesser reads it."""

from __future__ import annotations

import re
from typing import NamedTuple, Protocol

import httpx
from tests.attack.doors import Seen, Try
from tests.gateway.dukcapil.conftest import IP_USER, PASSWORD

_VERDICT = re.compile(r"(Tidak )?Sesuai(?: \(([0-9]+)\))?")
Tries = dict[str, Try]


class Wire(Protocol):
    async def ask(self, nik: str, tries: Tries) -> dict[str, Seen]: ...


class Native(NamedTuple):
    http: httpx.AsyncClient
    token: str

    async def ask(self, nik: str, tries: Tries) -> dict[str, Seen]:
        body = {
            "nik": nik,
            "purpose": "KYC",
            "elements": {code: tried.value for code, tried in tries.items()},
            "caller": {"kind": "machine"},
        }
        reply = await self.http.post("/v1/verifications", json=body, headers=_bearer(self.token))
        page = reply.json()
        if reply.status_code != httpx.codes.OK:
            return dict.fromkeys(tries, Seen(page["code"]))
        return {code: Seen("", page["elements"][code] == "SESUAI") for code in tries}


class Dukcapil(NamedTuple):
    http: httpx.AsyncClient
    institution: str
    threshold: int = 1

    async def ask(self, nik: str, tries: Tries) -> dict[str, Seen]:
        body = {
            "NIK": nik,
            "USER_ID": f"USER-{self.institution.upper()}",
            "PASSWORD": PASSWORD,
            "IP_USER": IP_USER,
            "TRESHOLD": self.threshold,
            **{code: tried.value for code, tried in tries.items()},
        }
        reply = await self.http.post(f"/dukcapil/get_json/{self.institution}/tebakan", json=body)
        row = reply.json()["content"][0]
        if "RESPONSE_CODE" in row:
            return dict.fromkeys(tries, Seen(row["RESPONSE_CODE"]))
        return {code: _read(row[code]) for code in tries}


def _read(verdict: str) -> Seen:
    found = _VERDICT.fullmatch(verdict)
    assert found is not None, verdict
    return Seen("", found[1] is None, None if found[2] is None else int(found[2]))


class OsiaMatch(NamedTuple):
    http: httpx.AsyncClient
    token: str

    async def ask(self, nik: str, tries: Tries) -> dict[str, Seen]:
        body = {code: tried.value for code, tried in tries.items()}
        path = f"/osia/dataaccess/v1/persons/{nik}/match"
        reply = await self.http.post(path, json=body, headers=_bearer(self.token))
        if reply.status_code != httpx.codes.OK:
            return dict.fromkeys(tries, Seen(str(reply.json()["code"])))
        differing = {one["attributeName"] for one in reply.json()}
        return {code: Seen("", code not in differing) for code in tries}


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
