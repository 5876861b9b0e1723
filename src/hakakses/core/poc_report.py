"""The report of a proof of concept: the same text whenever the same demands were met by the same calls."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from hakakses.core.poc import Item, complete
from hakakses.core.rights.decision import ZONE
from hakakses.core.rights.right import AccessRight, fingerprint

_HEAD = """\
# Laporan uji konsep (Proof of concept report)

| | |
|---|---|
| Perjanjian / Agreement | {agreement} |
| Lembaga / Institution | {institution} |
| Hak akses / Access right | {version}, `{fingerprint}` |
| Hasil / Result | {result} |

Dihitung dari panggilan yang benar-benar dilakukan di ruang uji; penduduknya rekaan. Nomor entri menunjuk catatan
akses ruang uji. / Computed from the calls really made in the sandbox, whose residents are invented. Entry numbers
point into the sandbox's access log.

| | Butir / Item | Waktu / When (WIB) | Entri / Entries |
|---|---|---|---|
"""
_PASSED = "lengkap / complete"
_OPEN = "belum lengkap / incomplete: {done} / {total}"


def report(right: AccessRight, items: Sequence[Item]) -> str:
    """The document, as Markdown.  right: as the sandbox has it."""
    done = sum(item.done for item in items)
    head = _HEAD.format(
        agreement=_cell(right.agreement),
        institution=_cell(right.institution.name),
        version=right.version,
        fingerprint=fingerprint(right),
        result=_PASSED if complete(items) else _OPEN.format(done=done, total=len(items)),
    )
    return head + "".join(map(_line, items))


def digest(document: str) -> str:
    """SHA-256 in hex: what the pass keeps of the report, as the database computes it too."""
    return hashlib.sha256(document.encode()).hexdigest()


def when(at: dt.datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"


def _line(item: Item) -> str:
    missing = f" ({', '.join(item.missing)})" if item.missing else ""
    text = f"{item.text_id}{missing} / {item.text_en}"
    mark = "☑" if item.done else "☐"
    return f"| {mark} | {_cell(text)} | {when(item.at)} | {', '.join(map(str, item.entries))} |\n"


def _cell(text: str) -> str:
    """A text from an agreement must not end its cell."""
    return " ".join(text.replace("|", "\\|").split())
