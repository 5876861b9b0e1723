"""For institutions that ask from Python: ``pip install hakakses[client]``.

    with Client(base_url, Secret(client_id, secret)) as client:
        answer = client.verify(nik, {"NAMA_LGKP": name}, purpose="KYC")

What is refused for good raises Refused; what may be asked again later raises TryLater or Unreachable, with the
key to ask again under, so that an ask is charged once however often it is sent.
"""

from hakakses.client.answers import Answer, Proof, Quota, Receipt, Result, Right
from hakakses.client.client import Client
from hakakses.client.credentials import Credential, Secret, SigningKey
from hakakses.client.patience import Patience
from hakakses.client.refusals import (
    CredentialRefused,
    HakaksesError,
    NotUnderstood,
    Refused,
    TryLater,
    Unreachable,
)

__all__ = [
    "Answer",
    "Client",
    "Credential",
    "CredentialRefused",
    "HakaksesError",
    "NotUnderstood",
    "Patience",
    "Proof",
    "Quota",
    "Receipt",
    "Refused",
    "Result",
    "Right",
    "Secret",
    "SigningKey",
    "TryLater",
    "Unreachable",
]
