"""``python -m bench [RESIDENTS …]``: measures each size in turn; the first is the one the goals speak of."""

from __future__ import annotations

import shutil
import sys

from bench import ledger, verify
from bench.figures import Figures, keep, show
from bench.place import open_place

DEFAULT = 1_000_000


def measured(residents: int) -> Figures:
    with open_place(residents) as (place, filled):
        wrk = shutil.which("wrk")
        if wrk is None:
            print("verify, ledger: skipped, the load generator wrk is not installed (apt-get install wrk)")
            return filled
        return filled | verify.measure(place, wrk) | ledger.measure(place)


def main() -> None:
    sizes = [int(text) for text in sys.argv[1:]] or [DEFAULT]
    first = measured(sizes[0])
    keep(first)
    show(first, f"hakakses, {sizes[0]:,} residents")
    for size in sizes[1:]:
        found = {f"large.{name}": value for name, value in measured(size).items()}
        found["large.slower_times"] = first["verify.ratio_to_select"] / found["large.verify.ratio_to_select"]
        keep(found)
        show(found, f"hakakses, {size:,} residents")


if __name__ == "__main__":
    main()
