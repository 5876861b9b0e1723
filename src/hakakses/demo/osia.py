"""What the demonstration tells of the OSIA doors: a client that may use every operation that is ever granted."""

from __future__ import annotations

from collections.abc import Iterable

from hakakses.core.rights.ask import Mode
from hakakses.core.rights.right import AccessRight
from hakakses.demo.demo_json import DemoClient, DemoOsia

CLIENT = "rsud-contoh"


def token_command(client: DemoClient, token_url: str) -> str:
    """A shell's command that prints an access token."""
    return (
        f"curl -s -u {client.id}:{client.secret} -d grant_type=client_credentials {token_url}"
        """ | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/'"""
    )


def osia_doors(
    base_url: str,
    token_url: str,
    rights: Iterable[AccessRight],
    clients: Iterable[DemoClient],
    resident: dict[str, str],
) -> DemoOsia | None:
    """resident: one whose values match.  None where the agreements lack the client's own."""
    right = next((one for one in rights if one.institution.id == CLIENT and one.osia), None)
    client = next((one for one in clients if one.id == CLIENT), None)
    if right is None or client is None or right.osia is None:
        return None
    granted = sorted(right.purposes[right.osia.purpose].verify)
    return DemoOsia(
        dataaccess_url=f"{base_url}/osia/dataaccess",
        thirdparty_url=f"{base_url}/osia/thirdparty",
        client=client.id,
        token_command=token_command(client, token_url),
        nik=resident["NIK"],
        attributes={code: resident[code] for code in granted},
        sets=[name for name, one in right.sets.items() if one.mode is Mode.READ],
    )
