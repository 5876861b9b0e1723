"""Public test values: the Certificate Transparency reference tree (RFC 6962), and a note of golang.org/x/mod.

The leaves, roots and proofs are those that the reference tests of Certificate Transparency have long used; the
note, with its signing key, is the published example of package sumdb/note, which C2SP signed-note follows.
"""

from __future__ import annotations

LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip

# By tree size, from 0.
ROOTS = [bytes.fromhex(text) for text in (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)]  # fmt: skip

_A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
_B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
_C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
_D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
_E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
_F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"


def _proof(*hashes: str) -> list[bytes]:
    return [bytes.fromhex(text) for text in hashes]


# index, size, proof
INCLUSION = [
    (0, 1, []),
    (0, 8, _proof(_A, _B, _C)),
    (5, 8, _proof(_D, _E, ROOTS[4].hex())),
    (2, 3, _proof(ROOTS[2].hex())),
    (1, 5, _proof(ROOTS[1].hex(), _B, _D)),
]

# old size, new size, proof
CONSISTENCY = [
    (1, 1, []),
    (1, 8, _proof(_A, _B, _C)),
    (6, 8, _proof(_F, _E, ROOTS[4].hex())),
    (2, 5, _proof(_B, _D)),
]

NOTE_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE_SIGNER = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
NOTE_BODY = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
NOTE = (
    f"{NOTE_BODY}\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
