"""hakakses account: credentials of the Dukcapil wire format, for programs that already run.

The password is made here and shown once; the database keeps a slow hash.  Exit codes as in hakakses.cli.owner.
"""

from __future__ import annotations

import secrets
from typing import Annotated

import typer

from hakakses.cli.owner import BAD_INPUT, as_owner, leave, read_networks, tell
from hakakses.gateway.dukcapil.passwords import hash_password
from hakakses.store import registrations
from hakakses.store.rights import Account, Registration

app = typer.Typer(no_args_is_help=True, help="Issue accounts of the Dukcapil wire format.")
PASSWORD_BYTES = 9  # twelve characters: short enough for the field's programs, too long to be tried
LONGEST = 64  # characters of a USER_ID
_USER_ID = Annotated[str, typer.Argument(help="The account's USER_ID.")]
_JSON = Annotated[bool, typer.Option("--json", help="For programs.")]


@app.command()
def issue(
    user_id: _USER_ID,
    agreement: Annotated[str, typer.Option(help="Number of the agreement that it asks under.")],
    network: Annotated[
        list[str], typer.Option(help="Real addresses it is bound to (CIDR); may be repeated.")
    ],
    declared: Annotated[
        list[str] | None, typer.Option(help="What IP_USER may say (CIDR); none: it may be left out.")
    ] = None,
    as_json: _JSON = False,
) -> None:
    """Let an institution's program ask, and print its password once."""
    if not (user_id.strip() and user_id.isprintable() and len(user_id) <= LONGEST):
        sentence = f"USER_ID paling panjang {LONGEST} karakter / a USER_ID of at most {LONGEST} characters"
        leave(BAD_INPUT, "bad_user_id", sentence, as_json=as_json)
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    networks = read_networks(network, "--network", as_json=as_json)
    account = Account(
        user_id, hash_password(password), read_networks(declared or [], "--declared", as_json=as_json)
    )
    made = Registration(f"dukcapil:{user_id}", agreement, networks, account=account)
    as_owner(lambda connection: registrations.register_client(connection, made), as_json=as_json)
    _tell(user_id, password, as_json=as_json)


@app.command()
def rotate(user_id: _USER_ID, as_json: _JSON = False) -> None:
    """Give an account a new password; the old one ends within a second."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    hashed = hash_password(password)
    as_owner(lambda connection: registrations.rotate_password(connection, user_id, hashed), as_json=as_json)
    _tell(user_id, password, as_json=as_json)


def _tell(user_id: str, password: str, *, as_json: bool) -> None:
    told = {"user_id": user_id, "password": password}
    tell(told, f"USER_ID {user_id}\nPASSWORD {password}", as_json=as_json)
