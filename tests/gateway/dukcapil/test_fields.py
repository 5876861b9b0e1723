"""Whatever way a program of the field spells and wraps its request, the same fields are read."""

from __future__ import annotations

from urllib.parse import urlencode

import msgspec
import pytest
from tests.builders import a_nik

from hakakses.core.problems import Refused
from hakakses.gateway.dukcapil.fields import Fields, read_fields

ASKED = {
    "NIK": a_nik(),
    "USER_ID": "2026BANK1",
    "PASSWORD": "abc",
    "IP_USER": "10.1.1.1",
    "TRESHOLD": "90",
    "NAMA_LGKP": "Budi",
}
READ = Fields(a_nik(), "2026BANK1", "abc", "10.1.1.1", 90, "", "", {"NAMA_LGKP": "Budi"})


def _json(fields: object) -> bytes:
    return msgspec.json.encode(fields)


def _renamed(**names: str) -> dict[str, str]:
    return {names.get(name, name): value for name, value in ASKED.items()}


WRAPPINGS = {
    "JSON": (_json(ASKED), ""),
    "JSON with a number": (_json({**ASKED, "TRESHOLD": 90}), ""),
    "lower case": (_json({name.lower(): value for name, value in ASKED.items()}), ""),
    "mixed case": (_json({name.capitalize(): value for name, value in ASKED.items()}), ""),
    "camel case": (_json(_renamed(USER_ID="userId", IP_USER="ipUser")), ""),
    "ip_users": (_json(_renamed(IP_USER="ip_users")), ""),
    "ip_address": (_json(_renamed(IP_USER="ip_address")), ""),
    "threshold as it should be": (_json(_renamed(TRESHOLD="threshold")), ""),
    "a form": (urlencode(ASKED).encode(), ""),
    "a query string and no body": (b"", urlencode(ASKED)),
    "a query string and an empty form": (b" ", urlencode(ASKED)),
    "unknown fields beside": (_json({**ASKED, "aplikasi": "SIMRS", "versi": 2}), ""),
    "blanks around": (_json({**ASKED, "NIK": f" {a_nik()} ", "IP_USER": "10.1.1.1 "}), ""),
}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_every_wrapping_gives_the_same_fields(wrapping: str) -> None:
    assert read_fields(*WRAPPINGS[wrapping]) == READ


def test_names_of_the_register_itself_are_understood() -> None:
    read = read_fields(_json({"GOL_DRH": "A", "STAT_KWN": "KAWIN", "no_kk": None}), "")
    assert isinstance(read, Fields)
    assert read.claims == {"GOL_DARAH": "A", "STATUS_KAWIN": "KAWIN", "NO_KK": ""}


WRONG = {
    "no JSON": (b'{"nik":', ""),
    "a list": (b"[1]", ""),
    "neither JSON nor form": (b"halo", ""),
    "a nested value": (_json({**ASKED, "NAMA_LGKP": ["Budi"]}), ""),
    "a truth value": (_json({**ASKED, "NIK": True}), ""),
    "one field with two values": (_json({**ASKED, "nik": a_nik(2)}), ""),
    "a threshold that is none": (_json({**ASKED, "TRESHOLD": "tinggi"}), ""),
    "a threshold above 100": (_json({**ASKED, "TRESHOLD": 101}), ""),
    "a value longer than any": (_json({**ASKED, "ALAMAT": "x" * 256}), ""),
    "too large": (None, ""),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_read_is_refused_without_its_value(wrong: str) -> None:
    refused = read_fields(*WRONG[wrong])
    assert isinstance(refused, Refused)
    assert refused.part in {"", "NIK", "TRESHOLD", "NAMA_LGKP", "ALAMAT"}
