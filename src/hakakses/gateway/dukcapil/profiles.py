"""Response profiles: what a generation of client programs expects of a reply, as data.

Programs in the field contradict each other: one takes RESPONSE_CODE for a failure, another wants it on success;
one counts keys.  A profile is one file in ``profiles/``, and an agreement's service names it.
"""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import cache
from importlib import resources

import msgspec

from hakakses.core.elements import BY_CODE
from hakakses.gateway.dukcapil.codes import TEXTS


class ProfileError(ValueError):
    """A profile's file says something that cannot be; the message names file and key."""


class Nik(StrEnum):
    """How a reply to a verification holds the NIK."""

    JUDGED = "judged"
    ECHOED = "echoed"
    ABSENT = "absent"


class Numbers(StrEnum):
    """Which verdicts of scored elements carry their number."""

    ALWAYS = "always"
    SESUAI = "sesuai"


class Part(StrEnum):
    """What a key of a reply holds."""

    CODE = "code"
    TEXT = "text"


class Success(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """keys: every key of a reading, in order; empty for those of the service's own set.

    added: keys beside the elements.  padded: region codes and RT/RW with leading zeros.
    spelling: element code -> the key it has here.
    """

    nik: Nik = Nik.JUDGED
    numbers: Numbers = Numbers.ALWAYS
    keys: tuple[str, ...] = ()
    added: dict[str, Part] = {}
    padded: bool = False
    spelling: dict[str, str] = {}


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """about_id, about_en: which programs want it.  quota: whether quotaLimiter is told.

    error: key -> what it holds.  texts: code -> text, where not the usual one.
    """

    about_id: str
    about_en: str
    error: dict[str, Part]
    quota: bool = True
    success: Success = Success()
    texts: dict[str, str] = {}

    def text(self, code: str) -> str:
        return self.texts.get(code) or TEXTS[code]


DEFAULT = "verifikasi-baru"  # for an address that no agreement lists


@cache
def profiles() -> dict[str, Profile]:
    """Every profile by its file's name; raises ProfileError."""
    directory = resources.files("hakakses.gateway.dukcapil").joinpath("profiles")
    found = {
        entry.name.removesuffix(".toml"): read_profile(entry.name, entry.read_text(encoding="utf-8"))
        for entry in directory.iterdir()
        if entry.name.endswith(".toml")
    }
    return dict(sorted(found.items()))


def read_profile(name: str, text: str) -> Profile:
    try:
        profile = msgspec.convert(tomllib.loads(text), Profile)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as fault:
        raise ProfileError(f"{name}: {fault}") from None
    success = profile.success
    for kind, words, known in (
        ("success.keys", success.keys, BY_CODE.keys()),
        ("success.spelling", success.spelling, BY_CODE.keys()),
        ("texts", profile.texts, TEXTS.keys()),
    ):
        if unknown := sorted(set(words) - known):
            raise ProfileError(f"{name}: {kind}: {', '.join(unknown)}")
    if not profile.error:
        raise ProfileError(f"{name}: error: no key")
    return profile
