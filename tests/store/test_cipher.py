"""What the register's keys promise."""

from __future__ import annotations

import hmac
import os

import msgspec
import pytest
from cryptography.exceptions import InvalidTag
from tests.builders import a_card, a_nik, a_resident

from hakakses.core.residents import ResidentStatus
from hakakses.store.cipher import NO_SALT, SALT_BYTES, TAG_BYTES, RegisterCipher, plain_text
from hakakses.store.keys import KEY_BYTES, KeyName, Keystore

KEYS = {name: os.urandom(KEY_BYTES) for name in KeyName}
CIPHER = RegisterCipher(Keystore(KEYS))
INDEX = CIPHER.index(a_nik())


def test_the_index_is_an_hmac_that_other_programs_can_make():
    assert CIPHER.index(a_nik()) == hmac.digest(KEYS[KeyName.INDEX], a_nik().encode(), "sha256")[:16]


@pytest.mark.parametrize("status", list(ResidentStatus))
def test_who_is_sealed_alone_or_among_many_is_opened_again(status):
    resident = a_resident(status, NAMA_LGKP="SITI NUR'AINI, S.H.", ALAMAT="JL. SUDIRMAN № 1")
    ((index, sealed),) = CIPHER.seal_all([a_nik().encode()], [plain_text(resident)])
    assert index == INDEX
    assert CIPHER.open(INDEX, sealed) == CIPHER.open(INDEX, CIPHER.seal(INDEX, resident)) == resident


def test_a_family_has_its_tags_under_a_key_of_its_own():
    tags = CIPHER.family_tags(a_card())
    assert len(set(tags)) == len(tags) == 256
    for shard in (0, 7, 255):
        tag = CIPHER.family_tag(a_card().encode(), bytes([shard]) + INDEX[1:])
        assert (len(tag), int.from_bytes(tag, "big", signed=True)) == (TAG_BYTES, tags[shard])
    assert not set(tags) & set(CIPHER.family_tags(a_card(2)))
    again = RegisterCipher(Keystore(KEYS | {KeyName.INDEX: os.urandom(KEY_BYTES)}))
    other = RegisterCipher(Keystore(KEYS | {KeyName.REGISTER: os.urandom(KEY_BYTES)}))
    assert again.family_tags(a_card()) == tags
    assert not set(other.family_tags(a_card())) & set(tags)
    whole = CIPHER.index(a_card() + "\7")
    assert int.from_bytes(whole[:TAG_BYTES], "big", signed=True) not in tags, "no tag is a NIK's index"


def test_a_row_that_was_altered_or_moved_is_not_opened():
    sealed = CIPHER.seal(INDEX, a_resident())
    with pytest.raises(InvalidTag):
        CIPHER.open(INDEX[:-1] + bytes([INDEX[-1] ^ 1]), sealed)
    with pytest.raises(InvalidTag):
        CIPHER.open(INDEX, sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(InvalidTag):
        CIPHER.open(INDEX, bytes([sealed[0] ^ 1]) + sealed[1:])


def test_no_two_sealings_share_a_nonce():
    many = CIPHER.seal_all([a_nik().encode()] * 100, [plain_text(a_resident())] * 100)
    assert len({sealed[1:13] for _, sealed in many}) == 100


@pytest.mark.parametrize("name", ["BUDI\x1fSANTOSO", "\x1f"])
def test_values_that_could_not_be_told_apart_are_not_sealed(name):
    with pytest.raises(ValueError, match="control"):
        plain_text(a_resident(NAMA_LGKP=name))
    short = msgspec.structs.replace(a_resident(), values=("BUDI",))
    with pytest.raises(ValueError, match="one value per element"):
        plain_text(short)


def test_a_log_key_needs_the_salt_the_resident_and_the_root_key():
    salt = os.urandom(SALT_BYTES)
    key = CIPHER.log_key(INDEX, salt)
    assert len(key) == KEY_BYTES
    assert key == RegisterCipher(Keystore(KEYS)).log_key(INDEX, salt)
    others = [
        CIPHER.log_key(INDEX, NO_SALT),
        CIPHER.log_key(INDEX, os.urandom(SALT_BYTES)),
        CIPHER.log_key(CIPHER.index(a_nik(2)), salt),
        RegisterCipher(Keystore(KEYS | {KeyName.SUBJECT: os.urandom(KEY_BYTES)})).log_key(INDEX, salt),
        hmac.digest(KEYS[KeyName.SUBJECT], INDEX + salt, "sha256"),
    ]
    assert key not in others
