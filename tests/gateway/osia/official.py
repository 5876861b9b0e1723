"""OSIA's own documents, where they are present, narrowed in memory to what the door promises beyond them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import schemathesis

from hakakses.gateway.native import PRINTABLE

ROOT = Path(__file__).parents[3]
# The one thing that a machine cannot be asked to have: OSIA's licence is not ours to hand on with changes.
ABSENT = "skipped: official yaml not present"
NEVER_OFFERED = {"readDocument", "identify", "readIdentifyResult"}
NOT_OFFERED = {*NEVER_OFFERED, "queryPersonList"}  # to the client of these tests
DATA, THIRD = "dataaccess.yaml", "3rdparty.yaml"
_NIK = {"format": "nik"}
_PARAMETERS: dict[str, dict[str, Any]] = {
    "uin": _NIK,
    "identifier": _NIK,
    "identifierType": {"enum": ["uin", "nik"]},
    "transactionId": {"minLength": 1, "maxLength": 128, "pattern": PRINTABLE},
    "attributeNames": {"minItems": 1},
    "attributeSetName": {"enum": ["BACA"]},
}
_BODIES: dict[str, dict[str, dict[str, Any]]] = {
    DATA: {"Attributes": {"minProperties": 1}, "Expressions": {"minItems": 1}},
    THIRD: {
        "BiographicData": {"minProperties": 1},
        "AttributeSet": {"required": ["biographicData"]},
        "OutputAttributeSet": {"required": ["outputBiographicData"]},
    },
}


def folder() -> Path | None:
    """The folder that HAKAKSES_OSIA_DIR names, or the nearest shared/osia beside a folder above this repository."""
    named = os.environ.get("HAKAKSES_OSIA_DIR")
    places = [Path(named)] if named else [above / "shared" / "osia" for above in ROOT.parents]
    return next((place for place in places if (place / DATA).is_file() and (place / THIRD).is_file()), None)


needs_official = [
    pytest.mark.may_be_absent,
    pytest.mark.skipif(folder() is None, reason=ABSENT),
]


def load(name: str) -> Any:
    """A document as published, but with its statuses as texts: YAML reads them as numbers."""
    found = folder()
    assert found is not None
    return schemathesis.openapi.from_path(found / name).raw_schema


def narrowed(name: str) -> Any:
    """A document whose promises the door keeps.

    An empty question is no question: to OSIA its answer is "all match" or "true", so the door refuses a body
    that is missing or empty, which the documents let pass.  A NIK is a NIK, a transaction has an identifier.
    """
    document = load(name)
    for path in document["paths"].values():
        for operation in path.values():
            if "requestBody" in operation:
                operation["requestBody"]["required"] = True
            for parameter in operation.get("parameters", ()):
                if parameter["name"] in _PARAMETERS:
                    parameter["schema"].update(_PARAMETERS[parameter["name"]])
                    parameter.pop("example", None)
                    parameter["schema"].pop("example", None)
    for component, limits in _BODIES[name].items():
        document["components"]["schemas"][component].update(limits)
    if name == THIRD:
        wanted = document["components"]["schemas"]["OutputAttributeSet"]["properties"]["outputBiographicData"]
        wanted["minItems"] = 1
    return document
