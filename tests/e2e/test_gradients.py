"""Gradient flow and the landscape, on a run that measures both: what their charts save is what was measured."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from normscope.core.statistics import NOISE_BATCHES, SLICE
from tests.e2e.conftest import Opener, digits
from tests.served import Served

pytestmark = pytest.mark.browser
ARMS = ("no norm", "BatchNorm")


@pytest.fixture(scope="module")
def measured(served: Served) -> dict[str, Any]:
    """A run that has looked along its gradient and at the noise in it."""
    spec = digits(steps=120, probes={"landscape_every": 20, "noise_every": 40})
    return served.wait(served.launch(spec)["id"], "finished")


def saved(page: Page, card: str, folder: Path) -> list[dict[str, str]]:
    """The rows that the card saves."""
    page.get_by_role("heading", name=card, exact=True).hover()
    page.get_by_role("button", name=f"Export {card}", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Save data as CSV").click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return list(csv.DictReader(io.StringIO(file.read_text())))


def test_the_loss_along_the_gradient_is_that_of_the_cursor(
    served: Served, measured: dict[str, Any], open_page: Opener, tmp_path: Path
) -> None:
    page = open_page(f"{served.url}/runs/{measured['id']}/landscape?step=0")
    page.locator(".slice canvas.overlay").wait_for()
    at_first = saved(page, "Loss along the gradient", tmp_path)
    assert [(row["series"], float(row["x"])) for row in at_first] == [(arm, k) for arm in ARMS for k in SLICE]
    values = {(row["series"], float(row["x"])): float(row["value"]) for row in at_first}
    for arm in ARMS:
        assert values[arm, 0.0] == 0.0
        assert values[arm, -1.0] > 0.0 > values[arm, 0.25]  # downhill is downhill
    page.get_by_role("button", name="To the end (L)").click()
    expect(page.get_by_text("step 120", exact=True)).to_be_visible()
    assert saved(page, "Loss along the gradient", tmp_path) != at_first


def test_the_map_and_the_bands_of_the_landscape_hold_every_observation(
    served: Served, measured: dict[str, Any], open_page: Opener, tmp_path: Path
) -> None:
    page = open_page(f"{served.url}/runs/{measured['id']}/landscape")
    page.locator(".map canvas").wait_for()
    band = saved(page, "Range of the loss", tmp_path)
    steps = [1, 20, 40, 60, 80, 100, 120]
    assert [int(row["step"]) for row in band] == steps * 2
    assert all(float(row["low"]) <= float(row["value"]) <= float(row["high"]) for row in band)
    page.get_by_role("radiogroup", name="What the colours show").get_by_text("loss", exact=True).click()
    expect(page).to_have_url(f"{served.url}/runs/{measured['id']}/landscape?flip=landscape_map")
    page.get_by_role("button", name="Enlarge Loss along the gradient, over time").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("img", name="Map for each arm")).to_be_visible()


def test_the_minibatch_is_compared_with_all_examples_by_batch_size(
    served: Served, measured: dict[str, Any], open_page: Opener, tmp_path: Path
) -> None:
    page = open_page(f"{served.url}/runs/{measured['id']}/gradients?step=0")
    page.locator(".noise canvas.overlay").first.wait_for()
    rows = saved(page, "Cosine by batch size", tmp_path)
    for arm in ARMS:
        found = {row["x"]: float(row["value"]) for row in rows if row["series"] == arm}
        assert list(found) == [str(size) for size in NOISE_BATCHES]
        assert found["2"] < found["128"] < 1.0
    cosines = saved(page, "Minibatch against full gradient", tmp_path)
    assert {row["series"] for row in cosines} == set(ARMS)
    assert all(-1.0 <= float(row["value"]) <= 1.0 for row in cosines)


@pytest.mark.parametrize("width", [1440, 820, 390])
@pytest.mark.parametrize("tab", ["gradients", "landscape"])
def test_nothing_sticks_out(tab: str, width: int, served: Served, measured: dict[str, Any], open_page: Opener) -> None:
    page = open_page(f"{served.url}/runs/{measured['id']}/{tab}", width=width, height=900)
    page.locator("canvas.overlay").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_axis_is_chosen_from_a_menu_where_the_bar_is_narrow(
    served: Served, measured: dict[str, Any], open_page: Opener
) -> None:
    page = open_page(f"{served.url}/runs/{measured['id']}/landscape", width=390, height=900)
    page.get_by_role("combobox", name="Horizontal axis").select_option("epoch")
    expect(page.get_by_text("epoch 6.32")).to_be_visible()  # 120 steps, 19 of which are an epoch
    page.set_viewport_size({"width": 1440, "height": 900})
    axis = page.get_by_role("radiogroup", name="Horizontal axis")
    expect(axis.get_by_role("radio", name="epoch")).to_be_checked()
    axis.get_by_text("step", exact=True).click()
    expect(page.get_by_text("step 120", exact=True)).to_be_visible()
