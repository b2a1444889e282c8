"""``normscope claim record`` and ``claim table``: verdicts that ship with the package, and as a table."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

import normscope.claims
from normscope.claims.base import Claim
from normscope.claims.catalog import CLAIMS
from normscope.claims.recordings import FOLDER, Recording, recordings, stale
from normscope.cli.claim_table import between_marks, table
from normscope.cli.common import console, fail, opened, settings
from normscope.core.trial import TrialRecord
from normscope.errors import StoreError
from normscope.server.evidence import Judge
from normscope.server.points import PointCache
from normscope.server.recording import recorded

RECORDED = Path(normscope.claims.__file__).parent / FOLDER


def record(
    to: Annotated[Path, typer.Option(help="Folder for the recordings.")] = RECORDED,
    commit: Annotated[str, typer.Option(help="Of the code that the runs were made with; empty: git's.")] = "",
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the database.")] = None,
) -> None:
    """Keep the newest finished trials of this store as the recordings that ship with the package. A claim without one
    keeps the recording it has."""
    chosen = settings(data_dir=data_dir)
    code = commit or _commit()
    with opened(chosen) as store:
        points = PointCache(store)
        judge = Judge(store, points)
        newest: dict[tuple[str, str], TrialRecord] = {
            (trial.claim, trial.experiment): judge.judged(trial)
            for trial in store.latest_trials(workers=chosen.workers)
            if trial.state == "finished"
        }
        to.mkdir(parents=True, exist_ok=True)
        for claim in CLAIMS:
            main, counter = newest.get((claim.id, "main")), newest.get((claim.id, "counter"))
            if main is None or counter is None:
                console.print(f"{claim.number} {claim.id}: no finished trials")
                continue
            try:
                recording = Recording(
                    claim=claim.id,
                    date=date.fromtimestamp(main.ended_at or main.created_at).isoformat(),
                    commit=code,
                    machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
                    main=recorded(main, store, points),
                    counter=recorded(counter, store, points),
                )
            except StoreError as error:
                raise fail(f"claim {claim.number}: {error}") from None
            (to / f"{claim.id}.json").write_text(recording.model_dump_json() + "\n", encoding="utf-8")
            console.print(f"{claim.number} {claim.id}: {recording.main.judged.verdict}")


def print_table(
    into: Annotated[Path | None, typer.Option(help="File that has the marks of the table; else it is printed.")] = None,
) -> None:
    """The verdicts that ship with the package as a table. Ends with 1 where one is stale."""
    text = table(recordings())
    if into is None:
        typer.echo(text)
    else:
        try:
            into.write_text(between_marks(into.read_text(encoding="utf-8"), text), encoding="utf-8")
        except (OSError, ValueError) as error:
            raise fail(str(error)) from None
    reasons = [reason for claim, kept in _pairs() for reason in stale(claim, kept)]
    if reasons:
        raise fail("stale: " + "; ".join(reasons))


def _pairs() -> list[tuple[Claim, Recording]]:
    kept = {recording.claim: recording for recording in recordings()}
    return [(claim, kept[claim.id]) for claim in CLAIMS if claim.id in kept]


def _commit() -> str:
    """The short name of the source's commit, with ``-dirty`` where the code differs from it.

    Raises:
        typer.Exit: the code is in no repository.
    """
    asked = ["git", "-C", str(RECORDED.parent), "describe", "--always", "--abbrev=7", "--dirty", "--exclude=*"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        raise fail("expected the code in a git repository, or --commit") from None
