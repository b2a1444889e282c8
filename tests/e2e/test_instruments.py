"""The tabs of a run, on one that has ended."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.benchmarks.browser import until
from tests.e2e.conftest import BATCH, PLAIN, Opener, digits, serious
from tests.served import Served

pytestmark = pytest.mark.browser
SEEN = """async (button) => {
  for (const _ of "12") await new Promise(requestAnimationFrame);
  const { left, top, width, height } = button.getBoundingClientRect();
  return button.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}"""
TABS = ("microscope", "gradients", "landscape", "maps")


@pytest.fixture(scope="module")
def measured(served: Served) -> dict[str, Any]:
    """A run whose modes are measured; a norm's details are not."""
    run = served.launch(digits(steps=120, arms=[PLAIN, BATCH], probes={"modes_every": 40, "details_every": 0}))
    return served.wait(run["id"], "finished")


@pytest.fixture(scope="module")
def full(served: Served) -> dict[str, Any]:
    """A run that measures all there is."""
    probes = {"modes_every": 40, "landscape_every": 40, "noise_every": 60}
    return served.wait(served.launch(digits(steps=120, probes=probes))["id"], "finished")


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
    page.wait_for_load_state("networkidle")
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


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("tab", TABS)
def test_axe_finds_nothing_serious(
    tab: str, dark: bool, served: Served, full: dict[str, Any], open_page: Opener
) -> None:
    page = open_page(f"{served.url}/runs/{full['id']}/{tab}", dark=dark)
    page.locator(".instrument canvas").first.wait_for()
    page.wait_for_load_state("networkidle")
    assert serious(page) == []


def test_what_is_not_measured_is_switched_on_in_the_form(
    served: Served, measured: dict[str, Any], open_page: Opener
) -> None:
    page = open_page(f"{served.url}/runs/{measured['id']}/microscope")
    expect(page.get_by_role("heading", name="Loss by mode")).to_be_visible()
    page.get_by_role("link", name="Run again with it").click()
    expect(page.get_by_text("Its measurement is switched on; everything else is as it was.")).to_be_visible()
    launch = page.get_by_role("button", name="Launch", exact=False).last
    assert launch.evaluate(SEEN), "a message covers no button"
    launch.click()
    page.wait_for_url(lambda url: "/runs/" in url and measured["id"] not in url)
    again = served.record(page.url.rsplit("/", 1)[1].split("?")[0])
    assert again["spec"]["probes"] == measured["spec"]["probes"] | {"details_every": 10}
    assert again["spec"]["arms"] == measured["spec"]["arms"]


def test_a_map_is_read_by_keyboard_and_saved_as_csv(
    served: Served, full: dict[str, Any], open_page: Opener, tmp_path: Path
) -> None:
    page = open_page(f"{served.url}/runs/{full['id']}/maps?step=60")
    card = page.get_by_role("region", name="Weight gradient norm, every layer over time")
    plane = card.locator(".space")
    until(page, "document.querySelector('.each canvas')?.width > 300")
    heading = card.get_by_role("heading")
    heading.hover()
    card.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Save data as CSV").click()
    file = tmp_path / "map.csv"
    download.value.save_as(file)
    rows = list(csv.DictReader(io.StringIO(file.read_text())))
    found = {(row["arm"], row["row"], int(row["step"])): float(row["value"]) for row in rows}
    manifest = httpx.get(f"{served.url}/api/runs/{full['id']}/manifest").json()["manifest"]
    layers = [layer["name"] for layer in manifest["layers"]]
    assert {key[:2] for key in found} == {(arm["name"], layer) for arm in (PLAIN, BATCH) for layer in layers}
    assert {key[2] for key in found} == set(range(1, 121))

    plane.focus()
    said = card.locator("[aria-live]")
    expect(said).to_contain_text("no norm, layer 1, step 60")
    page.keyboard.press("ArrowDown")
    expect(said).to_contain_text("no norm, layer 2, step 60")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("no norm, layer 2, step 62")
    for _ in layers[1:]:
        page.keyboard.press("ArrowDown")
    expect(said).to_contain_text("BatchNorm, layer 1, step 62")
    page.keyboard.press("ArrowUp")
    expect(said).to_contain_text(f"no norm, layer {layers[-1]}, step 62")


def test_the_cursor_moves_every_chart_by_keyboard(served: Served, full: dict[str, Any], open_page: Opener) -> None:
    page = open_page(f"{served.url}/runs/{full['id']}/microscope?layer=1")
    identity = page.get_by_role("region", name="What a norm keeps unchanged")
    expect(identity.get_by_text("restored to rounding")).to_be_visible()
    at_the_end = identity.get_by_role("row", name="BatchNorm").first.inner_text()
    page.keyboard.press("Home")
    expect(page.get_by_text("step 0", exact=True)).to_be_visible()
    expect(identity.get_by_text("restored to rounding")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("step 1", exact=True)).to_be_visible()
    expect(identity.get_by_text("restored to rounding")).to_be_visible()
    assert identity.get_by_role("row", name="BatchNorm").first.inner_text() != at_the_end
    page.keyboard.press("l")
    expect(page.get_by_text("step 120", exact=True)).to_be_visible()


def test_a_run_that_is_deleted_elsewhere_is_said_to_be_gone(served: Served, open_page: Opener) -> None:
    run = served.launch(digits(steps=20))["id"]
    served.wait(run, "finished")
    page = open_page(f"{served.url}/runs/{run}/gradients")
    page.locator(".instrument canvas").first.wait_for()
    assert httpx.delete(f"{served.url}/api/runs/{run}").status_code == 204
    expect(page.get_by_role("alert")).to_contain_text("This run was deleted.")
    expect(page.get_by_role("button", name="Launch again")).to_be_hidden()
    page.get_by_role("alert").get_by_role("link", name="All runs").click()
    expect(page).to_have_url(f"{served.url}/runs")
