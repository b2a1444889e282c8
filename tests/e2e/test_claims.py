"""A claim from the start page to its verdict: three clicks, a prediction among them."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.benchmarks.browser import new_page
from tests.e2e.conftest import Opener
from tests.served import Served

pytestmark = pytest.mark.browser


WORDS = {
    "en-GB": (
        "Faster training",
        "It will hold",
        "Try it( again)?, about",
        "No verdict yet|So far",
        "Stop",
        "ended before there",
    ),
    "ko-KR": (
        "더 빠른 학습",
        "성립한다",
        "(다시 )?해 보기, 약",
        "아직 판정 없음|지금까지",
        "중지",
        "판정이 나오기 전에",
    ),
}


@pytest.mark.parametrize(("width", "locale"), [(1440, "en-GB"), (820, "en-GB"), (390, "ko-KR")])
def test_a_new_user_reaches_a_verdict_in_three_clicks(
    width: int, locale: str, served: Served, open_page: Opener
) -> None:
    card, hold, attempt, forming, stop, ended = WORDS[locale]
    page = open_page(served.url, width=width, locale=locale)
    page.get_by_role("link", name=card).click()
    expect(page.locator(".formula")).to_be_visible()
    page.get_by_role("button", name=hold, exact=True).click()
    page.get_by_role("button", name=re.compile(f"^{attempt}")).first.click()
    expect(page.get_by_text(re.compile(forming)).first).to_be_visible()
    expect(page.locator("[data-chart]")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name=stop, exact=True).click()
    expect(page.get_by_text(ended)).to_be_visible()


def test_a_verdict_is_shown_only_after_the_prediction(served: Served, browser: Browser) -> None:
    trial = httpx.post(f"{served.url}/api/claims/scale/runs", json={"seeds": 2}, timeout=30).json()
    page = new_page(browser)
    page.goto(f"{served.url}/claims/scale")
    expect(page.get_by_text("Will it hold? Say first, then see.")).to_be_visible()
    expect(page.get_by_text("Open the run")).to_have_count(0)
    page.get_by_role("button", name="It will not").click()
    expect(page.get_by_text("You said: refuted.")).to_be_visible()
    # Below it is that of the counter-experiment, if somebody tried it.
    result = page.locator("section[aria-live=polite]").first
    expect(result.get_by_text("supported", exact=True)).to_be_visible()
    judged = httpx.get(f"{served.url}/api/trials/{trial['id']}", timeout=30).json()["judged"]
    assert judged["verdict"] == "supported"
    page.reload()
    expect(page.get_by_text("You said: refuted.")).to_be_visible()
    result.get_by_role("link", name="Open the run").click()
    page.wait_for_url("**/runs/*")
    page.go_back()
    page.get_by_role("link", name="Open in the laboratory").click()
    page.wait_for_url("**/launch?spec=*")
    expect(page.locator(".sentence")).to_contain_text("on Digits")


def test_the_gallery_shows_what_was_tried(served: Served, open_page: Opener) -> None:
    page = open_page(f"{served.url}/claims", width=390)
    expect(page.get_by_role("article")).to_have_count(18)
    expect(page.get_by_role("article").filter(has_text="Scale invariance")).to_contain_text("supported")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_was_recorded_is_there_at_once_and_marked(served: Served, open_page: Opener) -> None:
    page = open_page(f"{served.url}/claims")
    title = page.get_by_role("heading", name="Steadier distributions", exact=True)
    card = page.get_by_role("article").filter(has=title)
    expect(card.get_by_text("supported", exact=True)).to_be_visible()
    expect(card.get_by_text("Recorded 20")).to_be_visible()
    expect(card.get_by_role("img", name="no norm")).to_be_visible()
    card.get_by_role("link").click()
    expect(page.get_by_role("button", name="Just show me")).to_be_visible()
    expect(page.get_by_text("Recorded on")).to_have_count(0)  # it is predicted first
    page.get_by_role("button", name="Just show me").click()
    expect(page.get_by_text("Recorded on")).to_have_count(2)
