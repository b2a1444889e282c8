"""A claim from the start page to its verdict: three clicks, a prediction among them."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.benchmarks.browser import new_page
from tests.e2e.conftest import Opener
from tests.served import Served

pytestmark = pytest.mark.browser


def test_a_new_user_reaches_a_verdict_in_three_clicks(served: Served, open_page: Opener) -> None:
    page = open_page(served.url)
    page.get_by_role("link", name="Faster training").click()
    expect(page.get_by_role("heading", name="BatchNorm speeds training up.")).to_be_visible()
    page.get_by_role("button", name="It will hold").click()
    page.get_by_role("button", name="Try it, about").click()
    expect(page.get_by_text("No verdict yet").or_(page.get_by_text("So far")).first).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("It ended before there was a verdict.")).to_be_visible(timeout=60_000)


def test_a_verdict_is_shown_only_after_the_prediction(served: Served, browser: Browser) -> None:
    trial = httpx.post(f"{served.url}/api/claims/scale/runs", json={"seeds": 2}, timeout=30).json()
    page = new_page(browser)
    page.goto(f"{served.url}/claims/scale")
    expect(page.get_by_text("First: what do you think?")).to_be_visible()
    expect(page.get_by_text("Open the run")).to_have_count(0)
    page.get_by_role("button", name="It will not").click()
    expect(page.get_by_text("You said: refuted.")).to_be_visible()
    expect(page.get_by_text("supported", exact=True)).to_be_visible(timeout=60_000)
    judged = httpx.get(f"{served.url}/api/trials/{trial['id']}", timeout=30).json()["judged"]
    assert judged["verdict"] == "supported"
    page.reload()
    expect(page.get_by_text("You said: refuted.")).to_be_visible()
    page.get_by_role("link", name="Open the run").click()
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
