"""A run's page shows its charts before Plotly is there, and nothing moves when it takes over."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route

from tests.benchmarks.browser import until
from tests.e2e.conftest import Opener
from tests.served import Served

pytestmark = pytest.mark.browser
PLOTLY = "**/assets/plotly-*.js"
WRITTEN = """
window.written = new Map();
const clear = CanvasRenderingContext2D.prototype.clearRect;
CanvasRenderingContext2D.prototype.clearRect = function (...args) {
  written.set(this.canvas, []);
  return clear.apply(this, args);
};
const write = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
  written.get(this.canvas)?.push([text, x, y, this.textAlign]);
  return write.call(this, text, x, y);
};
"""
OURS = "[...written].filter(([canvas]) => canvas.closest('.{card} .plot')).flatMap(([, texts]) => texts)"
THEIRS = """[...document.querySelectorAll('.{card} :is(.xtick, .ytick) text')].map(text => {{
  const at = new DOMPoint(text.getAttribute('x'), text.getAttribute('y')).matrixTransform(text.getCTM());
  return [text.textContent, at.x, at.y, text.getAttribute('text-anchor') === 'end' ? 'right' : 'center'];
}})"""
CARDS = ("accuracy", "loss", "percentiles", "histogram", "gradient", "saturation")


def labels(page: Page, source: str, card: str) -> list[tuple[str, float, float, str]]:
    """Text, place and alignment of what is written in a chart."""
    found: list[list[Any]] = page.evaluate(source.format(card=card))
    return [(str(text), float(x), float(y), str(align)) for text, x, y, align in found]


def test_nothing_moves_when_plotly_takes_over(served: Served, ended: dict[str, Any], open_page: Opener) -> None:
    page = open_page("about:blank")
    page.add_init_script(WRITTEN)
    held: list[Route] = []
    page.route(PLOTLY, lambda route: held.append(route))
    page.goto(f"{served.url}/runs/{ended['id']}")
    for card in CARDS:
        until(page, f"({OURS.format(card=card)}).length > 3")
    until(page, "document.querySelectorAll('.percentiles canvas').length > 0")
    before = {}
    while not held or before != (before := {card: labels(page, OURS, card) for card in CARDS}):
        page.wait_for_timeout(500)
    assert page.locator(".nsewdrag").count() == 0

    for route in held:
        route.continue_()
    for card in CARDS:
        until(page, f"document.querySelector('.{card} .nsewdrag') !== null")
        after = labels(page, THEIRS, card)
        assert len(after) >= 3, card
        for text, x, y, align in after:
            near = [ours for ours in before[card] if abs(ours[1] - x) < 0.3 and abs(ours[2] - y) < 0.3]
            assert [(ours[0], ours[3]) for ours in near] == [(text, align)], (card, text, x, y, before[card])
        ours_now = [text for text, *_ in labels(page, OURS, card)]
        assert not {text for text, *_ in after} & set(ours_now) - {""}, "drawn twice"


def test_a_page_that_cannot_fetch_plotly_shows_its_lines_and_asks_again(
    served: Served, ended: dict[str, Any], open_page: Opener
) -> None:
    page = open_page("about:blank")
    page.add_init_script(WRITTEN)
    asked: list[Route] = []

    def refuse(route: Route) -> None:
        asked.append(route)
        route.abort()

    page.route(PLOTLY, refuse)
    page.goto(f"{served.url}/runs/{ended['id']}")
    until(page, f"({OURS.format(card='loss')}).length > 3")
    while not asked:
        page.wait_for_timeout(100)
    page.wait_for_timeout(500)
    assert page.locator(".nsewdrag").count() == 0
    page.unroute(PLOTLY)
    page.locator(".loss .plot").hover()
    until(page, "document.querySelector('.loss .nsewdrag') !== null")
