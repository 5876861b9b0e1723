"""hakakses operator: the named persons who may ask under an agreement.  Exit codes as in hakakses.cli.owner."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from hakakses.cli.owner import BAD_INPUT, as_owner, leave, tell
from hakakses.store import registrations

app = typer.Typer(no_args_is_help=True, help="Register operators and switch them on and off.")
LONGEST = 64  # characters of an id, as an ask may name it
_AGREEMENT = Annotated[str, typer.Argument(help="The agreement's number.")]
_ID = Annotated[str, typer.Argument(help="The operator's id, as asks name it.")]
_JSON = Annotated[bool, typer.Option("--json", help="For programs.")]


@app.command()
def add(
    agreement: _AGREEMENT,
    operator: _ID,
    name: Annotated[str, typer.Option(prompt=True, help="The person's name.")],
    as_json: _JSON = False,
) -> None:
    """Register a person who may ask."""
    if not (operator.strip() and operator.isprintable() and len(operator) <= LONGEST and name.strip()):
        sentence = (
            f"id paling panjang {LONGEST} karakter dan nama tidak kosong"
            f" / an id of at most {LONGEST} characters, and a name"
        )
        leave(BAD_INPUT, "bad_operator", sentence, as_json=as_json)

    def change(connection: Any) -> Any:
        return registrations.add_operator(connection, agreement, operator, name.strip())

    as_owner(change, as_json=as_json)
    _tell_state(agreement, operator, active=True, as_json=as_json)


@app.command()
def disable(agreement: _AGREEMENT, operator: _ID, as_json: _JSON = False) -> None:
    """Refuse an operator's asks within a second."""
    _switch(agreement, operator, active=False, as_json=as_json)


@app.command()
def enable(agreement: _AGREEMENT, operator: _ID, as_json: _JSON = False) -> None:
    """Let a disabled operator ask again."""
    _switch(agreement, operator, active=True, as_json=as_json)


@app.command("list")
def show(
    agreement: Annotated[str, typer.Argument(help="The agreement's number; left out, all.")] = "",
    as_json: _JSON = False,
) -> None:
    """Show operators."""
    listed = as_owner(lambda connection: registrations.list_operators(connection, agreement), as_json=as_json)
    lines = (f"{one.agreement}  {one.id}  {_state(active=one.active)}  {one.name}" for one in listed)
    tell(listed, "\n".join(lines), as_json=as_json)


def _switch(agreement: str, operator: str, *, active: bool, as_json: bool) -> None:
    def change(connection: Any) -> Any:
        return registrations.switch_operator(connection, agreement, operator, active=active)

    as_owner(change, as_json=as_json)
    _tell_state(agreement, operator, active=active, as_json=as_json)


def _tell_state(agreement: str, operator: str, *, active: bool, as_json: bool) -> None:
    value = {"agreement": agreement, "operator": operator, "active": active}
    tell(value, f"{agreement}: {operator}: {_state(active=active)}", as_json=as_json)


def _state(*, active: bool) -> str:
    return "aktif / active" if active else "nonaktif / disabled"
