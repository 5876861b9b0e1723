"""hakakses client: programs that may call for an institution, and their keys.

Keys come from files alone; exit codes as in hakakses.cli.owner.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hakakses.cli.key_files import KeyFileError, read_public_key
from hakakses.cli.owner import BAD_INPUT, as_owner, leave, read_networks, tell
from hakakses.core.rights.ask import CallerKind
from hakakses.core.thumbprints import thumbprint
from hakakses.store import registrations
from hakakses.store.registrations import ListedClient
from hakakses.store.rights import Bound, Registration

app = typer.Typer(no_args_is_help=True, help="Register clients and change their keys.")
LONGEST = 64  # characters of an id
_ID = Annotated[str, typer.Argument(help="The client's id.")]
_KEY = Annotated[Path, typer.Option("--key", help="File of a public key: PEM or JWK, P-256 or Ed25519.")]
_JSON = Annotated[bool, typer.Option("--json", help="For programs.")]


@app.command()
def register(
    client: _ID,
    agreement: Annotated[str, typer.Option(help="Number of the agreement that it calls under.")],
    network: Annotated[list[str], typer.Option(help="Addresses it is bound to (CIDR); may be repeated.")],
    key: _KEY,
    caller: Annotated[list[CallerKind] | None, typer.Option(help="For whom it may speak; else both.")] = None,
    bound: Annotated[Bound | None, typer.Option(help="To what each of its tokens must be bound.")] = None,
    as_json: _JSON = False,
) -> None:
    """Let a new client call."""
    if not (client.strip() and client.isprintable() and len(client) <= LONGEST):
        sentence = f"id paling panjang {LONGEST} karakter / an id of at most {LONGEST} characters"
        leave(BAD_INPUT, "bad_client", sentence, as_json=as_json)
    jwk, networks = _read_key(key, as_json=as_json), read_networks(network, "--network", as_json=as_json)
    callers = tuple(caller or CallerKind)
    made = Registration(client, agreement, networks, callers, public_keys={"keys": [jwk]}, bound=bound)
    as_owner(lambda connection: registrations.register_client(connection, made), as_json=as_json)
    _tell_key("terdaftar / registered", client, thumbprint(jwk), as_json=as_json)


@app.command()
def add_key(client: _ID, key: _KEY, as_json: _JSON = False) -> None:
    """Give a client its second key; both are valid until one is retired."""
    jwk = _read_key(key, as_json=as_json)
    name = as_owner(lambda connection: registrations.add_key(connection, client, jwk), as_json=as_json)
    _tell_key("kunci ditambahkan / key added", client, name, as_json=as_json)


@app.command()
def retire_key(
    client: _ID,
    name: Annotated[str, typer.Argument(help="The key's name, as `list` shows it.")],
    as_json: _JSON = False,
) -> None:
    """Take a key away: the tokens that it proved end within a second, and it never comes back."""
    as_owner(lambda connection: registrations.retire_key(connection, client, name), as_json=as_json)
    _tell_key("kunci dicabut / key retired", client, name, as_json=as_json)


@app.command("list")
def show(as_json: _JSON = False) -> None:
    """Show all clients with the names of their keys."""
    listed = as_owner(registrations.list_clients, as_json=as_json)
    tell(listed, "\n".join(map(_line, listed)), as_json=as_json)


@app.command()
def disable(client: _ID, as_json: _JSON = False) -> None:
    """Refuse a client and all its tokens within a second."""
    _switch(client, active=False, as_json=as_json)


@app.command()
def enable(client: _ID, as_json: _JSON = False) -> None:
    """Let a disabled client call again, with new tokens."""
    _switch(client, active=True, as_json=as_json)


def _switch(client: str, *, active: bool, as_json: bool) -> None:
    def change(connection: Any) -> Any:
        return registrations.switch_client(connection, client, active=active)

    as_owner(change, as_json=as_json)
    state = "aktif / active" if active else "nonaktif / disabled"
    tell({"client": client, "active": active}, f"{client}: {state}", as_json=as_json)


def _line(one: ListedClient) -> str:
    state = "aktif / active" if one.active else "nonaktif / disabled"
    keys = ", ".join(one.keys) or ("rahasia / secret" if one.sandbox else "-")
    bound = f"  [{one.bound.value}]" if one.bound else ""
    return f"{one.id}  {one.agreement}  {state}{bound}  {', '.join(one.networks)}  {keys}"


def _tell_key(what: str, client: str, key: str, *, as_json: bool) -> None:
    tell({"client": client, "key": key}, f"{client}: {what}: {key}", as_json=as_json)


def _read_key(path: Path, *, as_json: bool) -> dict[str, Any]:
    try:
        return read_public_key(path)
    except KeyFileError as fault:
        leave(BAD_INPUT, "bad_key_file", str(fault), as_json=as_json)
