"""The papers of an agreement's road, and which of them an applicant must hand in.

Sources: Permendagri 102/2019 as amended by 17/2023 (art. 7: central users; OPD by way of their Disdukcapil), as far as
they are public; MoU, NDA, PoC and SPTJM as the press names them for central users.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Paper(StrEnum):
    APPLICATION = "application"
    SUPERVISOR_LETTER = "supervisor_letter"
    FORWARDING = "forwarding"
    APPROVAL = "approval"
    REFUSAL = "refusal"
    MOU = "mou"
    PKS = "pks"
    JUKNIS = "juknis"
    NDA = "nda"
    SPTJM = "sptjm"
    NETWORK = "network"
    POC = "poc"
    ACCOUNT = "account"
    ADDENDUM = "addendum"
    WARNING = "warning"
    CUT = "cut"
    RESTORATION = "restoration"
    ENDING = "ending"


NAMES: dict[Paper, tuple[str, str]] = {
    Paper.APPLICATION: ("Surat permohonan pimpinan lembaga", "Application of the head of the institution"),
    Paper.SUPERVISOR_LETTER: ("Surat kementerian pembina", "Letter of the supervising ministry"),
    Paper.FORWARDING: ("Surat penerusan Disdukcapil", "Forwarding letter of the Disdukcapil"),
    Paper.APPROVAL: ("Surat persetujuan Dirjen", "Letter of approval of the Director General"),
    Paper.REFUSAL: ("Surat penolakan Dirjen", "Letter of refusal of the Director General"),
    Paper.MOU: ("Nota kesepahaman", "Memorandum of understanding"),
    Paper.PKS: ("Perjanjian kerja sama", "Cooperation agreement"),
    Paper.JUKNIS: ("Petunjuk teknis", "Technical instructions"),
    Paper.NDA: ("Perjanjian kerahasiaan", "Non-disclosure agreement"),
    Paper.SPTJM: ("Surat pernyataan tanggung jawab mutlak", "Statement of absolute responsibility"),
    Paper.NETWORK: ("Pernyataan jaringan tertutup dan aman", "Statement that the network is closed and safe"),
    Paper.POC: ("Laporan uji konsep", "Proof of concept report"),
    Paper.ACCOUNT: ("Berita acara penyerahan akun", "Record of the account's hand-over"),
    Paper.ADDENDUM: ("Adendum", "Addendum"),
    Paper.WARNING: ("Surat peringatan", "Letter of warning"),
    Paper.CUT: ("Surat penonaktifan", "Letter of deactivation"),
    Paper.RESTORATION: ("Surat pengaktifan kembali", "Letter of reactivation"),
    Paper.ENDING: ("Surat pengakhiran", "Letter of ending"),
}


class Level(StrEnum):
    """Where an institution stands: by whom it applies depends on it."""

    CENTRAL = "central"
    PROVINCE = "province"
    REGENCY = "regency"


class Applicant(msgspec.Struct, frozen=True):
    """What decides which papers are needed.

    legal_entity: a company or foundation, which applies through its supervising ministry.
    web_service: whether it wants that method, which must be proved first.
    """

    level: Level
    legal_entity: bool = False
    web_service: bool = True


def checklist(applicant: Applicant) -> tuple[Paper, ...]:
    """The papers that must be there before the account is issued, in the order of the road."""
    central = applicant.level is Level.CENTRAL
    wanted = {
        Paper.APPLICATION: True,
        Paper.SUPERVISOR_LETTER: central and applicant.legal_entity,
        Paper.FORWARDING: not central,
        Paper.APPROVAL: True,
        Paper.MOU: central and not applicant.legal_entity,
        Paper.PKS: True,
        Paper.JUKNIS: True,
        Paper.NDA: True,
        Paper.SPTJM: True,
        Paper.NETWORK: True,
        Paper.POC: applicant.web_service,
    }
    return tuple(paper for paper, needed in wanted.items() if needed)
