"""Every page at three widths in both themes: nothing sticks out, and axe finds nothing serious."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.benchmarks.bench_page import command
from tests.benchmarks.browser import until
from tests.e2e.conftest import Opener, digits, serious
from tests.served import Served

pytestmark = pytest.mark.browser
PAGES = {
    "start": "/",
    "launch": "/launch?preset=all-norms",
    "runs": "/runs",
    "compare": "/runs/{id}",
    "claims": "/claims",
    "claim": "/claims/stability",
    "lesson": "/lesson?claim=2",
    "missing": "/none",
}

OVERLAPPING = """
(() => {
  const parts = '.first > :is(a, h1, .chip), .first .progress :is(span, button), .first .actions > *';
  const boxes = [...document.querySelectorAll(parts)]
    .map((one) => [one.textContent.trim(), one.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0);
  const meet = (p, q) => p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 1 && q.top < p.bottom - 1;
  return boxes.flatMap(([a, p], i) => boxes.slice(i + 1).filter(([, q]) => meet(p, q)).map(([b]) => `${a} | ${b}`));
})()
"""


def opened(page: str, served: Served, ended: dict[str, str], open_page: Opener, width: int, dark: bool) -> Page:
    """The page, at rest."""
    shown = open_page(served.url + PAGES[page].format(id=ended["id"]), width=width, height=900, dark=dark)
    shown.wait_for_load_state("networkidle")
    until(shown, "document.querySelector('main').innerText.trim().length > 20")
    shown.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true })")
    shown.wait_for_load_state("networkidle")
    return shown


@pytest.mark.parametrize("width", [1440, 820, 390])
@pytest.mark.parametrize("page", PAGES)
def test_nothing_sticks_out(page: str, width: int, served: Served, ended: dict[str, str], open_page: Opener) -> None:
    shown = opened(page, served, ended, open_page, width, dark=False)
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    assert shown.evaluate("document.querySelector('main').innerText.trim().length") > 20


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing_serious(
    page: str, dark: bool, served: Served, ended: dict[str, str], open_page: Opener
) -> None:
    shown = opened(page, served, ended, open_page, 1440, dark)
    assert serious(shown) == []


@pytest.mark.parametrize("width", [1440, 820, 390])
def test_nothing_overlaps_in_a_runs_head(width: int, served: Served, open_page: Opener) -> None:
    name = "A run whose name takes all of the eighty letters that a run may have, as it does"
    run = served.launch(digits(name=name, steps=1_000_000, speed=20))["id"]
    shown = open_page(f"{served.url}/runs/{run}", width=width)
    until(shown, "document.querySelector('.first .rate') !== null && document.querySelector('.observer') !== null")
    for letters in (16, 26):  # as on a projector, or by the browser's settings
        shown.evaluate(f"document.documentElement.style.fontSize = '{letters}px'")
        assert shown.evaluate(OVERLAPPING) == []
    command(served, run, "stop")
