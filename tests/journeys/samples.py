"""The sample clients, as an institution would run them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).parents[2]
CLIENTS = ROOT / "examples" / "clients"


class Sample(msgspec.Struct, frozen=True):
    """program: what must be installed to run it."""

    name: str
    program: str
    arguments: tuple[str, ...]
    shown: str

    def run(self, ask: Path) -> subprocess.CompletedProcess[str]:
        program = sys.executable if self.program == "python3" else self.program
        return subprocess.run(
            [program, *self.arguments, str(ask)],
            cwd=CLIENTS,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


SAMPLES = (
    Sample("curl", "sh", ("curl/verify.sh",), "sh verify.sh ask.json"),
    Sample("python", "python3", ("python/verify.py",), "python3 verify.py ask.json"),
    Sample("python-client", "python3", ("python/with_client.py",), "python3 with_client.py ask.json"),
    Sample("php", "php", ("php/verify.php",), "php verify.php ask.json"),
    Sample("java", "java", ("java/Verify.java",), "java Verify.java ask.json"),
    Sample("javascript", "node", ("javascript/verify.mjs",), "node verify.mjs ask.json"),
)
ALSO_NEEDED = {"curl": ("curl", "jq")}


def write_ask(
    folder: Path, demo: Any, outcome: str, *, key: str, by_key: bool = False, **changes: Any
) -> Path:
    """The file that a sample reads, about a resident of the demonstration."""
    client = next(found for found in demo["clients"] if ("key_file" in found) is by_key)
    resident = next(found for found in demo["residents"] if found["outcome"] == outcome)
    elements = {code: resident[code] for code in client["elements"] if code in ("NAMA_LGKP", "TGL_LHR")}
    operator = {"kind": "operator", "operator": client["operators"][0]}
    caller = operator if "operator" in client["callers"] else {"kind": "machine"}
    ask = {
        "nik": resident["NIK"],
        "purpose": changes.pop("purpose", client["purpose"]),
        "elements": elements,
        "caller": caller,
    }
    given = {
        "base_url": demo["base_url"],
        "client_id": client["id"],
        **({"key_file": client["key_file"]} if by_key else {"client_secret": client["secret"]}),
        "key": key,
        "ask": ask,
        **changes,
    }
    path = folder / f"{key}.json"
    path.write_text(json.dumps(given), encoding="utf-8")
    path.chmod(0o600)
    return path


def masked(text: str) -> str:
    """What differs from one run to the next, covered."""
    return re.sub(r"(receipt:) [0-9]+", r"\1 …", text)
