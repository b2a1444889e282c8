"""A fork, from the compare page through the form to the child's page."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.benchmarks.browser import new_page
from tests.e2e.conftest import Opener, digits
from tests.served import Served

pytestmark = pytest.mark.browser
IDENTITY = "Without effect"


def test_batchnorm_is_put_into_a_trained_network(served: Served, ended: dict[str, Any], open_page: Opener) -> None:
    page = open_page(f"{served.url}/runs/{ended['id']}")
    page.get_by_role("link", name="Fork", exact=True).click()
    page.wait_for_url(re.compile(r"/launch\?fork="))
    expect(page.get_by_role("heading", name=re.compile("A fork of Digits at step 300"))).to_be_visible()
    assert page.get_by_label("no norm goes on from").input_value() == "0"
    assert page.get_by_label("BatchNorm goes on from").input_value() == "1"
    expect(page.locator("[inert] #field-batch_size")).to_have_count(1)  # the parent's, not to be changed

    page.locator("#field-arms-0-norm").select_option("batch")
    page.get_by_role("radio", name=IDENTITY).check(force=True)
    page.locator("#field-steps").last.fill("120")
    page.reload()
    expect(page.get_by_role("radio", name=IDENTITY)).to_be_checked()
    assert page.locator("#field-steps").last.input_value() == "120"

    page.get_by_role("button", name=re.compile("^Launch")).last.click()
    page.wait_for_url(re.compile(rf"/runs/(?!{ended['id']})[0-9a-f]{{32}}"))
    child = page.url.split("/runs/")[1].split("?")[0]
    expect(page.locator("p", has_text="Fork of Digits at step 300")).to_be_visible()
    record = served.wait(child, "finished")
    assert record["parent"] == {"run": ended["id"], "step": 300}
    assert record["step"] == 120
    expect(page.get_by_text("finished", exact=True)).to_be_visible()
    expect(page.get_by_text("Fairness certificate")).to_be_visible()

    page.get_by_role("link", name="Digits", exact=True).click()
    page.wait_for_url(re.compile(ended["id"]))
    page.get_by_role("link", name=re.compile("^Fork of Digits at step 300")).click()
    page.wait_for_url(re.compile(child))


def test_what_cannot_be_folded_is_named_at_its_field(served: Served, browser: Browser) -> None:
    parent = served.launch(digits(arms=[{"name": "LayerNorm", "norm": {"kind": "layer"}}], steps=20))
    served.wait(parent["id"], "finished")
    page = new_page(browser)  # its console may speak of the refusal
    page.goto(f"{served.url}/launch?fork={parent['id']}")
    page.locator("#field-arms-0-norm").select_option("none")
    page.get_by_role("button", name=re.compile("^Launch")).last.click()
    expect(page.locator("[data-field=field-arms-0-norm]")).to_contain_text("which alone can be folded into weights")
    assert "/launch" in page.url
    page.locator("#field-arms-0-norm").select_option("layer")
    expect(page.locator("[data-field=field-arms-0-norm]")).not_to_contain_text("folded")
    page.context.close()


def test_a_fork_is_no_script_and_the_page_says_so(served: Served, ended: dict[str, Any], browser: Browser) -> None:
    wanted = {"step": 300, "spec": digits(steps=20), "sources": [0, 1], "inserted_norms": "fresh"}
    answer = httpx.post(f"{served.url}/api/runs/{ended['id']}/fork", json=wanted, timeout=30)
    assert answer.status_code == 201, answer.text
    page = new_page(browser)  # its console may speak of the refusal
    page.goto(f"{served.url}/runs/{answer.json()['id']}")
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Export as PyTorch script").click()
    expect(page.get_by_text("no script repeats this run: it goes on from step 300 of another run")).to_be_visible()
    assert page.url.endswith(answer.json()["id"])
    with page.expect_download() as download:
        page.goto(f"{served.url}/runs/{ended['id']}")
        page.get_by_role("button", name="More").click()
        page.get_by_role("menuitem", name="Export as PyTorch script").click()
    assert download.value.suggested_filename == f"normscope-{ended['id'][:8]}.py"
