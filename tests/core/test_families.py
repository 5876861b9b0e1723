"""Who is on a family card, and in which order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import a_card, a_nik, a_resident

from hakakses.core.families import MOST_MEMBERS, members
from hakakses.core.residents import Resident, ResidentStatus


def _member(serial: int, relation: str = "ANAK", born: str = "2001-02-03", card: int = 1) -> Resident:
    return a_resident(NIK=a_nik(serial), NO_KK=a_card(card), STAT_HBKEL=relation, TGL_LHR=born)


ELDER, HEAD = _member(4, "ORANG TUA", "1950-01-01"), _member(3, "Kepala  Keluarga", "1980-05-05")
TWINS, YOUNGEST = (_member(1), _member(2)), _member(5, born="2010-10-10")
IN_ORDER = [HEAD, ELDER, *TWINS, YOUNGEST]


@given(st.permutations(IN_ORDER), st.lists(st.integers(2, 9), max_size=3))
def test_the_head_comes_first_then_as_born_and_nobody_of_another_card(
    found: list[Resident], cards: list[int]
) -> None:
    others = [_member(20 + place, card=card) for place, card in enumerate(cards)]
    assert members(a_card(), [*others, *found]) == tuple(one.values[1] for one in IN_ORDER)


@pytest.mark.parametrize("status", list(ResidentStatus))
def test_members_are_told_whatever_their_state(status: ResidentStatus) -> None:
    assert members(a_card(), [a_resident(status, NO_KK=a_card())]) == (a_nik(),)


def test_who_has_no_card_shares_none() -> None:
    assert members("", [a_resident(), a_resident(NIK=a_nik(2))]) == ()


def test_a_number_that_more_share_than_a_family_can_be_is_nobodys() -> None:
    crowd = [_member(serial) for serial in range(1, MOST_MEMBERS + 2)]
    assert len(members(a_card(), crowd[:-1])) == MOST_MEMBERS
    assert members(a_card(), crowd) == ()
