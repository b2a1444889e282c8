"""The lesson: by keyboard, live, in two languages; and a room with a lecturer and a guest in browsers of their own."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.benchmarks.browser import PATIENCE, new_page, until
from tests.e2e.conftest import Opener, serious
from tests.served import Served

pytestmark = pytest.mark.browser


def launched(page: Page, press: Callable[[], None]) -> str:
    """The trial that is launched by pressing something."""
    with page.expect_response("**/api/claims/*/runs") as answered:
        press()
    trial: str = answered.value.json()["id"]
    return trial


def verdict_of(served: Served, page: Page, trial: str) -> None:
    """Wait until the trial has ended, then until the page shows the verdict that the server computed."""
    deadline = time.monotonic() + PATIENCE
    while (record := httpx.get(f"{served.url}/api/trials/{trial}", timeout=30).json())["state"] != "finished":
        assert time.monotonic() < deadline, f"the trial is {record['state']} after {PATIENCE} s"
        page.wait_for_timeout(100)
    expect(page.locator(".result")).to_contain_text(record["judged"]["verdict"])
    expect(page.locator(".result [role=progressbar]")).to_have_count(0)


def test_a_lesson_is_led_by_keyboard(served: Served, open_page: Opener) -> None:
    page = open_page(f"{served.url}/claims")
    page.get_by_role("link", name="Teach it in an hour").click()
    expect(page.get_by_role("heading", name="Batch Normalization in an hour")).to_be_visible()
    assert page.locator("header nav").count() == 0, "the whole screen is the lesson's"
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="BatchNorm speeds training up.")).to_be_visible()
    page.keyboard.press("Space")
    page.wait_for_url("**/lesson?claim=1&phase=watch")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_text("Claim 2", exact=False).or_(page.locator(".number", has_text="2")).first).to_be_visible()
    page.keyboard.type("16")
    page.wait_for_url("**/lesson?claim=16")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**/lesson?claim=15&phase=limits")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("In a lesson")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("f")
    until(page, "document.fullscreenElement !== null")
    page.keyboard.press("f")
    until(page, "document.fullscreenElement === null")
    page.keyboard.press("Escape")
    page.wait_for_url("**/claims")


def test_a_claim_is_run_and_judged_without_leaving_the_lesson(served: Served, open_page: Opener) -> None:
    page = open_page(f"{served.url}/lesson?claim=15", width=1920, height=1080)
    expect(page.get_by_role("heading", name=re.compile("The scale of the weights"))).to_be_visible()
    assert float(page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")) > 24, "large letters"
    page.keyboard.press("ArrowRight")
    verdict_of(served, page, launched(page, page.get_by_role("button", name=re.compile("^Run it")).click))
    expect(page.get_by_role("heading", name="Largest change of a logit, weights times ten")).to_be_visible()
    assert serious(page) == []
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("the norm divides both out", exact=False)).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="With a large ε")).to_be_visible()
    verdict_of(served, page, launched(page, lambda: page.keyboard.press("r")))


@pytest.mark.parametrize("width", [820, 390])
def test_a_lesson_fits_small_screens(width: int, served: Served, open_page: Opener) -> None:
    page = open_page(f"{served.url}/lesson?claim=2")
    page.set_viewport_size({"width": width, "height": 844})
    for _ in range(4):
        expect(page.locator(".slide h1, .slide h2").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
        page.keyboard.press("ArrowRight")


def test_a_lesson_speaks_korean(served: Served, browser: Browser) -> None:
    page = new_page(browser, locale="ko-KR", width=390, height=844)
    page.goto(f"{served.url}/lesson?claim=3")
    expect(page.get_by_role("heading", name="BatchNorm은", exact=False).first).to_be_visible()
    expect(page.get_by_role("button", name="관찰")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.context.close()


def test_a_class_follows_its_lecturer(served: Served, open_page: Opener) -> None:
    lecturer = open_page(f"{served.url}/lesson?claim=7")
    asked: list[str] = []
    lecturer.on("request", lambda request: asked.append(f"{request.method} {request.url.removeprefix(served.url)}"))
    lecturer.get_by_role("button", name="Open a room").evaluate("(button) => { button.click(); button.click(); }")
    code = lecturer.locator(".code").inner_text()
    expect(lecturer.get_by_role("img", name="The link as a QR code")).to_be_visible()
    assert asked.count("POST /api/rooms") == 1, "however often it is pressed before the room is open"
    assert serious(lecturer) == []
    lecturer.keyboard.press("Escape")

    guest = open_page(f"{served.url}/room/{code.lower()}", width=820)
    expect(guest.get_by_text("You follow the lecturer")).to_be_visible()
    expect(lecturer.get_by_role("button", name=re.compile(f"{code} · 1 present"))).to_be_visible()
    guest.get_by_role("button", name="It will hold").click()
    expect(lecturer.get_by_role("region", name="What the class says")).to_contain_text("It will hold")
    assert serious(guest) == []

    lecturer.keyboard.press("ArrowRight")
    expect(guest.get_by_role("button", name="Watch")).to_have_attribute("aria-current", "step")
    trial = launched(lecturer, lecturer.get_by_role("button", name=re.compile("^Run it")).click)
    verdict_of(served, guest, trial)
    expect(guest.get_by_role("button", name=re.compile("^Run it"))).to_have_count(0)
    lecturer.locator("[data-chart='0']").hover()
    expect(guest.locator("[data-chart='0'] .pointer")).to_be_visible()

    guest.get_by_role("button", name="Look around").click()
    lecturer.keyboard.press("ArrowRight")
    expect(guest.get_by_text("You look around by yourself")).to_be_visible()
    expect(guest.get_by_role("button", name="Reason")).not_to_have_attribute("aria-current", "step")
    guest.get_by_role("button", name="Return to the lecturer").click()
    expect(guest.get_by_role("button", name="Reason")).to_have_attribute("aria-current", "step")

    lecturer.reload()
    expect(lecturer.get_by_role("button", name=re.compile(f"{code} · 1 present"))).to_be_visible()
    lecturer.keyboard.press("1")
    lecturer.wait_for_url("**/lesson?claim=1")
    expect(guest.get_by_role("heading", name="BatchNorm speeds training up.")).to_be_visible()
    lecturer.get_by_role("button", name=re.compile(code)).click()
    lecturer.get_by_role("button", name="Close the room").click()
    expect(guest.get_by_role("heading", name="There is no such room, or it has ended")).to_be_visible()
    expect(lecturer.get_by_role("button", name="Open a room")).to_be_visible()


def test_a_room_is_entered_by_its_code(served: Served, browser: Browser) -> None:
    code = httpx.post(f"{served.url}/api/rooms", timeout=30).json()["code"]
    page = new_page(browser, width=390)  # its console speaks of the room that is not there
    page.goto(f"{served.url}/claims")
    field = page.get_by_label("Join a room")
    field.fill("abc")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("five letters, without I and O")
    expect(field).to_be_focused()
    other = "ZZZZZ" if code != "ZZZZZ" else "YYYYY"
    field.fill(other.lower())
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text(f"There is no room {other}")
    assert serious(page) == []
    page.goto(f"{served.url}/lesson")
    page.get_by_label("Join a room").fill(f" {code[:2].lower()} {code[2:]}")
    page.get_by_label("Join a room").press("Enter")
    page.wait_for_url(f"**/room/{code}")
    expect(page.get_by_text("The lecturer is away")).to_be_visible()
    expect(page.get_by_label("Join a room")).to_have_count(0)
    page.context.close()
