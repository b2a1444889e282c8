"""``normscope claim``: try claims without a browser, in the same store, and print what came out."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from rich.table import Table

from normscope.claims.base import Claim
from normscope.claims.catalog import CLAIMS, claim
from normscope.cli.claim_display import Display, Trial, line, summary
from normscope.cli.common import check_folder, console, errors, fail, opened, settings
from normscope.cli.watch import INTERRUPTED, follow
from normscope.core.trial import LargerKind, TrialRecord
from normscope.errors import CommandRefused, SpecError
from normscope.server import log
from normscope.server.document import Desk, claims_file
from normscope.server.durations import Durations
from normscope.server.evidence import Judge
from normscope.server.points import PointCache
from normscope.server.trials import MAX_SEEDS, launch
from normscope.settings import Settings
from normscope.storage.store import Store

LARGER: tuple[str, ...] = get_args(LargerKind)
STATUS = {"supported": 0, "refuted": 3, "inconclusive": 4}

app = typer.Typer(help="Claims as experiments with computed verdicts.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_claims() -> None:
    """All claims with their numbers."""
    table = Table(box=None, padding=(0, 2))
    for heading in ("number", "claim", "seeds", "source"):
        table.add_column(heading)
    for each in CLAIMS:
        sources = "; ".join(f"{source.paper}, {source.section}" for source in each.sources)
        table.add_row(str(each.number), each.id, str(each.experiment.seeds), sources)
    console.print(table)


@app.command("run")
def run(
    which: Annotated[str, typer.Argument(help="Number or id of a claim, or: all.")],
    seeds: Annotated[int, typer.Option(help="How many seeds; 0: as many as it takes.", min=0, max=MAX_SEEDS)] = 0,
    larger: Annotated[
        list[str] | None,
        typer.Option(
            "--larger", help=f"Also with more data ({', '.join(LARGER)}), where the claim has that; repeatable."
        ),
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="File for the verdicts.")] = None,
    report_file: Annotated[
        Path | None, typer.Option("--report", help="HTML file with charts, evidence, rules and verdicts.")
    ] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the database.")] = None,
    datasets_dir: Annotated[Path | None, typer.Option(help="Folder of the data sets.")] = None,
) -> None:
    """Try a claim and its counter-experiment. Ends with 0 where the claim is supported, 3 refuted, 4 inconclusive, 1
    when a run failed, 130 after Ctrl-C; for all claims with 0 where each has a verdict."""
    chosen = settings(data_dir=data_dir, datasets_dir=datasets_dir)
    found = _found(which)
    kinds = _kinds(found, larger or [])
    check_folder(json_file, report_file)
    log.configure(chosen)
    with opened(chosen) as store:
        trials = [trial for each in found for trial in _launched(each, kinds, seeds or None, store, chosen)]
        interrupted = asyncio.run(_watch(store, chosen, trials))
        console.print(summary(trials))
        if report_file is not None:
            _report(store, chosen, found, report_file, [trial.record for trial in trials])
    if json_file is not None:
        json_file.write_text(json.dumps(_document(trials), indent=1) + "\n", encoding="utf-8")
    if interrupted:
        raise typer.Exit(INTERRUPTED)
    broken = [run for trial in trials if trial.record.judged is None for run in trial.record.runs]
    if broken:
        raise fail(next((run.error for run in broken if run.error), "a run ended before it was finished"))
    first = trials[0].record.judged
    raise typer.Exit(0 if which == "all" or first is None else STATUS[first.verdict])


@app.command("report")
def report(
    which: Annotated[str, typer.Argument(help="Number or id of a claim, or: all that were tried.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.")] = Path("normscope-claims.html"),
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the database.")] = None,
) -> None:
    """Write the newest trials of a claim as one HTML file that opens without a server. Nothing is run."""
    chosen = settings(data_dir=data_dir)
    found = _found(which)
    check_folder(output)
    with opened(chosen) as store:
        trials = store.latest_trials(workers=chosen.workers)
        tried = {trial.claim for trial in trials}
        _report(store, chosen, [each for each in found if which != "all" or each.id in tried], output, trials)


def _found(which: str) -> tuple[Claim, ...]:
    found = CLAIMS if which == "all" else tuple(filter(None, [claim(which)]))
    if not found:
        raise fail(f"expected all, or one of {', '.join(f'{c.number} ({c.id})' for c in CLAIMS)}, got '{which}'")
    return found


def _kinds(found: Sequence[Claim], larger: Sequence[str]) -> tuple[str, ...]:
    """Which experiments are tried of each claim that has them."""
    known = [kind for kind in LARGER if any(kind in each.larger for each in found)]
    wrong = next((kind for kind in larger if kind not in known), None)
    if wrong is not None:
        expected = " or ".join(known) or f"none, claim {found[0].number} has no larger experiment"
        raise fail(f"--larger: expected {expected}, got '{wrong}'")
    return ("main", "counter", *larger)


def _report(store: Store, chosen: Settings, found: Sequence[Claim], file: Path, trials: Sequence[TrialRecord]) -> None:
    file.write_bytes(claims_file(Desk.of(store, chosen.workers), found, trials))
    errors.print(f"Wrote {file} ({file.stat().st_size:,} bytes).", soft_wrap=True)


def _launched(found: Claim, kinds: Sequence[str], seeds: int | None, store: Store, chosen: Settings) -> list[Trial]:
    durations = Durations(store)
    try:
        return [
            Trial(found, kind, experiment, launch(found, kind, seeds, store, chosen, durations))
            for kind, experiment in found.experiments.items()
            if kind in kinds
        ]
    except SpecError as error:
        raise fail(f"claim {found.number}: {error.path}: {error}") from None


async def _watch(store: Store, chosen: Settings, trials: Sequence[Trial]) -> bool:
    """Follow all trials to their ends, and tell each verdict; returns whether Ctrl-C came."""
    judge = Judge(store, PointCache(store))

    async def look(_: bool) -> bool:
        for trial in _moving(trials, chosen.workers):
            if await asyncio.to_thread(_look, store, judge, chosen, trial):
                console.print(line(trial))
        return all(trial.over for trial in trials)

    def stop() -> None:
        for trial in trials:
            with contextlib.suppress(CommandRefused):
                store.stop_trial(trial.record.id)

    return await follow(store, chosen, Display(trials), look=look, stop=stop)


def _moving(trials: Sequence[Trial], workers: int) -> list[Trial]:
    """Those that may have news: runs start in their order, so that none begins behind as many as there are workers."""
    return [trial for trial in trials if not trial.over][: workers + 1]


def _look(store: Store, judge: Judge, chosen: Settings, trial: Trial) -> bool:
    """Bring ``trial`` up to date; whether it is over now."""
    trial.record = store.trial(trial.record.id, workers=chosen.workers)
    if trial.over:
        trial.record = judge.judged(trial.record)
    return trial.over


def _document(trials: Sequence[Trial]) -> list[dict[str, Any]]:
    """One entry for each claim: its verdict, that of its counter-experiment, and of the larger ones that ran."""
    entries: dict[str, dict[str, Any]] = {}
    for trial in trials:
        entry = entries.setdefault(trial.claim.id, {"claim": trial.claim.id, "number": trial.claim.number})
        if trial.kind == "main":
            entry |= _entry(trial)
        elif trial.kind == "counter":
            entry["counter_experiment"] = _entry(trial)
        else:
            entry.setdefault("larger_experiments", {})[trial.kind] = _entry(trial)
    return list(entries.values())


def _entry(trial: Trial) -> dict[str, Any]:
    record = trial.record
    judged = None if record.judged is None else record.judged.model_dump(mode="json")
    nothing: dict[str, Any] = {"verdict": None, "reason": None, "effect": None, "interval": None, "evidence": {}}
    counted = {"unit": trial.experiment.unit, "seeds": len(record.seeds), "seconds": round(record.seconds, 2)}
    return (judged or nothing) | counted
