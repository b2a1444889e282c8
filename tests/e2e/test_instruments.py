"""The tabs of a run, on one that has ended."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.benchmarks.browser import until
from tests.e2e.conftest import BATCH, PLAIN, Opener, digits
from tests.served import Served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def measured(served: Served) -> dict[str, Any]:
    """A run whose modes are measured; a norm's details are not."""
    run = served.launch(digits(steps=120, arms=[PLAIN, BATCH], probes={"modes_every": 40, "details_every": 0}))
    return served.wait(run["id"], "finished", seconds=120)


def test_tabs_have_addresses_and_keep_the_connection_and_the_cursor(
    served: Served, measured: dict[str, Any], open_page: Opener
) -> None:
    run = f"{served.url}/runs/{measured['id']}"
    page = open_page("about:blank")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{run}?step=60")
    tabs = page.get_by_role("navigation", name="Views of this run")
    until(page, "document.querySelector('.loss .nsewdrag') !== null")
    telemetry = [url for url in asked if "/telemetry" in url]
    assert not any("Maps" in url or "Microscope" in url for url in asked), "a tab's code is loaded when it is wanted"

    tabs.get_by_role("link", name="BN microscope").click()
    expect(page).to_have_url(f"{run}/microscope?step=60")
    expect(page.get_by_role("heading", name="Into the norm, at the cursor")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(f"{run}/gradients?step=60")
    expect(tabs.get_by_role("link", name="Gradients")).to_be_focused()
    page.keyboard.press("5")
    expect(page).to_have_url(f"{run}/maps?step=60")
    page.go_back()
    page.go_back()
    expect(tabs.get_by_role("link", name="BN microscope")).to_have_attribute("aria-current", "page")
    assert [url for url in asked if "/telemetry" in url] == telemetry, "the data are there already"
