"""The same asks as each door wants them: one line of path and body, for the load generator."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from hakakses.gateway.dukcapil.door import PREFIX

Claims = dict[str, str]
Ask = tuple[str, Claims]
USER_ID, PASSWORD, SERVICE = "20260101080000BENCH1", "rahasia", "bench/call_verify_by_elemen"


def _native(nik: str, claims: Claims) -> tuple[str, object]:
    return "/v1/verifications", {
        "nik": nik,
        "purpose": "KYC",
        "elements": claims,
        "caller": {"kind": "machine"},
    }


def _dukcapil(nik: str, claims: Claims) -> tuple[str, object]:
    login = {"user_id": USER_ID, "password": PASSWORD, "ip_user": "10.10.1.20", "TRESHOLD": "85"}
    return f"{PREFIX}{SERVICE}", {"NIK": nik, **login, **claims}


def _osia(nik: str, claims: Claims) -> tuple[str, object]:
    return f"/osia/dataaccess/v1/persons/{nik}/match", claims


DOORS: dict[str, Callable[[str, Claims], tuple[str, object]]] = {
    "verify": _native,
    "dukcapil": _dukcapil,
    "osia_match": _osia,
}


def write_asks(door: str, asks: Iterable[Ask], directory: Path) -> Path:
    file = directory / f"asks-{door}.tsv"
    lines = (DOORS[door](*ask) for ask in asks)
    file.write_text("".join(f"{path}\t{json.dumps(body)}\n" for path, body in lines))
    return file
