"""A run, a sweep or claims as one HTML file that opens without a server.

The file is ``static/standalone.html``, the pages' own code in one piece, with answers of the server written into it:
the bytes that the routes would send, gzipped, in base64, each in a ``<script>`` of a type that no browser runs. Base64
has no ``<``: whatever stands in a name, it ends no element.

Points are merged as for a page (``envelope``): low and high stay exact. Their number is capped, so that a file stays
below 30 MB.
"""

from __future__ import annotations

import base64
import gzip
import html
import json
import os
import platform
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute

from normscope import __version__
from normscope.claims.base import Claim
from normscope.core.telemetry import POINTS, VECTORS
from normscope.core.trial import TrialRecord
from normscope.errors import ExportRefused
from normscope.server import static
from normscope.server.durations import Durations
from normscope.server.envelope import Window, envelope, thin_out
from normscope.server.evidence import Judge
from normscope.server.points import PointCache, Snapshot, answer
from normscope.server.shared_answers import claim_answer, events_of, manifest_of
from normscope.storage.export import measured
from normscope.storage.store import Store

Kind = Literal["replay", "report"]
FILE_POINTS = 600_000
"""Of all series of a file together, but at least 100 of each."""
FILE_VECTOR_VALUES = 3_000_000
"""Numbers of all vectors of a file together."""
MOST_VECTORS = 500
FEWEST_VECTORS = 10
"""Observations of each series of vectors."""
MOST_DRAWN = 6
"""Runs of one experiment."""
PLACE = "<!--answers-->"
TITLE = "<title>NormScope</title>"


@dataclass(frozen=True, slots=True)
class Desk:
    """Where files are written from."""

    store: Store
    points: PointCache
    judge: Judge
    durations: Durations
    workers: int
    pages: Path = static.STATIC
    """Folder of the built frontend."""

    @classmethod
    def of(cls, store: Store, workers: int) -> Desk:
        """With a cache of its own."""
        points = PointCache(store)
        return cls(store, points, Judge(store, points), Durations(store), workers)


Answer = tuple[str, bytes]
"""A path after ``/api`` and what the server answers there."""


def run_file(desk: Desk, run_id: str, kind: Kind) -> bytes:
    """A run with all its pages, which begins with the replay or with the report.

    Raises:
        RunNotFound: no run has this id.
        ExportRefused: it has measured nothing yet, or the pages are not built.
    """
    record = measured(desk.store, run_id)
    answers, merged = _run(desk, run_id, FILE_POINTS, FILE_VECTOR_VALUES)
    return _file(desk, kind, "run", [run_id], record.name, answers, merged=merged)


def sweep_file(desk: Desk, sweep_id: str) -> bytes:
    """The report of a sweep: its phase diagram and its numbers.

    Raises:
        SweepNotFound: no sweep has this id.
        ExportRefused: the pages are not built.
    """
    record = desk.store.sweep(sweep_id)
    answers = [(f"/sweeps/{sweep_id}", record.model_dump_json().encode())]
    return _file(desk, "report", "sweep", [sweep_id], record.name, answers)


def claims_file(desk: Desk, claims: Sequence[Claim], trials: Sequence[TrialRecord] | None = None) -> bytes:
    """The report of claims as they were tried: by ``trials``, else by the newest of the store.

    Raises:
        ExportRefused: none of them was tried yet, or the pages are not built.
    """
    tried = list(desk.store.latest_trials(workers=desk.workers) if trials is None else trials)
    ids = {each.id for each in claims}
    trials_of = [trial for trial in tried if trial.claim in ids]
    runs = [run for trial in trials_of for run in trial.runs]
    if not runs:
        raise ExportRefused("expected a claim that was tried, got one that was not yet")
    answers: list[Answer] = []
    merged = False
    known = [run_id for trial in trials_of for run_id in _drawn(trial)]
    for run_id in {run.run for run in runs if run.run is not None} - set(known):
        answers.append((f"/runs/{run_id}", desk.store.get(run_id).model_dump_json().encode()))
    for run_id in known:
        found, fewer = _run(desk, run_id, FILE_POINTS // len(known), FILE_VECTOR_VALUES // len(known))
        answers += found
        merged = merged or fewer
    for each in claims:
        said = claim_answer(each, tried, desk.judge, workers=desk.workers, durations=desk.durations)
        answers.append((f"/claims/{each.id}", said.model_dump_json().encode()))
    return _file(desk, "report", "claims", [each.id for each in claims], "", answers, merged=merged)


def _drawn(trial: TrialRecord) -> list[str]:
    """Runs whose lines are drawn; a grid's are compared by their last metrics, which their records hold, and are drawn
    only where they stand at an end of it: the one that is watched, and the one that is of something else."""
    begun = [run.run for run in trial.runs if run.run is not None and run.step > 0]
    return begun if len(begun) <= MOST_DRAWN else [begun[0], begun[-1]]


def _run(desk: Desk, run_id: str, points: int, vector_values: int) -> tuple[list[Answer], bool]:
    """Everything that a page asks of a run, and whether it is less than what was stored."""
    read = desk.points.read(run_id)
    every = read.points()
    some = envelope(every, Window(len(every) or 1, total=points))
    vectors, thinned = _vectors(read, vector_values)
    path = f"/runs/{run_id}"
    answers = [
        (path, desk.store.get(run_id).model_dump_json().encode()),
        (f"{path}/manifest", manifest_of(desk.store, run_id).model_dump_json().encode()),
        (f"{path}/events", events_of(read).model_dump_json().encode()),
        (f"{path}/telemetry", answer(POINTS, some, read, run_id)),
        (f"{path}/vectors", answer(VECTORS, vectors, read, run_id)),
    ]
    return answers, thinned or len(some) < len(every)


def _vectors(read: Snapshot, most: int) -> tuple[pa.Table, bool]:
    """At most about ``most`` numbers, but at least ``FEWEST_VECTORS`` observations of each series."""
    every = read.vectors()
    wanted = MOST_VECTORS
    some = thin_out(every, Window(wanted))
    while wanted > FEWEST_VECTORS and _numbers(some) > most:
        wanted = max(FEWEST_VECTORS, wanted * 2 // 3)
        some = thin_out(every, Window(wanted))
    return some, some.num_rows < every.num_rows


def _numbers(vectors: pa.Table) -> int:
    count: int = pa.compute.sum(pa.compute.list_value_length(vectors.column("value"))).as_py() or 0
    return count


def _file(
    desk: Desk,
    kind: Kind,
    subject: str,
    ids: Sequence[str],
    name: str,
    answers: Iterable[Answer],
    *,
    merged: bool = False,
) -> bytes:
    page = template(desk.pages)
    contents: dict[str, Any] = {
        "kind": kind,
        "subject": subject,
        "ids": list(ids),
        "name": name,
        "exported_at": time.time(),
        "version": __version__,
        "environment": environment(),
        "merged": merged,
    }
    blocks = [("/contents", json.dumps(contents).encode()), *answers]
    title = html.escape(f"{name} · NormScope" if name else "NormScope")
    before, after = page.replace(TITLE, f"<title>{title}</title>", 1).split(PLACE)
    return b"".join([before.encode(), *map(_block, blocks), after.encode()])


def template(folder: Path) -> str:
    """The pages that every file is made of.

    Raises:
        ExportRefused: they are not built.
    """
    file = folder / "standalone.html"
    if not file.is_file():
        raise ExportRefused("expected the built pages, got none: `make static` builds them")
    return file.read_text(encoding="utf-8")


def _block(said: Answer) -> bytes:
    path, body = said
    packed = base64.b64encode(gzip.compress(body, compresslevel=6, mtime=0))
    return f'<script type="application/gzip" data-answer="{html.escape(path)}">'.encode() + packed + b"</script>\n"


def environment() -> dict[str, str]:
    """What the file was made with: names that need no translation."""
    return {
        "NormScope": __version__,
        "PyTorch": version("torch"),
        "Python": platform.python_version(),
        "OS": platform.platform(),
        "CPU": f"{platform.machine()}, {os.cpu_count()}",
    }
