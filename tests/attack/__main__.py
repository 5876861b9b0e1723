"""``python -m tests.attack`` prints every table of the guesser's figures; the same in every run."""

from __future__ import annotations

import sys

from tests.attack.tables import TABLES

for name in sys.argv[1:] or TABLES:
    print(f"<!-- {name} -->\n{TABLES[name]()}\n", flush=True)  # noqa: T201
