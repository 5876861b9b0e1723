"""Setting up a home that an earlier version made."""

from __future__ import annotations

import json

import msgspec
from tests.conftest import Database

from hakakses.cli.setup import prepare
from hakakses.store import keys
from hakakses.store.keys import KeyName


def test_an_older_home_gets_the_key_that_it_lacks(database: Database) -> None:
    path = database.settings.keys_dir / "register.json"
    text = json.loads(path.read_text())
    del text["keys"]["feedback"]
    path.write_text(json.dumps(text))
    for _ in range(2):
        prepare(msgspec.structs.replace(database.settings, dsn=database.dsn))
        made = json.loads(path.read_text())["keys"]
        assert {name: key for name, key in made.items() if name != "feedback"} == text["keys"]
        assert len(keys.load(path).root(KeyName.FEEDBACK)) == keys.KEY_BYTES
