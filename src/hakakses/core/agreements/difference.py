"""What a new right can see that the old could not, and the reverse, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import msgspec

from hakakses.core.rights.right import AccessRight, ScoresShown, fingerprint


class Change(msgspec.Struct, frozen=True):
    """widens, narrows: whether it permits more, or less; both for a replacement, neither for wording."""

    text_id: str
    text_en: str
    widens: bool
    narrows: bool


def difference(old: AccessRight | None, new: AccessRight) -> tuple[Change, ...]:
    """Every change from old to new; empty exactly when both have one fingerprint.  old None: the first right."""
    if old is None:
        return (*_against_nothing(new),)
    if fingerprint(old) == fingerprint(new):
        return ()
    changes = (*_listed(old, new), *_measures(old, new))
    return (*changes, *_wording(old, new))


def _against_nothing(new: AccessRight) -> Iterator[Change]:
    yield Change(f"hak akses baru {new.agreement}", f"new right {new.agreement}", widens=True, narrows=False)
    for what, held in _lists(new).items():
        yield from _sets(what, frozenset(), held)


def _listed(old: AccessRight, new: AccessRight) -> Iterator[Change]:
    before, after = _lists(old), _lists(new)
    for what in before | after:
        yield from _sets(what, before.get(what, frozenset()), after.get(what, frozenset()))


def _lists(right: AccessRight) -> dict[tuple[str, str], AbstractSet[str]]:
    """Indonesian and English place -> what is listed there."""
    lists: dict[tuple[str, str], AbstractSet[str]] = {
        ("untuk verify", "for verify"): right.verify.keys(),
        ("untuk read", "for read"): right.read.keys(),
        ("sebagai metode", "as method"): right.methods.keys(),
        ("sebagai pemanggil", "as caller"): right.callers.keys(),
        ("sebagai tujuan", "as purpose"): right.purposes.keys(),
        ("sebagai jaringan", "as network"): frozenset(right.networks),
    }
    for code, purpose in right.purposes.items():
        for mode, codes in (("verify", purpose.verify), ("read", purpose.read)):
            lists[f"untuk {mode} dengan tujuan {code}", f"for {mode} with purpose {code}"] = codes
    return lists | _door_lists(right)


def _door_lists(right: AccessRight) -> dict[tuple[str, str], AbstractSet[str]]:
    """What single doors offer.  An element set or a service is told with all that decides what it gives."""
    osia, services = right.osia, right.dukcapil.services if right.dukcapil else {}
    relations = (f"{code} {one}" for code, grant in right.verify.items() for one in grant.relations)
    lists: dict[tuple[str, str], AbstractSet[str]] = {
        ("sebagai perbandingan batas", "as bound"): frozenset(relations),
        ("sebagai layanan Dukcapil", "as Dukcapil service"): frozenset(
            f"{path} ({one.set}, {one.caller}{', family' if one.family else ''})"
            for path, one in services.items()
        ),
        ("sebagai pintu OSIA", "as OSIA door"): frozenset(
            (f"{osia.purpose} ({osia.caller})",) if osia else ()
        ),
        ("untuk pencarian tanpa NIK", "for search without NIK"): frozenset(osia.query if osia else ()),
    }
    for name, one in right.sets.items():
        lists[
            f"dalam set {name} ({one.mode}, {one.purpose})", f"in set {name} ({one.mode}, {one.purpose})"
        ] = frozenset(one.elements)
    return lists


def _sets(what: tuple[str, str], old: AbstractSet[str], new: AbstractSet[str]) -> Iterator[Change]:
    place_id, place_en = what
    for word in sorted(new - old):
        yield Change(f"menambah {word} {place_id}", f"adds {word} {place_en}", widens=True, narrows=False)
    for word in sorted(old - new):
        yield Change(f"menghapus {word} {place_id}", f"removes {word} {place_en}", widens=False, narrows=True)


def _measures(old: AccessRight, new: AccessRight) -> Iterator[Change]:
    yield from _moved("kuota", "quota", old.quota_per_day, new.quota_per_day)
    yield from _moved("berlaku sampai", "in force until", old.valid_until, new.valid_until)
    yield from _moved("berlaku dari", "in force from", old.valid_from, new.valid_from, more_widens=False)
    for code in sorted(old.verify.keys() & new.verify.keys()):
        was, now = old.verify[code].threshold, new.verify[code].threshold
        yield from _moved(f"ambang {code}", f"threshold of {code}", was, now, more_widens=False)
    yield from _moved("pemberian alasan", "grant of reasons", old.reasons_granted, new.reasons_granted)
    yield from _moved("angka kemiripan", "scores shown", _told(old), _told(new))
    if old.dukcapil and new.dukcapil:
        was_until, now_until = old.dukcapil.until, new.dukcapil.until
        yield from _moved("format Dukcapil sampai", "Dukcapil format until", was_until, now_until)
    if old.hours != new.hours:  # windows may shift: both ways at once
        widens, narrows = bool(old.hours), bool(new.hours)
        yield Change("mengubah jam akses", "changes the hours", widens=widens, narrows=narrows)


def _told(right: AccessRight) -> int:
    """How much of a similarity is shown: kinds of answers between none and all."""
    return {ScoresShown.PASS: 2, ScoresShown.BAND: 11, ScoresShown.EXACT: 101}[right.scores_shown]


def _moved(name_id: str, name_en: str, was: Any, now: Any, *, more_widens: bool = True) -> Iterator[Change]:
    if was == now:
        return
    widens = (now > was) is more_widens
    yield Change(
        f"{name_id} {_shown(was, '.', ('tidak', 'ya'))} → {_shown(now, '.', ('tidak', 'ya'))}",
        f"{name_en} {_shown(was, ',', ('no', 'yes'))} → {_shown(now, ',', ('no', 'yes'))}",
        widens=widens,
        narrows=not widens,
    )


def _shown(value: object, thousands: str, truth: tuple[str, str]) -> str:
    if isinstance(value, bool):
        return truth[value]
    return f"{value:,}".replace(",", thousands) if isinstance(value, int) else str(value)


def _wording(old: AccessRight, new: AccessRight) -> Iterator[Change]:
    """Fields whose text, clause or order changed; what they permit is told by the other changes."""
    before, after = (_words(right) for right in (old, new))
    for field in before:
        if before[field] != after[field]:
            yield Change(
                f"mengubah rumusan {field}", f"changes the wording of {field}", widens=False, narrows=False
            )


def _words(right: AccessRight) -> Mapping[str, Any]:
    return {
        field: getattr(right, field)
        for field in right.__struct_fields__
        if field not in {"number", "quota_per_day", "valid_from", "valid_until", "hours"}
    }
