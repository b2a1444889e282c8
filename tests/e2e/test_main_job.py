"""The main job as a person does it: open, launch, watch, read the summary, share."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.benchmarks.browser import until
from tests.e2e.conftest import Opener
from tests.served import Served

pytestmark = pytest.mark.browser


def test_the_form_is_filled_with_the_papers_experiment(served: Served, open_page: Opener) -> None:
    page = open_page(f"{served.url}/launch")
    expect(page.get_by_text(re.compile(r"2\snetworks, 4\s000\ssteps on MNIST, about \d+\s(min|s)"))).to_be_visible()
    assert page.get_by_label("Name of network 1").input_value() == "no norm"
    assert page.get_by_label("Name of network 2").input_value() == "BatchNorm"


def test_launch_watch_and_read_the_summary(served: Served, open_page: Opener) -> None:
    page = open_page(f"{served.url}/launch?preset=paper-digits")
    page.get_by_role("button", name=re.compile("^Launch")).last.click()
    page.wait_for_url(re.compile(r"/runs/[0-9a-f]{32}"))
    until(page, "document.querySelectorAll('canvas.overlay').length >= 4")  # live, where the page is in time
    expect(page.get_by_text("finished", exact=True)).to_be_visible()
    run = page.url.split("/runs/")[1].split("?")[0]
    record = served.record(run)
    by_name = {arm["name"]: arm["final"] for arm in record["arms"]}
    assert by_name["BatchNorm"]["validation_accuracy"] > by_name["no norm"]["validation_accuracy"]
    summary = page.get_by_role("table").first
    expect(summary).to_contain_text("no norm")
    expect(summary).to_contain_text(f"{by_name['BatchNorm']['test_accuracy']:.3f}"[:5])
    expect(page.get_by_text("Fairness certificate")).to_be_visible()


def test_a_wrong_value_is_named_at_its_field_and_nothing_is_lost(served: Served, open_page: Opener) -> None:
    page = open_page(f"{served.url}/launch?preset=paper-digits")
    rate = page.get_by_role("textbox", name="Learning rate").or_(page.get_by_role("spinbutton", name="Learning rate"))
    rate.first.fill("-3")
    rate.first.blur()
    expect(page.get_by_text(re.compile("more than 0")).first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Launch")).last).to_be_disabled()
    assert rate.first.input_value() == "-3"
    page.reload()
    assert rate.first.input_value() == "-3"


def test_a_link_shows_what_its_sender_saw(served: Served, ended: dict[str, str], open_page: Opener) -> None:
    first = open_page(f"{served.url}/runs/{ended['id']}")
    until(first, "document.querySelectorAll('canvas.overlay').length >= 4")  # all data are there
    slider = first.get_by_role("slider", name="The moment that all charts show")
    slider.focus()
    first.keyboard.press("Home")
    for _ in range(3):
        first.keyboard.press("ArrowRight")
    first.wait_for_url(re.compile("step="))
    first.get_by_role("button", name="Look at layer 1").or_(first.get_by_label("Look at layer 1")).first.click()
    first.wait_for_url(re.compile("layer=1"))
    first.locator("button.arm").first.click()
    first.keyboard.press("ArrowRight")  # arrows are the page's, wherever one has clicked last
    first.wait_for_url(re.compile("step=4(?!\\d)"))
    first.locator("button.arm").first.click()
    shown = first.get_by_text(re.compile(r"^step \d")).first.inner_text()
    second = open_page(first.url)
    expect(second.get_by_text("Input of layer 1's activation")).to_be_visible()
    expect(second.get_by_text(shown, exact=True).first).to_be_visible()


def test_the_list_shows_the_run_and_leads_to_it(served: Served, ended: dict[str, str], open_page: Opener) -> None:
    page = open_page(f"{served.url}/runs")
    page.get_by_role("link", name=re.compile("^Digits")).first.click()
    page.wait_for_url(re.compile(r"/runs/[0-9a-f]{32}"))
    expect(page.get_by_role("heading", name="Digits")).to_be_visible()
    page.go_back()
    page.wait_for_url(re.compile("/runs$"))


def test_a_run_that_does_not_exist_says_so(served: Served, open_page: Opener) -> None:
    page = open_page(f"{served.url}/healthy")
    expect(page.get_by_text("There is no such page")).to_be_visible()
