"""What a token may be used for at doors that speak of scopes: those of OSIA 7.1, as its documents name them."""

from __future__ import annotations

from hakakses.core.rights.ask import Mode
from hakakses.core.rights.right import AccessRight

_VERIFYING = ("pr.person.match", "cr.person.match", "pr.person.verify", "cr.person.verify", "id.verify")
_READING = ("pr.person.read", "cr.person.read", "id.read")


def granted_scopes(right: AccessRight) -> frozenset[str]:
    """Every scope that the agreement gives; none where it does not open the OSIA door."""
    if right.osia is None:
        return frozenset()
    purpose = right.purposes.get(right.osia.purpose)
    scopes: set[str] = set()
    if purpose is not None and purpose.verify:
        scopes.update(_VERIFYING)
    if purpose is not None and purpose.read:
        scopes.update(_READING)
    scopes.update(f"id.{name}.read" for name, one in right.sets.items() if one.mode is Mode.READ)
    return frozenset(scopes)
