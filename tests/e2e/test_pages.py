"""Every page at three widths in both themes: nothing sticks out, and axe finds nothing serious."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.benchmarks.browser import until
from tests.e2e.conftest import Opener, serious
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
