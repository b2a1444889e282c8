"""One server and one browser for all page tests; each test has a page of its own that must stay free of errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.benchmarks.browser import PATIENCE, chromium, new_page, until
from tests.conftest import ROOT
from tests.served import Served, serving

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
expect.set_options(timeout=1000 * PATIENCE)

PLAIN = {"name": "no norm", "norm": {"kind": "none"}}
BATCH = {"name": "BatchNorm", "norm": {"kind": "batch"}}


def digits(**changes: Any) -> dict[str, Any]:
    """A spec on digits: two small networks."""
    spec: dict[str, Any] = {
        "name": "Digits",
        "dataset": {"kind": "digits"},
        "model": {"hidden": [32, 32]},
        "arms": [PLAIN, BATCH],
        "steps": 300,
        "evaluate_every": 20,
    }
    return spec | changes


@pytest.fixture(scope="session")
def served(
    tmp_path_factory: pytest.TempPathFactory, mnist_dir: Path, with_kernels: Callable[[Path], Path]
) -> Iterator[Served]:
    with serving(with_kernels(tmp_path_factory.mktemp("served")), mnist_dir, WORKERS="4") as running:
        # The launcher takes some seconds to get warm; no test should pay for it.
        running.wait(running.launch(digits(steps=20))["id"], "finished")
        yield running


@pytest.fixture(scope="session")
def ended(served: Served) -> dict[str, Any]:
    """A run that has finished."""
    run = served.launch(digits())
    return served.wait(run["id"], "finished")


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    """Ends with its module: playwright's event loop must not run while asynchronous tests want theirs."""
    with chromium(chromium_path) as running:
        yield running


def shown_points(page: Page, count: int) -> None:
    """Wait until the page has painted new data ``count`` times."""
    until(page, f"(window.normscope?.latency.count ?? 0) >= {count}")


def serious(page: Page) -> list[str]:
    """What axe finds on the page that is serious or worse."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


Opener = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Opener]:
    """Open a page of a given size and theme. What the browser's console complains about fails the test."""
    pages: list[Page] = []
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # A connection that is refused while no server runs is logged by the browser itself.
        if message.type in ("error", "warning") and "net::ERR_" not in message.text and "WebSocket" not in message.text:
            complaints.append(message.text)

    def opened(url: str, *, width: int = 1440, height: int = 900, dark: bool = False, locale: str = "en-GB") -> Page:
        page = new_page(browser, width=width, height=height, dark=dark, locale=locale)
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.context.close()
    assert complaints == []
