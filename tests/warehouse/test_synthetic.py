"""The invented population is believable, repeatable and shows every outcome."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from hakakses.core.nik import Nik, disagreements, parse_nik
from hakakses.warehouse import synthetic
from hakakses.warehouse.synthetic import FileFormat, Plan, make_block, write_population

PLAN = Plan(3_000, 7, date(2026, 6, 30))


@pytest.fixture(scope="module")
def people():
    return make_block(PLAN, 0).to_pylist()


@pytest.mark.parametrize("file_format", list(FileFormat))
def test_the_same_seed_gives_the_same_bytes_in_any_number_of_processes(tmp_path, monkeypatch, file_format):
    plan = Plan(synthetic.BLOCK + 50, 3, date(2026, 6, 30), file_format)
    one, two = tmp_path / "one", tmp_path / "two"
    write_population(plan, one, processes=1)
    write_population(plan, two, processes=2)
    assert one.read_bytes() == two.read_bytes()


def test_another_seed_gives_other_people(people):
    assert make_block(Plan(3_000, 8, PLAN.as_of), 0).to_pylist() != people


def test_every_number_is_valid_unique_and_agrees_with_the_row(people):
    assert len({row["NIK"] for row in people}) == len(people)
    for row in people:
        nik = parse_nik(row["NIK"])
        assert isinstance(nik, Nik)
        assert disagreements(nik, row["TGL_LHR"], female=row["JENIS_KLMIN"] == "PEREMPUAN") == ()


def test_numbers_do_not_meet_between_blocks_that_share_districts():
    plan = Plan(synthetic.BLOCK * 30, 1, PLAN.as_of)
    first, second = (make_block(plan, number) for number in (0, 29))
    for column in ("NIK", "NO_KK"):
        assert not set(first[column].to_pylist()) & set(second[column].to_pylist())


def test_families_are_of_a_believable_size_with_one_head_in_one_place(people):
    families = {}
    for row in people:
        families.setdefault(row["NO_KK"], []).append(row)
    families.popitem()  # the end of the file may have cut it
    sizes = [len(members) for members in families.values()]
    assert 2.5 < sum(sizes) / len(sizes) < 4
    assert max(sizes) < 12
    for members in families.values():
        assert sum(row["STAT_HBKEL"] == "KEPALA KELUARGA" for row in members) == 1
        assert (
            len(
                {
                    (row["NO_PROP"], row["NO_KAB"], row["NO_KEC"], row["NO_KEL"], row["ALAMAT"])
                    for row in members
                }
            )
            == 1
        )


def test_parents_named_by_number_are_in_the_file_and_older(people):
    by_nik = {row["NIK"]: row for row in people}
    children = [row for row in people if row["NIK_IBU"]]
    assert children
    for row in children:
        mother = by_nik[row["NIK_IBU"]]
        assert mother["NAMA_LGKP"] == row["NAMA_LGKP_IBU"]
        assert mother["JENIS_KLMIN"] == "PEREMPUAN"
        assert mother["NO_KK"] == row["NO_KK"]
        assert int(row["TGL_LHR"][:4]) - int(mother["TGL_LHR"][:4]) >= 15


@pytest.mark.parametrize("residents", [60, 500])
@pytest.mark.parametrize("seed", range(5))
def test_the_first_sixty_show_every_outcome(residents, seed):
    shown = make_block(Plan(residents, seed, PLAN.as_of), 0).slice(0, 60).to_pylist()
    states = Counter(row["STATUS_PENDUDUK"] for row in shown)
    assert min(states[name] for name in ("AKTIF", "MENINGGAL", "GANDA", "NONAKTIF")) >= 2
    assert sum(" " not in row["NAMA_LGKP"] for row in shown) >= 2
    assert sum(row["NAMA_LGKP"].startswith(("M. ", "MUH", "MOH")) for row in shown) >= 2
    moved = [
        row
        for row in shown
        if not row["NIK"].startswith(f"{row['NO_PROP']}{int(row['NO_KAB']):02d}{int(row['NO_KEC']):02d}")
    ]
    assert len(moved) >= 2


def test_children_are_not_married_and_do_not_work(people):
    for row in people:
        if row["TGL_LHR"] > "2012":
            assert row["STATUS_KAWIN"] == "BELUM KAWIN"
            assert row["JENIS_PKRJN"] in ("BELUM/TIDAK BEKERJA", "PELAJAR/MAHASISWA")
