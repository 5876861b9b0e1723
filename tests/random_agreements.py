"""Agreements by chance: every one compiles, and what it grants is read off its own text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st
from tests.builders import OPERATOR

from hakakses.core.agreements import agreement as paper
from hakakses.core.elements import BY_CODE, Protection
from hakakses.core.rights.ask import Ask, Caller, CallerKind, Method, Mode

CODES = ("NAMA_LGKP", "TGL_LHR", "ALAMAT", "KAB_NAME", "NO_RT", "AGAMA", "NAMA_LGKP_IBU", "DISABILITAS")
PURPOSES = ("A", "B", "C")
NETWORK = "127.0.0.0/8"
OFFICE = paper.Window((1, 2, 3, 4, 5), dt.time(8), dt.time(16))
WEEKEND = paper.Window((6, 7), dt.time(8), dt.time(16))


def _some(values: object) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), min_size=1, unique=True).map(tuple)  # type: ignore[arg-type]


@st.composite
def _elements(draw: st.DrawFn) -> tuple[paper.ElementGrant, ...]:
    return tuple(
        paper.ElementGrant(
            code,
            draw(_some(Mode)),  # type: ignore[arg-type]
            draw(_some(PURPOSES)),
            clause=f"Juknis butir 3.{place}",
            legal_basis="Pasal 84" if BY_CODE[code].protection is Protection.PROTECTED else "",
        )
        for place, code in enumerate(draw(_some(CODES)), 1)
    )


@st.composite
def agreements(draw: st.DrawFn) -> paper.Agreement:
    granted = draw(_elements())
    used = sorted({code for grant in granted for code in grant.purposes})
    hours = draw(st.sampled_from((None, None, (OFFICE,), (OFFICE, WEEKEND), (WEEKEND,))))
    return paper.Agreement(
        number="PKS/1",
        signed=dt.date(2025, 1, 1),
        first_party=paper.FirstParty("Dukcapil", "Direktur Jenderal"),
        second_party=paper.SecondParty("bank", "Bank", paper.Kind.CENTRAL, "bank", "Direktur"),
        period=paper.Period(dt.date(2026, 1, 1), dt.date(2026, 12, 31), "Pasal 9"),
        juknis=paper.Juknis("J/1", dt.date(2025, 1, 2), 1),
        purposes=tuple(
            paper.DeclaredPurpose(code, f"Tujuan {code}", paper.Use.PUBLIC_SERVICE, f"Pasal 2 huruf {code}")
            for code in used
        ),
        methods=tuple(paper.MethodGrant(name, "Pasal 3") for name in draw(_some(Method))),  # type: ignore[arg-type]
        callers=tuple(paper.CallerGrant(kind, "Pasal 4") for kind in draw(_some(CallerKind))),  # type: ignore[arg-type]
        elements=granted,
        quota=paper.Quota(1000, "Pasal 5"),
        networks=paper.Networks((NETWORK,), "Pasal 6"),
        hours=None if hours is None else paper.OpeningHours("Pasal 7", hours),
    )


@st.composite
def asks(draw: st.DrawFn, agreement: paper.Agreement, nik: str) -> Ask:
    """Mostly what the agreement grants, each part now and then something else."""

    def mostly(usual: list[Any], all_of_it: Iterable[Any]) -> Any:
        return draw(st.sampled_from([*usual * 4, *all_of_it]))

    mode, purpose = draw(st.sampled_from(Mode)), mostly([p.code for p in agreement.purposes], (*PURPOSES, ""))
    usual = [g.code for g in agreement.elements if mode in g.modes and purpose in g.purposes]
    codes = {mostly(usual, (*CODES, "NIK", "SIDIK_JARI")) for _ in range(draw(st.integers(0, 4)))}
    return Ask(
        method=mostly([grant.name for grant in agreement.methods], Method),
        mode=mode,
        purpose=purpose,
        nik=nik,
        elements={code: draw(st.sampled_from(("", "7"))) for code in sorted(codes)},
        caller=Caller(
            mostly([grant.kind for grant in agreement.callers], CallerKind), mostly([OPERATOR], [""])
        ),
        address=mostly(["127.0.0.1"], ["192.0.2.1"]),
    )


def granted(agreement: paper.Agreement, ask: Ask, weekday: int) -> frozenset[str]:
    """What the paper lets this ask learn, by its own words; weekday: ISO, at office hours."""
    open_days = {
        day for window in (agreement.hours.windows if agreement.hours else ()) for day in window.days
    }
    if (
        ask.method not in {grant.name for grant in agreement.methods}
        or ask.caller.kind not in {grant.kind for grant in agreement.callers}
        or (ask.caller.kind is CallerKind.OPERATOR and not ask.caller.operator)
        or (agreement.hours is not None and weekday not in open_days)
        or not ask.address.startswith("127.")
    ):
        return frozenset()
    return frozenset(
        grant.code
        for grant in agreement.elements
        if ask.mode in grant.modes and ask.purpose in grant.purposes
    )
