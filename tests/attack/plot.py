"""The floors table as a picture: what an agreement's floor gives a guesser of three tries."""

from __future__ import annotations

import re

_ROW = re.compile(r"\| (\d+) \| ([\d.]+) % \| ([\d.]+) % \|")
_LEFT, _TALL, _SCALE = 60, 20, 4.5
_COLOURS = {"SESUAI": "#7a9cc6", "known": "#b3423a"}


def plot(table: str) -> str:
    """An SVG of two bars for each row of the floors table."""
    bars = []
    rows = _ROW.findall(table)
    for n, (floor, *shares) in enumerate(rows):
        top = 30 + n * 3 * _TALL
        bars.append(f'<text x="{_LEFT - 8}" y="{top + 20}" text-anchor="end">{floor}</text>')
        for at, ((name, colour), share) in enumerate(zip(_COLOURS.items(), shares, strict=True)):
            y, width = top + at * _TALL, float(share) * _SCALE
            bars.append(
                f'<rect x="{_LEFT}" y="{y}" width="{width:.1f}" height="{_TALL - 2}" fill="{colour}"/>'
            )
            bars.append(f'<text x="{_LEFT + width + 6:.1f}" y="{y + 14}">{name} {share} %</text>')
    height = 30 + len(rows) * 3 * _TALL
    title = "Mother's name within three tries, by the agreement's floor"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 560 {height}" font-family="sans-serif"'
        f' font-size="12"><title>{title}</title><text x="8" y="18">{title}</text>{"".join(bars)}</svg>\n'
    )
