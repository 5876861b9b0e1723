"""Tiles and bundles have one length and one name each."""

from __future__ import annotations

import pytest

from hakakses.core.ledger.tiles import (
    ENTRIES,
    Tile,
    TileError,
    TileMissing,
    decode_bundle,
    encode_bundle,
    split_hashes,
    tile_at,
)

LONGEST = bytes(65_535)


@pytest.mark.parametrize("entries", [[], [b""], [b"a", b"", b"bc"], [LONGEST], [LONGEST, b"a", LONGEST]])
def test_a_bundle_gives_back_its_entries(entries):
    assert decode_bundle(encode_bundle(entries)) == entries


def test_an_entry_longer_than_its_length_can_say_is_refused():
    with pytest.raises(TileError):
        encode_bundle([LONGEST + b"a"])


@pytest.mark.parametrize("cut", [1, 2, 65_535, 65_536])
def test_a_bundle_that_is_cut_short_is_refused(cut):
    with pytest.raises(TileError):
        decode_bundle(encode_bundle([b"a", LONGEST])[:-cut])


@pytest.mark.parametrize("length", [0, 31, 63, 65, 96])
def test_a_tile_of_another_length_is_refused(length):
    with pytest.raises(TileError):
        split_hashes(bytes(length), 2)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(1, 1234067), "tile/1/x001/x234/067"),
        (Tile(ENTRIES, 999, 5), "tile/entries/999.p/5"),
        (Tile(7, 0, 255), "tile/7/000.p/255"),
        (tile_at(7, 0, 2**64 - 1), "tile/7/000.p/255"),
        (tile_at(0, 2**56 - 1, 2**64 - 1), "tile/0/x072/x057/x594/x037/x927/935.p/255"),
    ],
)
def test_a_tile_is_named_as_the_standard_says(tile, path):
    assert tile.path == path


def test_a_log_has_no_tile_beyond_its_size():
    with pytest.raises(TileMissing):
        tile_at(1, 0, 255)
