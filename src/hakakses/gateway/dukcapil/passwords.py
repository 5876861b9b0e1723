"""Passwords of the Dukcapil wire format: short, issued, sent with every request.

They are kept as Argon2id hashes, which take tens of milliseconds; so a password that was found right is known for
some minutes by a keyed digest in memory, and a slow hash is made beside the requests, one at a time.
"""

from __future__ import annotations

import asyncio
import hmac
import os
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hakakses.store.batching import Overloaded

KNOWN_FOR = 300.0  # seconds
WRONG_FOR = 60.0  # seconds in which a wrong password costs nothing more
MOST_KNOWN = 10_000
MOST_WAITING = 32  # slow hashes under way or queued, before the worker is full
TRIES_WITHIN = 60.0  # seconds, in which so many different wrong passwords are looked at:
TRIES_OF_ACCOUNT, TRIES_OF_ADDRESS = 5, 30  # for one account from one address; from one address for any
# OWASP's second choice of parameters: 19 MiB, two passes, one lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hash_password(password: str) -> str:
    """An Argon2id hash with its salt and parameters."""
    return _HASHER.hash(password)


def _matches(held: str, password: str) -> bool:
    try:
        return _HASHER.verify(held, password)
    except (VerificationError, InvalidHashError):
        return False


class Passwords:
    """What one worker found out about passwords; a rotated hash is another key, so nothing old is believed."""

    def __init__(self) -> None:
        self._key = os.urandom(32)
        self._known: OrderedDict[bytes, tuple[bool, float]] = OrderedDict()
        self._under_way: dict[bytes, asyncio.Future[bool]] = {}
        self._tries: dict[tuple[str, ...], list[float]] = {}
        self._thread = ThreadPoolExecutor(1, "password")
        # Hashed for an account that is not there, so that the time taken does not tell who is.
        self._nobody = hash_password(os.urandom(16).hex())

    async def right(self, user_id: str, password: str, held: str | None, address: str) -> bool:
        """Whether this is the account's password.  held: its hash, None when there is no such account.

        Raises Overloaded when too many slow hashes wait.
        """
        digest = hmac.digest(self._key, f"{user_id}\0{held}\0{password}".encode(), "sha256")
        now = time.monotonic()
        found = self._known.get(digest)
        if found is not None and found[1] > now:
            return found[0]
        if self._too_many_tries(user_id, address, now):
            return False
        matched = await self._hashed(digest, password, held)
        if not matched:
            for who in ((user_id, address), (address,)):
                self._tries.setdefault(who, []).append(now)
        self._remember(digest, matched)
        return matched

    async def _hashed(self, digest: bytes, password: str, held: str | None) -> bool:
        """The slow comparison, once for all who wait for the same one."""
        under_way = self._under_way.get(digest)
        if under_way is None:
            if len(self._under_way) >= MOST_WAITING:
                raise Overloaded
            loop = asyncio.get_running_loop()
            under_way = loop.run_in_executor(self._thread, _matches, held or self._nobody, password)
            self._under_way[digest] = under_way
            under_way.add_done_callback(lambda _: self._under_way.pop(digest, None))
        return await asyncio.shield(under_way) and held is not None

    def _too_many_tries(self, user_id: str, address: str, now: float) -> bool:
        return (
            self._recent((user_id, address), now) >= TRIES_OF_ACCOUNT
            or self._recent((address,), now) >= TRIES_OF_ADDRESS
        )

    def _recent(self, who: tuple[str, ...], now: float) -> int:
        recent = [at for at in self._tries.get(who, ()) if at > now - TRIES_WITHIN]
        if recent:
            self._tries[who] = recent
        else:
            self._tries.pop(who, None)
        return len(recent)

    def _remember(self, digest: bytes, matched: bool) -> None:
        now = time.monotonic()
        self._known[digest] = (matched, now + (KNOWN_FOR if matched else WRONG_FOR))
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        if len(self._tries) > MOST_KNOWN:
            self._tries.clear()
