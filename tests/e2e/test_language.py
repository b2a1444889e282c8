"""The page in Korean: by the browser's languages, by the switch, and over a reload."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.benchmarks.browser import new_page
from tests.e2e.conftest import Opener
from tests.served import Served

pytestmark = pytest.mark.browser
HANGUL = re.compile("[가-힣]")


def korean(browser: Browser, url: str) -> tuple[Page, list[str]]:
    """The page at ``url`` in a browser that prefers Korean, and what goes wrong on it."""
    page = new_page(browser, locale="ko-KR")
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.goto(url)
    return page, complaints


def test_a_korean_browser_sees_korean_and_the_switch_leads_to_english(served: Served, browser: Browser) -> None:
    page, complaints = korean(browser, f"{served.url}/runs?filter=live")
    expect(page.get_by_role("heading", name="실행 목록")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "ko"

    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Runs", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.url == f"{served.url}/runs?filter=live"
    assert HANGUL.search(page.locator("main").inner_text()) is None

    page.reload()
    expect(page.get_by_role("heading", name="Runs", exact=True)).to_be_visible()
    page.get_by_role("button", name="한국어").click()
    expect(page.get_by_role("heading", name="실행 목록")).to_be_visible()
    page.context.close()
    assert complaints == []


def test_a_run_is_launched_in_korean(served: Served, browser: Browser) -> None:
    page, complaints = korean(browser, f"{served.url}/launch?preset=paper-digits")
    expect(page.get_by_text(re.compile(r"신경망 2개를 .*스텝 학습, 약 \d+초"))).to_be_visible()
    page.get_by_label("학습률", exact=True).first.fill("-1")
    expect(page.get_by_text(re.compile("0보다 커야 합니다")).first).to_be_visible()
    page.get_by_label("학습률", exact=True).first.fill("0.1")
    page.get_by_role("button", name=re.compile("^실행")).last.click()
    page.wait_for_url(re.compile(r"/runs/[0-9a-f]{32}"))
    expect(page.get_by_text("완료", exact=True)).to_be_visible()
    expect(page.get_by_text("검증 정확도").first).to_be_visible()
    page.context.close()
    assert complaints == []


def test_an_english_browser_loads_no_korean(served: Served, open_page: Opener) -> None:
    page = open_page(f"{served.url}/")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.lang") == "en"
    loaded = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert loaded
    assert [name for name in loaded if "korean" in name] == []
