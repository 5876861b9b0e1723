"""Who acts on agreements: the roles of people, and the one that is no person."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    DRAFTER = "drafter"  # central: prepares letters, PKS and juknis
    APPROVER = "approver"  # central: decides and signs off
    FINANCE = "finance"  # central: tariffs, balances, invoices
    AUDITOR = "auditor"  # central: sees everything, changes nothing
    PROVINCIAL = "provincial"  # Disdukcapil of a province, for its own region
    REGIONAL = "regional"  # Disdukcapil of a regency or city, for its own region
    INSTITUTION_ADMIN = "institution_admin"  # the institution's own administrator
    STAFF = "staff"  # a named member of the institution
    PRODUCER = "producer"  # of card readers and SAM cards
    INTEGRATOR = "integrator"  # builds for the institution, in the sandbox
    SYSTEM = "system"  # duties that act by themselves


NAMES: dict[Role, tuple[str, str]] = {
    Role.DRAFTER: ("Penyusun", "Drafter"),
    Role.APPROVER: ("Penyetuju", "Approver"),
    Role.FINANCE: ("Keuangan", "Finance"),
    Role.AUDITOR: ("Auditor", "Auditor"),
    Role.PROVINCIAL: ("Petugas provinsi", "Provincial officer"),
    Role.REGIONAL: ("Petugas kabupaten/kota", "Regency or city officer"),
    Role.INSTITUTION_ADMIN: ("Admin lembaga", "Institution administrator"),
    Role.STAFF: ("Staf lembaga", "Institution staff"),
    Role.PRODUCER: ("Produsen", "Producer"),
    Role.INTEGRATOR: ("Integrator", "Integrator"),
    Role.SYSTEM: ("Sistem", "System"),
}
