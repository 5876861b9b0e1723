"""The guide's pages: texts in two languages around what the code itself knows."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import get_args, get_type_hints

import msgspec

from hakakses.core import problems
from hakakses.core.problems import Problem
from hakakses.core.rights.guessing import DISTINCT_WRONG_VALUES, WINDOW
from hakakses.gateway import examples
from hakakses.gateway.clients import ASSERTION_TYPE, BAD_CLIENT, LONGEST_ASSERTION, TokenRefused
from hakakses.gateway.dukcapil.codes import FINAL, FOUND, TEXTS
from hakakses.gateway.native import MOST_BODY, MOST_ELEMENTS
from hakakses.gateway.problem_json import status_of
from hakakses.settings import SETTINGS

FOLDER = Path(__file__).parent
# The id of its heading, the file, how it is run.
SAMPLES = (
    ("curl", "curl", "curl/verify.sh", "sh verify.sh ask.json"),
    ("python", "Python", "python/verify.py", "python3 verify.py ask.json"),
    ("python-client", "Python, hakakses.client", "python/with_client.py", "python3 with_client.py ask.json"),
    ("php", "PHP", "php/verify.php", "php verify.php ask.json"),
    ("java", "Java", "java/Verify.java", "java Verify.java ask.json"),
    ("javascript", "JavaScript", "javascript/verify.mjs", "node verify.mjs ask.json"),
)


class Language(msgspec.Struct, frozen=True):
    """The words that the pages of one language share.  code: as in HTML.  titles: by page."""

    code: str
    name: str
    motto: str
    skip: str
    nav: str
    copy: str
    copied: str
    footer: str
    final: str
    later: str
    head: tuple[str, str, str]
    token_errors: dict[str, str]
    titles: dict[str, str]
    paths: dict[str, str]


INDONESIAN = Language(
    code="id",
    name="Bahasa Indonesia",
    motto="Bukan datanya yang diberikan, melainkan hak untuk mengaksesnya.",
    skip="Langsung ke isi",
    nav="Panduan",
    copy="Salin",
    copied="Tersalin",
    footer="Panduan ini disajikan oleh layanan itu sendiri dan tidak memanggil pihak lain.",
    final="Jawaban final",
    later="Coba lagi nanti",
    head=("kode", "status", "arti"),
    token_errors={
        "invalid_request": "Sebuah parameter diberikan dua kali atau tidak sah.",
        "invalid_client": "Klien tidak dikenal, atau buktinya salah atau sudah terpakai.",
        "unsupported_grant_type": "grant_type harus client_credentials.",
        "invalid_scope": "Perjanjian tidak memberi semua cakupan yang diminta.",
        "invalid_dpop_proof": "Bukti DPoP tidak ada, salah, atau sudah terpakai.",
    },
    titles={"start": "Mulai", "samples": "Contoh", "codes": "Kode", "try": "Coba langsung"},
    paths={"start": "/docs/", "samples": "/docs/contoh/", "codes": "/docs/kode/", "try": "/docs/coba/"},
)
ENGLISH = Language(
    code="en",
    name="English",
    motto="Not the data is given, but the right to access it.",
    skip="Skip to the text",
    nav="Guide",
    copy="Copy",
    copied="Copied",
    footer="This guide is served by the service itself and calls nobody else.",
    final="Final answer",
    later="Try later",
    head=("code", "status", "meaning"),
    token_errors={
        "invalid_request": "A parameter is given twice or is not valid.",
        "invalid_client": "The client is unknown, or its proof is wrong or used already.",
        "unsupported_grant_type": "grant_type must be client_credentials.",
        "invalid_scope": "The agreement does not give every scope that was asked for.",
        "invalid_dpop_proof": "The DPoP proof is missing, wrong or used already.",
    },
    titles={"start": "Start", "samples": "Samples", "codes": "Codes", "try": "Try it"},
    paths={
        "start": "/docs/en/",
        "samples": "/docs/en/samples/",
        "codes": "/docs/en/codes/",
        "try": "/docs/en/try/",
    },
)
LANGUAGES = (INDONESIAN, ENGLISH)
_HEADS = {
    "try": '<link rel="stylesheet" href="/docs/swagger-ui.css">\n<link rel="stylesheet" href="/docs/try.css">\n'
    '<script defer src="/docs/swagger-ui-bundle.js"></script>\n<script defer src="/docs/try.js"></script>\n',
}
_GUIDE_SCRIPT = '<script defer src="/docs/guide.js"></script>\n'


def page(name: str, language: Language) -> str:
    """One page as HTML."""
    other = ENGLISH if language is INDONESIAN else INDONESIAN
    text = Template(_text(f"text/{language.code}/{name}.html"))
    return Template(_text("shell.html")).substitute(
        lang=language.code,
        title=language.titles[name],
        path=language.paths[name],
        other_lang=other.code,
        other_path=other.paths[name],
        other_name=other.name,
        home=language.paths["start"],
        motto=language.motto,
        skip=language.skip,
        nav_label=language.nav,
        nav="".join(_nav(one, one == name, language) for one in language.titles),
        head=_HEADS.get(name, _GUIDE_SCRIPT),
        part="div" if name == "try" else "main",  # Swagger UI brings a main part of its own
        main=_with_roles(text.substitute(_known(language))),
        footer=language.footer,
        copy=language.copy,
        copied=language.copied,
    )


# On a phone rows are shown as blocks, and browsers then forget that they are rows unless they are told.
_ROLES = {
    "<table": "table",
    "<thead": "rowgroup",
    "<tbody": "rowgroup",
    "<tr": "row",
    '<th scope="col"': "columnheader",
    '<th scope="row"': "rowheader",
    "<td": "cell",
}


def _with_roles(text: str) -> str:
    for start, role in _ROLES.items():
        text = re.sub(f"{start}(?=[ >])", f'{start} role="{role}"', text)
    return text


def _nav(name: str, here: bool, language: Language) -> str:
    current = ' aria-current="page"' if here else ""
    return f'<li><a href="{language.paths[name]}"{current}>{language.titles[name]}</a></li>\n'


def _known(language: Language) -> dict[str, str]:
    """What the texts take from the code."""
    return {
        "ask_file": figure("ask.json", _text("samples/ask.json")),
        "from_demo": figure("from_demo.sh", _text("samples/from_demo.sh")),
        "run": figure("sh", SAMPLES[0][3]),
        "token_request": figure("POST /oauth2/token", _form()),
        "verify_request": figure("POST /v1/verifications", _pretty(examples.bodies()["verify"])),
        "verify_answer": figure("POST /v1/verifications → 200", _pretty(examples.successes()["verify"])),
        "proof_answer": figure("GET /v1/receipts/1 → 200", _pretty(examples.successes()["proveReceipt"])),
        "claims": figure("private_key_jwt", _pretty(_CLAIMS)),
        "assertion_type": ASSERTION_TYPE,
        "longest_assertion": str(LONGEST_ASSERTION),
        "samples": "".join(_sample(*one) for one in SAMPLES),
        "later_codes": _codes(language, final=False),
        "final_codes": _codes(language, final=True),
        "token_codes": _token_codes(language),
        "dukcapil_codes": _dukcapil_codes(language),
        "final_mark": _mark(language, final=True),
        "later_mark": _mark(language, final=False),
        "most_body": str(MOST_BODY // 1024),
        "most_elements": str(MOST_ELEMENTS),
        "guesses": str(DISTINCT_WRONG_VALUES),
        "guess_days": str(WINDOW.days),
        **{name: SETTINGS[name].default for name in _LIMITS},
    }


_CLAIMS = {
    "iss": examples.CLIENT,
    "sub": examples.CLIENT,
    "aud": "http://127.0.0.1:8080/oauth2/token",
    "exp": 1798761600,
    "jti": "satu-kali-pakai-0001",
}
_LIMITS = ("body_seconds", "answer_seconds", "client_requests", "gateway_requests")


@cache
def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def figure(caption: str, code: str) -> str:
    """Code with its name; can be reached and scrolled with the keyboard."""
    label = escape(caption, quote=True)
    shown = escape(code.rstrip("\n"), quote=False)
    return (
        f"<figure><figcaption>{label}</figcaption>"
        f'<pre tabindex="0" role="region" aria-label="{label}"><code>{shown}</code></pre></figure>\n'
    )


def _sample(name: str, title: str, file: str, run: str) -> str:
    shown = figure(file.rpartition("/")[2], _text(f"samples/{file}"))
    heading = f'<h2 id="{name}">{escape(title)}</h2>\n<p><code>{escape(run)}</code></p>\n'
    return f'<section aria-labelledby="{name}">\n{heading}{shown}</section>\n'


def _form() -> str:
    fields: dict[str, str] = msgspec.to_builtins(examples.bodies()["issueToken"])
    return "\n&".join(f"{name}={value}" for name, value in fields.items() if value)


def _pretty(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value)).decode()


def _mark(language: Language, *, final: bool) -> str:
    kind, word = ("final", language.final) if final else ("later", language.later)
    return f'<span class="now {kind}">{word}</span>'


def _codes(language: Language, *, final: bool) -> str:
    ordered = sorted(problems.ALL.values(), key=status_of)
    return _table(language, "".join(_code(one, language) for one in ordered if one.final is final))


def _code(one: Problem, language: Language) -> str:
    sentence = one.sentence_id if language is INDONESIAN else one.sentence_en
    return _row(one.code, str(status_of(one)), sentence)


def _token_codes(language: Language) -> str:
    errors: tuple[str, ...] = get_args(get_type_hints(TokenRefused)["error"])
    rows = (
        _row(error, "401" if error == BAD_CLIENT.error else "400", language.token_errors[error])
        for error in errors
    )
    return _table(language, "".join(rows))


def _dukcapil_codes(language: Language) -> str:
    """Text and meaning of each code of the Dukcapil wire format; all come with status 200."""
    kinds = {True: language.final, False: language.later}
    rows = (
        _row(f"RESPONSE_CODE-{code}", code, f"{text} ({kinds[code in FINAL]})")
        for code, text in TEXTS.items()
        if code != FOUND
    )
    return _table(language, "".join(rows))


def _table(language: Language, rows: str) -> str:
    head = "".join(f'<th scope="col">{word}</th>' for word in language.head)
    return f'<div class="table"><table class="codes">\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n'


def _row(code: str, status: str, meaning: str) -> str:
    cells = f"<td>{status}</td><td>{escape(meaning)}</td>"
    return f'<tr id="{code}"><th scope="row"><code>{code}</code></th>{cells}</tr>\n'
