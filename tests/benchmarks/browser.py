"""A real Chromium for benchmarks and browser tests."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator

from playwright.sync_api import Browser, Page, sync_playwright

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


PATIENCE = 120.0
"""Seconds that are waited for anything: many times what it takes, for machines that have other things to do."""


def executable() -> str | None:
    """Debian's Chromium, or what else playwright can drive; None: there is none."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextlib.contextmanager
def chromium(path: str | None = None) -> Iterator[Browser]:
    """A headless browser with a fresh profile."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path or executable(), args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def new_page(
    browser: Browser, *, width: int = 1440, height: int = 900, dark: bool = False, locale: str = "en-GB"
) -> Page:
    """A page of a context of its own."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        locale=locale,
    )
    context.set_default_timeout(1000 * PATIENCE)
    return context.new_page()


def until(page: Page, expression: str, seconds: float = PATIENCE) -> None:
    """Poll ``expression`` from outside: playwright's own waiting evaluates strings, which the page's policy forbids."""
    deadline = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, f"not within {seconds} s: {expression}"
        page.wait_for_timeout(20)
