"""Whether a network address is among registered ones."""

from __future__ import annotations

import ipaddress
from functools import lru_cache


@lru_cache(maxsize=16_384)
def registered(networks: tuple[str, ...], address: str) -> bool:
    """networks: CIDR texts.  address: as text; what is no address is in none."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in ipaddress.ip_network(network) for network in networks)
