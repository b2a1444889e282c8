"""The built frontend: hashed assets for ever, ``index.html`` for every page, a friendly word where it is not built."""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import re
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, Response

STATIC = Path(__file__).parent / "static"
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
NOT_BUILT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>NormScope</title>
<style>body { font: 1.125rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 12vh auto; padding: 0 1.5rem }</style>
<h1>NormScope runs, but its pages are not built.</h1>
<p>Build them once with <code>make static</code>, then reload this page.
<p>The interface for programs is there already: see <a href="/api/openapi.json">its description</a>.
</html>
"""


class InlineScripts:
    """What the Content-Security-Policy must know of ``index.html``, read anew when the file has changed.

    Pages that are built again under a running server would else be refused their own script until it is started anew.
    """

    def __init__(self, folder: Path) -> None:
        self._index = folder / "index.html"
        self._seen: tuple[int, int] | None = None
        self._hashes: tuple[str, ...] = ()

    def hashes(self) -> tuple[str, ...]:
        """SHA-256 of each inline script, base64; none where the pages are not built."""
        try:
            file = self._index.stat()
            if self._seen != (file.st_mtime_ns, file.st_size):
                self._hashes = tuple(map(_sha256, INLINE_SCRIPT.findall(self._index.read_text(encoding="utf-8"))))
                self._seen = file.st_mtime_ns, file.st_size
        except FileNotFoundError:
            self._hashes, self._seen = (), None
        return self._hashes


def router(folder: Path) -> APIRouter:
    """Serves ``folder``; must be the last router of the application."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/{path:path}", methods=["GET", "HEAD"])
    def page(path: str, request: Request) -> Response:
        if path == "api" or path.startswith("api/"):
            raise HTTPException(404)
        file = _inside(folder, path)
        if file is not None:
            hashed = path.startswith("assets/")
            return _sent(file, request, "public, max-age=31536000, immutable" if hashed else "no-cache")
        if path.startswith("assets/") or "." in path.rpartition("/")[2]:
            raise HTTPException(404)
        index = folder / "index.html"
        if index.is_file():
            return FileResponse(index, headers={"Cache-Control": "no-cache"})
        return HTMLResponse(NOT_BUILT, headers={"Cache-Control": "no-store"})

    return routes


def _sha256(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _sent(file: Path, request: Request, caching: str) -> FileResponse:
    """``file``, as the build compressed it where the browser takes that."""
    headers = {"Cache-Control": caching}
    compressed = file.with_name(f"{file.name}.gz")
    if "gzip" in request.headers.get("Accept-Encoding", "") and compressed.is_file():
        kind = mimetypes.guess_type(file.name)[0]
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return FileResponse(compressed, media_type=kind, headers=headers)
    return FileResponse(file, headers=headers)


def _inside(folder: Path, path: str) -> Path | None:
    """The file at ``path`` below ``folder``; None if there is none or it lies elsewhere."""
    if not path or "\0" in path:
        return None
    file = (folder / path).resolve()
    return file if file.is_relative_to(folder.resolve()) and file.is_file() else None
