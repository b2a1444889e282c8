"""Who may talk to the server, and what its pages may do."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from pathlib import Path

import httpx
import pytest

from tests.contract.material import tiny_spec
from tests.server.running import Running, running

SPEC = json.loads(tiny_spec().model_dump_json())


def launch(server: Running, **headers: str) -> httpx.Response:
    """Launch a run with these headers."""
    return server.client.post("/api/runs", json=SPEC, headers=headers)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1", "x"])
def test_pages_of_others_change_nothing(server: Running, origin: str) -> None:
    answer = launch(server, Origin=origin)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert "NORMSCOPE_ORIGINS" in answer.json()["detail"]
    assert server.client.delete(f"/api/runs/{'0' * 32}", headers={"Origin": origin}).status_code == 403


def test_the_own_pages_and_programs_may(server: Running) -> None:
    assert launch(server, Origin=server.url).status_code == 201
    assert launch(server).status_code == 201


def test_a_form_of_another_site_cannot_launch(server: Running) -> None:
    answer = server.client.post("/api/runs", content=json.dumps(SPEC), headers={"Content-Type": "text/plain"})
    assert answer.status_code == 422


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", ""])
def test_other_names_of_this_machine_are_refused(server: Running, host: str) -> None:
    answer = server.client.get("/api/catalog", headers={"Host": host})
    assert answer.status_code == 403
    assert "NORMSCOPE_ORIGINS" in answer.json()["detail"]


@pytest.mark.parametrize("host", ["localhost", "localhost:5173", "127.0.0.1:9", "[::1]:8000"])
def test_names_of_the_loopback_are_welcome(server: Running, host: str) -> None:
    assert server.client.get("/api/health/live", headers={"Host": host}).status_code == 200
    assert launch(server, Host=host, Origin=f"http://{host}").status_code == 201


def test_listed_origins_are_welcome(tmp_path: Path) -> None:
    with running(tmp_path, origins=("https://demo.example",)) as server:
        assert launch(server, Host="demo.example", Origin="https://demo.example").status_code == 201
        assert launch(server, Origin="https://demo.example").status_code == 201
        assert launch(server, Origin="https://other.example").status_code == 403


def test_every_answer_has_the_headers(server: Running) -> None:
    for path in ("/", "/api/catalog", "/api/nothing", "/runs/1"):
        headers = server.client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe-eval" not in headers["content-security-policy"]
        assert "server" not in headers
    assert server.client.get("/api/catalog").headers["cache-control"] == "no-store"


def test_inline_scripts_of_the_page_run_by_their_hash_also_when_it_is_built_again(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    index = pages / "index.html"
    with running(tmp_path / "data", pages=pages) as server:
        for script in ("document.documentElement.dataset.theme = 'dark';", "document.title = 'built again';"):
            index.write_text(
                f'<!doctype html><script>{script}</script><script type="module" src="/assets/index-1a2b.js"></script>'
            )
            digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            policy = server.client.get("/").headers["content-security-policy"]
            assert f"script-src 'self' 'sha256-{digest}';" in policy
        index.unlink()
        assert "script-src 'self';" in server.client.get("/").headers["content-security-policy"]


def test_pages_are_served_and_nothing_else(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    (pages / "assets").mkdir(parents=True)
    (pages / "index.html").write_text("<!doctype html><title>NormScope</title>")
    (pages / "icon.svg").write_text("<svg/>")
    (pages / "assets" / "index-1a2b.js").write_text("0" * 5000)
    (tmp_path / "secret.txt").write_text("secret")
    with running(tmp_path / "data", pages=pages) as server:
        for path in ("/", "/launch", f"/runs/{'0' * 32}", "/runs?state=running"):
            page = server.client.get(path)
            assert page.text == "<!doctype html><title>NormScope</title>", path
            assert page.headers["cache-control"] == "no-cache"
        script = server.client.get("/assets/index-1a2b.js")
        assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert script.headers["content-encoding"] == "gzip"
        assert script.headers["content-type"].startswith("text/javascript")
        (pages / "assets" / "index-1a2b.js.gz").write_bytes(gzip.compress(b"as the build compressed it"))
        built = server.client.get("/assets/index-1a2b.js")
        assert built.text == "as the build compressed it"
        assert built.headers["vary"] == "Accept-Encoding"
        assert built.headers["content-type"] == script.headers["content-type"]
        plain = server.client.get("/assets/index-1a2b.js", headers={"Accept-Encoding": "identity"})
        assert (plain.text, plain.headers.get("content-encoding")) == ("0" * 5000, None)
        assert server.client.get("/icon.svg").headers["cache-control"] == "no-cache"
        assert server.client.head("/").status_code == 200
        for path in ("/assets/index-old.js", "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/a%00b.js"):
            answer = server.client.get(path)
            assert answer.status_code == 404, path
            assert "secret" not in answer.text.replace("secret.txt", "")
        assert server.client.get("/api").status_code == 404


def test_says_how_to_build_the_pages(server: Running) -> None:
    page = server.client.get("/runs")
    assert page.status_code == 200
    assert "make static" in page.text
