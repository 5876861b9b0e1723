"""Every reason to refuse, once: a stable code, its family, a sentence in two languages.

Doors turn a family into their own kind of error; the code and the sentences stay the same.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Family(StrEnum):
    """What kind of refusal it is; decides the status a door answers with."""

    MALFORMED = "malformed"  # the request cannot be read
    INVALID = "invalid"  # readable, but a value is not acceptable
    UNAUTHENTICATED = "unauthenticated"
    NOT_GRANTED = "not_granted"
    EXHAUSTED = "exhausted"
    CONFLICT = "conflict"
    NOT_FOUND = "not_found"
    UNAVAILABLE = "unavailable"


class Problem(msgspec.Struct, frozen=True):
    code: str
    family: Family
    sentence_id: str
    sentence_en: str

    @property
    def final(self) -> bool:
        """Whether the same request will be refused again; what is not final may be answered later."""
        return self.family is not Family.UNAVAILABLE and self.code not in _LATER


# Refused by a rule that the clock, a pause or a quicker sender satisfies; all that is unavailable is for later anyway.
_LATER = frozenset(
    (
        "client_at_limit",
        "operator_shared",
        "outside_hours",
        "quota_exhausted",
        "request_too_slow",
        "upload_cut_off",
    )
)


class Refused(msgspec.Struct, frozen=True):
    """One refusal: which problem, under which clause, about which named part of the request.

    part: a field, element code or rule named in the request's own terms; never a value.
    """

    problem: Problem
    clause: str = ""
    part: str = ""


NOT_JSON = Problem("not_json", Family.MALFORMED, "Isi permintaan bukan JSON.", "The body is not JSON.")
TOO_LARGE = Problem(
    "too_large",
    Family.MALFORMED,
    "Isi permintaan lebih besar dari 16 KiB.",
    "The body is larger than 16 KiB.",
)
WRONG_SHAPE = Problem(
    "wrong_shape",
    Family.INVALID,
    "Bentuk permintaan tidak sesuai dengan dokumentasi.",
    "The request does not have the documented shape.",
)
NO_ELEMENTS = Problem(
    "no_elements", Family.INVALID, "Tidak ada elemen yang ditanyakan.", "No element was asked."
)
UNKNOWN_ELEMENT = Problem(
    "unknown_element",
    Family.INVALID,
    "Kode elemen tidak dikenal.",
    "The element code is not in the catalogue.",
)
INVALID_NIK = Problem(
    "invalid_nik", Family.INVALID, "NIK tidak sesuai format.", "The NIK is not well formed."
)
INVALID_VALUE = Problem(
    "invalid_value",
    Family.INVALID,
    "Nilai elemen tidak dapat dibaca.",
    "An element's value cannot be read.",
)
OPERATOR_MISSING = Problem(
    "operator_missing",
    Family.INVALID,
    "Pemanggil operator harus menyebut operatornya.",
    "An operator's ask must name the operator.",
)

NOT_AUTHENTICATED = Problem(
    "not_authenticated",
    Family.UNAUTHENTICATED,
    "Token tidak ada, salah, atau kedaluwarsa.",
    "The token is missing, wrong or expired.",
)
TOKEN_BOUND = Problem(
    "token_bound",
    Family.UNAUTHENTICATED,
    "Token ini terikat pada sertifikat atau kunci yang tidak dibuktikan oleh permintaan ini.",
    "The token is bound to a certificate or key that this request does not prove.",
)
INVALID_DPOP_PROOF = Problem(
    "invalid_dpop_proof",
    Family.UNAUTHENTICATED,
    "Bukti DPoP salah, kedaluwarsa, atau sudah dipakai.",
    "The DPoP proof is wrong, expired or used already.",
)

METHOD_NOT_GRANTED = Problem(
    "method_not_granted",
    Family.NOT_GRANTED,
    "Metode akses ini tidak diberikan oleh perjanjian.",
    "The agreement does not grant this method.",
)
MODE_NOT_GRANTED = Problem(
    "mode_not_granted",
    Family.NOT_GRANTED,
    "Perjanjian tidak memberi hak membaca nilai.",
    "The agreement does not grant the reading of values.",
)
CALLER_NOT_GRANTED = Problem(
    "caller_not_granted",
    Family.NOT_GRANTED,
    "Jenis pemanggil ini tidak diberikan oleh perjanjian.",
    "The agreement does not grant this kind of caller.",
)
OPERATOR_UNKNOWN = Problem(
    "operator_unknown",
    Family.NOT_GRANTED,
    "Operator ini tidak terdaftar.",
    "This operator is not registered.",
)
OPERATOR_DISABLED = Problem(
    "operator_disabled",
    Family.NOT_GRANTED,
    "Operator ini tidak aktif.",
    "This operator is not active.",
)
OPERATOR_SHARED = Problem(
    "operator_shared",
    Family.NOT_GRANTED,
    "Operator ini sedang dipakai di tempat kerja lain; satu operator adalah satu orang.",
    "This operator is in use at another workstation; an operator is one person.",
)
RELATION_NOT_GRANTED = Problem(
    "relation_not_granted",
    Family.NOT_GRANTED,
    "Perbandingan batas ini tidak diberikan oleh perjanjian.",
    "The agreement does not grant this comparison of bounds.",
)
SERVICE_NOT_GRANTED = Problem(
    "service_not_granted",
    Family.NOT_GRANTED,
    "Layanan ini tidak tercantum dalam perjanjian.",
    "The agreement does not list this service.",
)
SCOPE_NOT_GRANTED = Problem(
    "scope_not_granted",
    Family.NOT_GRANTED,
    "Token tidak memuat cakupan untuk operasi ini.",
    "The token lacks the scope of this operation.",
)
LOGIN_EMPTY = Problem(
    "login_empty",
    Family.UNAUTHENTICATED,
    "User, kata sandi, atau alamat IP tidak disebutkan.",
    "User, password or IP address is not given.",
)
LOGIN_FAILED = Problem(
    "login_failed",
    Family.UNAUTHENTICATED,
    "User tidak dikenal atau kata sandinya salah.",
    "The user is unknown or its password is wrong.",
)
DECLARED_ADDRESS_UNREGISTERED = Problem(
    "declared_address_unregistered",
    Family.NOT_GRANTED,
    "Alamat yang disebutkan tidak terdaftar.",
    "The declared address is not registered.",
)
ACCOUNT_DISABLED = Problem(
    "account_disabled",
    Family.NOT_GRANTED,
    "Akun ini tidak aktif.",
    "This account is not active.",
)
PURPOSE_NOT_GRANTED = Problem(
    "purpose_not_granted",
    Family.NOT_GRANTED,
    "Tujuan ini tidak tercantum dalam perjanjian.",
    "The agreement does not name this purpose.",
)
ELEMENT_NOT_GRANTED = Problem(
    "element_not_granted",
    Family.NOT_GRANTED,
    "Elemen ini tidak diberikan oleh perjanjian.",
    "The agreement does not grant this element.",
)
ELEMENT_NOT_FOR_PURPOSE = Problem(
    "element_not_for_purpose",
    Family.NOT_GRANTED,
    "Elemen ini tidak diberikan untuk tujuan tersebut.",
    "The element is not granted for this purpose.",
)
NOT_IN_FORCE = Problem(
    "not_in_force",
    Family.NOT_GRANTED,
    "Tidak ada perjanjian yang berlaku saat ini.",
    "No agreement is in force at this time.",
)
OUTSIDE_HOURS = Problem(
    "outside_hours",
    Family.NOT_GRANTED,
    "Di luar jam akses menurut perjanjian.",
    "Outside the hours that the agreement fixes.",
)
OUTSIDE_NETWORK = Problem(
    "outside_network",
    Family.NOT_GRANTED,
    "Alamat jaringan ini tidak terdaftar dalam perjanjian.",
    "This network address is not registered under the agreement.",
)

QUOTA_EXHAUSTED = Problem(
    "quota_exhausted",
    Family.EXHAUSTED,
    "Kuota akses hari ini telah habis.",
    "Today's quota is used up.",
)
GUESSES_EXHAUSTED = Problem(
    "guesses_exhausted",
    Family.EXHAUSTED,
    "Terlalu banyak nilai berbeda yang tidak sesuai untuk elemen ini; elemen dikunci sementara.",
    "Too many different wrong values for this element; it is locked for a time.",
)
IDEMPOTENCY_MISMATCH = Problem(
    "idempotency_mismatch",
    Family.CONFLICT,
    "Idempotency-Key ini sudah dipakai untuk permintaan lain.",
    "This Idempotency-Key was used for a different request.",
)
RESIDENT_NOT_ANSWERED = Problem(
    "resident_not_answered",
    Family.NOT_FOUND,
    "Tidak ada data yang dapat diberikan untuk NIK ini.",
    "There is nothing that may be given for this NIK.",
)
RECEIPT_NOT_FOUND = Problem(
    "receipt_not_found",
    Family.NOT_FOUND,
    "Tidak ada entri milik Anda dengan nomor ini.",
    "There is no entry of yours with this number.",
)
RECEIPT_NOT_SEALED = Problem(
    "receipt_not_sealed",
    Family.UNAVAILABLE,
    "Entri sudah dicatat tetapi belum disegel; coba lagi sebentar.",
    "The entry is logged but not sealed yet; try again shortly.",
)
NOT_IN_SANDBOX = Problem(
    "not_in_sandbox",
    Family.NOT_FOUND,
    "Uji konsep hanya ada di ruang uji.",
    "A proof of concept is made in the sandbox alone.",
)
PATH_NOT_FOUND = Problem(
    "path_not_found", Family.NOT_FOUND, "Alamat ini tidak ada.", "There is nothing at this path."
)
METHOD_NOT_ALLOWED = Problem(
    "method_not_allowed",
    Family.MALFORMED,
    "Metode HTTP ini tidak berlaku di alamat ini.",
    "This HTTP method does not apply at this path.",
)
INVALID_KEY = Problem(
    "invalid_idempotency_key",
    Family.INVALID,
    "Idempotency-Key harus 1 sampai 128 karakter ASCII yang tercetak.",
    "The Idempotency-Key must be 1 to 128 printable ASCII characters.",
)
LOG_UNAVAILABLE = Problem(
    "log_unavailable",
    Family.UNAVAILABLE,
    "Catatan akses sedang tidak tersedia; tanpa catatan tidak ada jawaban.",
    "The access log is not available; without it there is no answer.",
)
RIGHTS_UNAVAILABLE = Problem(
    "rights_unavailable",
    Family.UNAVAILABLE,
    "Hak akses sedang tidak dapat dipastikan; coba lagi sebentar.",
    "Access rights cannot be confirmed right now; try again shortly.",
)
OVERLOADED = Problem(
    "overloaded",
    Family.UNAVAILABLE,
    "Layanan sedang penuh; coba lagi sebentar.",
    "The service is full; try again shortly.",
)
FEEDBACK_NOT_AGREED = Problem(
    "feedback_not_agreed",
    Family.NOT_GRANTED,
    "Perjanjian tidak menyebut data balikan.",
    "The agreement names no feedback data.",
)
UPLOAD_TOO_LARGE = Problem(
    "upload_too_large",
    Family.MALFORMED,
    "Kiriman lebih besar dari yang diperbolehkan; bagilah menjadi beberapa kiriman.",
    "The upload is larger than allowed; divide it into several.",
)
UPLOAD_CUT_OFF = Problem(
    "upload_cut_off",
    Family.MALFORMED,
    "Kiriman terputus; baris yang utuh sudah disimpan, kirimlah sekali lagi.",
    "The upload was cut off; its whole rows are kept, send it again.",
)
UPLOAD_UNREADABLE = Problem(
    "upload_unreadable",
    Family.INVALID,
    "Kiriman tidak dapat dibaca sampai akhir; baris sebelumnya sudah disimpan.",
    "The upload cannot be read to its end; the rows before are kept.",
)
UPLOAD_EMPTY = Problem(
    "upload_empty", Family.INVALID, "Kiriman tidak memuat baris.", "The upload holds no row."
)
UPLOAD_HEADER = Problem(
    "upload_header",
    Family.INVALID,
    "Baris judul harus memuat nik dan semua isian menurut juknis, masing-masing sekali.",
    "The header row must name nik and every field of the juknis, each once.",
)
FEEDBACK_UNAVAILABLE = Problem(
    "feedback_unavailable",
    Family.UNAVAILABLE,
    "Penyimpanan data balikan sedang tidak tersedia; kirimlah sekali lagi sebentar.",
    "The store of feedback data is not available; send it again shortly.",
)
ANSWER_TIMED_OUT = Problem(
    "answer_timed_out",
    Family.UNAVAILABLE,
    "Jawaban terlalu lama; ulangi dengan Idempotency-Key yang sama agar tidak terhitung dua kali.",
    "The answer took too long; repeat under the same Idempotency-Key so that it is not charged twice.",
)
CLIENT_AT_LIMIT = Problem(
    "client_at_limit",
    Family.EXHAUSTED,
    "Terlalu banyak permintaan Anda sedang dikerjakan sekaligus; coba lagi sebentar.",
    "Too many of your requests are in progress at once; try again shortly.",
)
REQUEST_TOO_SLOW = Problem(
    "request_too_slow",
    Family.MALFORMED,
    "Isi permintaan tidak selesai dikirim pada waktunya.",
    "The body did not arrive in time.",
)
# Unavailable, as every door may have its own way to say "try later"; its cause is in the service's own log.
INTERNAL_ERROR = Problem(
    "internal_error",
    Family.UNAVAILABLE,
    "Terjadi kesalahan pada layanan; tidak ada jawaban yang diberikan.",
    "The service failed; no answer was given.",
)

ALL: dict[str, Problem] = {
    problem.code: problem for problem in tuple(globals().values()) if isinstance(problem, Problem)
}
