"""The guide at /docs: complete, readable for everyone, and the same as what is tested; it calls nobody outside."""

from __future__ import annotations

import gzip
import hashlib
import html
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright
from tests.gateway.conftest import Running

from hakakses.core import problems
from hakakses.gateway import examples
from hakakses.gateway.guide.pages import LANGUAGES, SAMPLES

ROOT = Path(__file__).parents[2]
PAGES = [path for language in LANGUAGES for path in language.paths.values()]
WEIGHT = 100_000  # bytes of a first visit, without try-it
SWAGGER = ROOT / "src" / "hakakses" / "gateway" / "guide" / "static" / "swagger-ui"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RULES, LAW = {"runOnly": [*WCAG, "best-practice"]}, {"runOnly": WCAG}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_small_kept_by_its_tag_and_bound_by_a_policy(service: Running, path: str) -> None:
    page = service.http.get(path)
    assert (page.status_code, page.headers["content-encoding"]) == (200, "gzip")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "http" not in policy
    again = service.http.get(path, headers={"if-none-match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = service.http.get(path, headers={"accept-encoding": "identity"})
    assert plain.text == page.text
    assert "content-encoding" not in plain.headers
    assert service.http.get(path.rstrip("/")).text == page.text
    assert path not in service.http.get("/openapi.json").json()["paths"]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_the_pages_show_the_tested_files_and_every_code(service: Running, language: object) -> None:
    samples = html.unescape(service.http.get(language.paths["samples"]).text)  # type: ignore[attr-defined]
    for _, _, file, _ in SAMPLES:
        assert (ROOT / "examples" / "clients" / file).read_text(encoding="utf-8").rstrip() in samples
    codes = service.http.get(language.paths["codes"]).text  # type: ignore[attr-defined]
    later, final = codes.index('id="nanti"'), codes.index('id="final"')
    for problem in problems.ALL.values():
        place = codes.index(f'id="{problem.code}"')
        assert (place > final) is problem.final
        assert place > later


def test_swagger_ui_is_the_one_that_its_readme_names() -> None:
    told = (SWAGGER / "README.md").read_text(encoding="utf-8")
    for name in ("swagger-ui-bundle.js", "swagger-ui.css"):
        digest = hashlib.sha256(gzip.decompress((SWAGGER / f"{name}.gz").read_bytes())).hexdigest()
        assert f"{digest}  {name}" in told


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium is installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield started
        started.close()


class Visit:
    """One page in a browser; keeps what it complained of, whom it called and what it took."""

    def __init__(self, browser: Browser, service: Running, path: str, width: int) -> None:
        self.page: Page = browser.new_page(viewport={"width": width, "height": 900})
        self.complaints: list[str] = []
        self.outside: list[str] = []
        self.weight = 0
        self._base = service.base_url
        self.page.on("console", self._heard)
        self.page.on("requestfinished", self._called)
        self.page.goto(service.base_url + path, wait_until="networkidle")

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _called(self, request: Request) -> None:
        if request.url.startswith(self._base):
            sizes = request.sizes()
            self.weight += sizes["responseBodySize"] + sizes["responseHeadersSize"]
        elif not request.url.startswith("data:"):
            self.outside.append(request.url)


@pytest.mark.parametrize("path", PAGES)
def test_everyone_can_read_a_page(service: Running, browser: Browser, path: str) -> None:
    for width in (1280, 320):
        visit = Visit(browser, service, path, width)
        found = Axe().run(visit.page, options=RULES)
        assert found.violations_count == 0, found.generate_report()
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
        assert (visit.complaints, visit.outside) == ([], [])
        if path not in {language.paths["try"] for language in LANGUAGES}:
            assert 0 < visit.weight < WEIGHT
        visit.page.close()


def test_code_is_copied_at_a_press(service: Running, browser: Browser) -> None:
    visit = Visit(browser, service, "/docs/contoh/", 1280)
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.page.get_by_role("button", name="Salin: verify.php").click()
    visit.page.get_by_role("status").get_by_text("Tersalin").wait_for(state="attached")
    copied = visit.page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == (ROOT / "examples" / "clients" / "php" / "verify.php").read_text().strip()


def test_an_ask_is_tried_in_the_page(service: Running, browser: Browser) -> None:
    """As the page says: authorize with a sandbox secret, then run an operation with its example."""
    visit = Visit(browser, service, "/docs/coba/", 1280)
    page = visit.page
    page.get_by_role("button", name="Authorize").first.click()
    dialog = page.locator(".dialog-ux")
    dialog.locator("[id^=client_id]").first.fill(examples.CLIENT)
    dialog.locator("[id^=client_secret]").first.fill(examples.SECRET)
    with page.expect_response("**/oauth2/token") as given:
        dialog.locator("button.authorize").first.click()
    assert given.value.status == httpx.codes.OK
    dialog.get_by_role("button", name="Close").first.click()
    page.locator("#operations-default-verify button").first.click()
    with page.expect_response("**/v1/verifications") as answered:
        page.locator("#operations-default-verify").get_by_role("button", name="Execute").click()
    found = Axe().run(page, options=LAW)
    assert found.violations_count == 0, found.generate_report()
    assert answered.value.json()["result"] in {"SESUAI", "TIDAK_SESUAI"}
    assert (visit.complaints, visit.outside) == ([], [])
