"""A long run that has ended, zoomed into: the server is asked for the points in sight, and they are drawn."""

from __future__ import annotations

import re

import httpx
import numpy as np
import pytest
from playwright.sync_api import Page, Route

from normscope.core.telemetry import POINTS, Points, decode_points
from tests.benchmarks.browser import until
from tests.e2e.conftest import PLAIN, Opener, digits
from tests.served import Served

pytestmark = pytest.mark.browser
OVERVIEW = re.compile(r"/telemetry\?points=2000&(?!.*from_step)")
FINER = re.compile(r"/telemetry\?.*from_step=")


def picture(page: Page) -> str:
    """The lines of the loss chart, once they rest."""
    page.mouse.move(0, 0)
    drawn, before = "", None
    while drawn != before:
        page.wait_for_timeout(1000)
        before, drawn = drawn, page.evaluate("document.querySelector('.loss canvas.overlay').toDataURL()")
    return drawn


def test_zooming_fetches_what_is_in_sight_and_leaving_shows_the_whole_again(served: Served, open_page: Opener) -> None:
    run = served.launch(digits(steps=6000, arms=[PLAIN], model={"hidden": [8]}, evaluate_every=1000))["id"]
    served.wait(run, "finished")
    page = open_page("about:blank")
    # So few that the overview of this run, short as it is, hides most of its points.
    page.route(OVERVIEW, lambda route: route.continue_(url=route.request.url.replace("2000", "100", 1)))
    held: list[Route] = []
    page.route(FINER, lambda route: held.append(route))
    page.goto(f"{served.url}/runs/{run}")
    until(page, "document.querySelector('.loss .nsewdrag') !== null")
    whole = picture(page)

    box = page.locator(".loss .nsewdrag").first.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.50 * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.56 * box["width"], middle, steps=8)
    page.mouse.up()
    while not held:
        page.wait_for_timeout(100)
    coarse = picture(page)
    assert len(held) == 1
    with page.expect_response(FINER) as answered:
        held[0].continue_()
    sent = decode_points(answered.value.body())
    finer = picture(page)
    assert len({whole, coarse, finer}) == 3

    first, last = (int(part) for part in httpx.URL(page.url).params["zoom"].split("-"))
    stored = decode_points(httpx.get(f"{served.url}/api/runs/{run}/telemetry?points=100000").content)
    manifest = httpx.get(f"{served.url}/api/runs/{run}/manifest").json()["manifest"]
    loss = next(series["id"] for series in manifest["series"] if series["statistic"] == "train_loss")
    seen, expected = (part(points, loss, first, last) for points in (sent, stored))
    assert len(expected) > 50
    for name in POINTS.names:
        assert np.array_equal(getattr(seen, name), getattr(expected, name)), name

    page.get_by_role("button", name="Show all steps").click()
    assert picture(page) != finer
    assert "zoom" not in httpx.URL(page.url).params
    assert len(held) == 1, "all steps are there already"


def part(points: Points, series: int, first: int, last: int) -> Points:
    """The points of one series between two steps."""
    return points.take((points.series == series) & (points.step >= first) & (points.step <= last))
