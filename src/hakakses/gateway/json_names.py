"""Whether a name stands twice in one JSON object (RFC 7493 §2.3): programs differ in which of the two they take."""

from __future__ import annotations

import json
from typing import Any


class _Twice(Exception):
    """A name stands twice in one object."""


def given_twice(body: bytes, strings: int) -> str | None:
    """A name that stands twice; None when none does.  The name may be a value in disguise: show it to nobody.

    strings: JSON strings that the decoded body came from.  Neither a name given twice nor an escaped quote can
    lower the count of quotes, so an equal one proves there is none.
    """
    if body.count(b'"') == 2 * strings:
        return None
    try:
        json.loads(body, object_pairs_hook=_distinct)
    except _Twice as twice:
        return str(twice)
    return None


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _Twice(name)
        found[name] = value
    return found
