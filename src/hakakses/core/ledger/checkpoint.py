"""Signed tree heads: C2SP tlog-checkpoint in a signed note, under Ed25519."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hakakses.core.ledger.tree import EMPTY_ROOT, HASH_BYTES, LARGEST_SIZE

_ED25519 = b"\x01"
_ID_BYTES = 4
_NAME = re.compile(r"[!-*,-~]+")  # printable ASCII without blank or plus
_SIZE = re.compile(r"0|[1-9][0-9]{0,19}")
_SIGNATURE = re.compile(r"— ([!-*,-~]+) ([A-Za-z0-9+/]+={0,2})")
_BODY_LINES = 3


class CheckpointError(ValueError):
    """A checkpoint or key cannot be read, or its signature does not hold."""


class Checkpoint(msgspec.Struct, frozen=True):
    origin: str
    size: int
    root: bytes

    @property
    def body(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


class VerifierKey(msgspec.Struct, frozen=True):
    """Who signs: ``name+id+key`` as text.  name: also the log's origin."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_ID_BYTES]

    @property
    def text(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"


class SigningKey(msgspec.Struct, frozen=True):
    name: str
    seed: bytes

    @property
    def verifier(self) -> VerifierKey:
        return VerifierKey(
            self.name, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        )


def _exact_base64(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise CheckpointError("a value is not base64") from None
    if base64.b64encode(data).decode() != text:
        raise CheckpointError("a value is not canonical base64")
    return data


def parse_vkey(text: str) -> VerifierKey:
    """The key of a vkey text; its id must belong to it."""
    parts = text.removesuffix("\n").split("+", 2)
    if len(parts) != _BODY_LINES or not _NAME.fullmatch(parts[0]):
        raise CheckpointError("the verifier key is not name+id+key")
    data = _exact_base64(parts[2])
    if data[:1] != _ED25519 or len(data) != 1 + HASH_BYTES:
        raise CheckpointError("the verifier key is not Ed25519")
    key = VerifierKey(parts[0], data[1:])
    if parts[1] != key.key_id.hex():
        raise CheckpointError("the verifier key does not belong to its id")
    return key


def sign_note(body: str, key: SigningKey) -> str:
    """A text of whole lines as a signed note."""
    signature = Ed25519PrivateKey.from_private_bytes(key.seed).sign(body.encode())
    blob = base64.b64encode(key.verifier.key_id + signature).decode()
    return f"{body}\n— {key.name} {blob}\n"


def open_note(text: str, key: VerifierKey) -> str:
    """The lines of a note once this key's signature holds; signatures of others are passed over."""
    body, signatures = _split_note(text)
    ours = [blob for name, blob in signatures if name == key.name and blob[:_ID_BYTES] == key.key_id]
    if len(ours) != 1:
        raise CheckpointError("the note is not signed once by this key")
    try:
        public = Ed25519PublicKey.from_public_bytes(key.public)
        public.verify(ours[0][_ID_BYTES:], body.encode())
    except InvalidSignature:
        raise CheckpointError("the note's signature does not hold") from None
    return body


def sign_checkpoint(checkpoint: Checkpoint, key: SigningKey) -> str:
    """The signed note, ready to publish."""
    return sign_note(checkpoint.body, key)


def parse_checkpoint(text: str) -> Checkpoint:
    """What a signed checkpoint says, its signature unchecked."""
    return _parse_body(_split_note(text)[0])


def open_checkpoint(text: str, key: VerifierKey) -> Checkpoint:
    """What a checkpoint of this key's own log says once its signature holds."""
    checkpoint = _parse_body(open_note(text, key))
    if checkpoint.origin != key.name:
        raise CheckpointError("the checkpoint is not of this key's log")
    return checkpoint


def _split_note(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    body, blank, tail = text.rpartition("\n\n")
    if not blank or not tail.endswith("\n"):
        raise CheckpointError("the text is not a signed note")
    signatures = []
    for line in tail[:-1].split("\n"):
        found = _SIGNATURE.fullmatch(line)
        if not found:
            raise CheckpointError("a signature line cannot be read")
        signatures.append((found[1], _exact_base64(found[2])))
    return f"{body}\n", signatures


def _parse_body(body: str) -> Checkpoint:
    lines = body[:-1].split("\n")
    if len(lines) != _BODY_LINES or not _NAME.fullmatch(lines[0]) or not _SIZE.fullmatch(lines[1]):
        raise CheckpointError("the checkpoint is not origin, size and root")
    size, root = int(lines[1]), _exact_base64(lines[2])
    if size > LARGEST_SIZE or len(root) != HASH_BYTES:
        raise CheckpointError("the checkpoint's size or root is out of range")
    if size == 0 and root != EMPTY_ROOT:
        raise CheckpointError("an empty log has the empty root")
    return Checkpoint(lines[0], size, root)
