"""Files that open from disk: no server, no network, the same charts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.benchmarks.browser import new_page, until
from tests.e2e.conftest import digits
from tests.served import Served

pytestmark = pytest.mark.browser

NASTY = "</script><script>window.broken = 1</script>"
# Read from a copy: the browser complains where a canvas that is painted on is read again and again.
PAINTED = """() => [...document.querySelectorAll("canvas.overlay")].filter((canvas) => {
  if (!canvas.width || !canvas.height) return false;
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  return new Uint32Array(copy.getImageData(0, 0, canvas.width, canvas.height).data.buffer).some(Boolean);
}).length"""


class Opened:
    """A page of a file, and what it did that it should not."""

    def __init__(self, browser: Browser, file: Path) -> None:
        self.page: Page = new_page(browser)
        self.faults: list[str] = []
        self.page.context.set_offline(True)
        self.page.on("console", lambda message: self.faults.append(message.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.goto(file.as_uri())

    def _asked(self, url: str) -> None:
        if not url.startswith(("file:", "data:", "blob:")):
            self.faults.append(f"asked for {url}")


def download(served: Served, path: str, file: Path) -> Path:
    answer = httpx.get(f"{served.url}/api{path}", timeout=60)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].endswith('.html"')
    file.write_bytes(answer.content)
    return file


@pytest.fixture(scope="module")
def run(served: Served) -> dict[str, Any]:
    return served.wait(served.launch(digits(name=NASTY))["id"], "finished")


def test_a_replay_opens_from_disk(served: Served, run: dict[str, Any], browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, download(served, f"/runs/{run['id']}/export/replay", tmp_path / "replay.html"))
    page = opened.page
    until(page, f"({PAINTED})() >= 6")
    expect(page.get_by_role("heading", level=1)).to_have_text(NASTY)
    assert page.evaluate("window.broken") is None

    page.get_by_role("slider", name="The moment that all charts show").fill("100")
    expect(page.locator(".place .where")).to_contain_text("100")
    live = new_page(browser)
    live.goto(f"{served.url}/runs/{run['id']}?step=100")
    live.wait_for_load_state("networkidle")
    expect(live.locator(".legend").first).to_have_text(re.compile(r"\d"))
    expect(page.locator(".legend").first).to_have_text(live.locator(".legend").first.text_content() or "absent")
    live.context.close()

    page.get_by_role("link", name="BN microscope").click()
    expect(page.get_by_role("heading", name="Batch against running statistics")).to_be_visible()
    until(page, "location.hash.includes('/microscope?step=100')")
    page.reload()
    expect(page.locator(".place .where")).to_contain_text("100")
    page.get_by_role("button", name="한국어").click()
    expect(page.get_by_role("link", name="보고서")).to_be_visible()
    assert opened.faults == []
    page.context.close()


def test_a_report_is_read_and_printed(served: Served, run: dict[str, Any], browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, download(served, f"/runs/{run['id']}/export/report", tmp_path / "report.html"))
    page = opened.page
    expect(page.get_by_role("heading", level=1)).to_have_text(NASTY)
    for title in ("Result", "Figures", "Fairness certificate", "Settings", "How to repeat it", "Made with"):
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Saturated share by layer")).to_be_attached()
    until(page, f"({PAINTED})() >= 2")
    assert page.evaluate(f"({PAINTED})()") < page.locator("canvas.overlay, .plot").count(), "what is out of sight waits"
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(f"({PAINTED})()") >= 6
    assert opened.faults == []
    page.context.close()


def test_a_sweep_is_a_file_too(served: Served, browser: Browser, tmp_path: Path) -> None:
    axes = [{"field": "optimizer.learning_rate", "values": [0.1, 1.0]}]
    body = {"name": NASTY, "base": digits(steps=20), "axes": axes}
    sweep = httpx.post(f"{served.url}/api/sweeps", json=body, timeout=30).json()["id"]
    opened = Opened(browser, download(served, f"/sweeps/{sweep}/export/report", tmp_path / "sweep.html"))
    expect(opened.page.get_by_role("heading", level=1)).to_have_text(NASTY)
    expect(opened.page.locator("[data-cell]").first).to_be_visible()
    assert opened.page.locator("[data-cell]").count() == 2 * 3
    assert opened.faults == []
    opened.page.context.close()
