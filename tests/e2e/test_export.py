"""A chart's menu saves what the chart shows, its marks too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import Opener, digits
from tests.served import Served

pytestmark = pytest.mark.browser


def test_a_chart_is_saved_with_its_marks(served: Served, open_page: Opener, tmp_path: Path) -> None:
    spec = digits(steps=4000, early_stopping={"patience": 2}, optimizer={"kind": "sgd", "learning_rate": 3.0})
    run = served.wait(served.launch(spec)["id"], "finished")
    page = open_page(f"{served.url}/runs/{run['id']}")
    page.locator("canvas.overlay").first.wait_for()
    button = page.get_by_role("button", name="Export Loss")
    saved: dict[str, bytes] = {}
    for kind, label in (("png", "Save as PNG"), ("svg", "Save as SVG"), ("csv", "Save data as CSV")):
        page.get_by_role("heading", name="Loss", exact=True).hover()
        button.click()
        with page.expect_download() as download:
            page.get_by_role("menuitem", name=label).click()
        file = tmp_path / download.value.suggested_filename
        assert file.name == f"loss.{kind}"
        download.value.save_as(file)
        saved[kind] = file.read_bytes()
    assert saved["png"].startswith(b"\x89PNG")
    assert saved["csv"].startswith(b"series,step,x,value,low,high\n")
    assert saved["svg"].count(b"stopped at step") == len(run["arms"])
