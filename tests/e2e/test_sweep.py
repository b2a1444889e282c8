"""A sweep from the form to its finished diagram, and from there into a cell."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.benchmarks.browser import new_page, until
from tests.served import Served

pytestmark = pytest.mark.browser


def test_a_small_sweep_from_the_form_to_a_cell(browser: Browser, served: Served) -> None:
    page = new_page(browser)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{served.url}/launch?preset=paper-digits")
    page.locator("#sweep-title").click()
    page.locator("#sweep-values-0").fill("0.1 x")
    expect(page.locator("#sweep-values-0-error")).to_contain_text("a number")
    page.locator("#sweep-values-0").fill("0.1 1")
    page.get_by_label("Setting 2").select_option("model.activation")
    page.locator("#sweep-values-1").fill("relu tanh")
    page.locator("#field-steps").last.fill("60")
    page.reload()
    expect(page.locator("#sweep-values-0")).to_have_value("0.1 1")
    expect(page.locator("#sweep-values-1")).to_have_value("relu tanh")
    launch = page.get_by_role("button", name="Launch sweep")
    expect(launch).to_be_enabled()
    expect(page.locator(".sentence")).to_contain_text("4 runs of 2 networks, about")
    launch.click()
    page.wait_for_url("**/sweeps/*")
    expect(page.locator("[data-map=difference] [data-cell]")).to_have_count(4)
    expect(page.get_by_text("4 of 4 cells")).to_be_visible()
    expect(page.get_by_text("Largest stable learning rate:")).to_be_visible()
    sweep = page.url.rpartition("/")[2]
    record = httpx.get(f"{served.url}/api/sweeps/{sweep}", timeout=30).json()
    assert (record["state"], [cell["state"] for cell in record["cells"]]) == ("finished", ["finished"] * 4)
    page.locator("[data-map=arm-1]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    until(page, "location.search.includes('cell=3')")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/runs/{record['cells'][3]['run']}")
    page.go_back()
    page.locator("[data-map=arm-0] [data-cell='2']").click()
    page.wait_for_url(f"**/runs/{record['cells'][2]['run']}")

    page.goto(f"{served.url}/runs")
    row = page.get_by_role("article").filter(has=page.locator(f"[data-run='{sweep}']"))
    for undone in (True, False):
        row.get_by_role("button", name=re.compile("^More for")).click()
        page.get_by_role("menuitem", name="Delete with its cells").click()
        expect(row).to_be_hidden()
        if undone:
            page.get_by_role("button", name="Undo").click()
            expect(row).to_be_visible()
    assert httpx.get(f"{served.url}/api/sweeps/{sweep}", timeout=30).status_code == 200
    page.goto(f"{served.url}/launch")  # who leaves the page cannot undo any more
    for path in (f"sweeps/{sweep}", *(f"runs/{cell['run']}" for cell in record["cells"])):
        until(page, f"fetch('/api/{path}').then((answer) => answer.status === 404)")
    assert errors == []
