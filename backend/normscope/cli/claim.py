"""``normscope claim``: run claims without a browser, in the same store, and print what came out."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.live import Live
from rich.table import Table

from normscope.claims.base import Claim, Experiment, Judgement, parts
from normscope.claims.catalog import CLAIMS, claim
from normscope.cli.claim_display import Display, effect_text, line, summary
from normscope.cli.common import console, fail, opened, settings
from normscope.cli.watch import LOOK_SECONDS, supervised
from normscope.core.cost import check_cost, estimate
from normscope.core.record import ENDED, RunRecord
from normscope.errors import CommandRefused, SpecError
from normscope.server import log
from normscope.server.durations import Durations
from normscope.server.evidence import judgement
from normscope.server.limits import cost_limits
from normscope.server.points import PointCache
from normscope.settings import Settings
from normscope.storage.store import Store

INTERRUPTED = 130
STATUS = {"supported": 0, "refuted": 3, "inconclusive": 4}
FIRST_SEED = 101
"""The rules were fixed after looking at seeds below."""

app = typer.Typer(help="Claims as experiments with computed verdicts.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_claims() -> None:
    """All claims with their numbers."""
    table = Table(box=None, padding=(0, 2))
    for heading in ("number", "claim", "default seeds", "source"):
        table.add_column(heading)
    for each in CLAIMS:
        sources = "; ".join(f"{source.paper}, {source.section}" for source in each.sources)
        table.add_row(str(each.number), each.id, str(each.experiment.seeds), sources)
    console.print(table)


@dataclass
class Trial:
    """One experiment with the runs that were launched for it."""

    claim: Claim
    experiment: Experiment
    groups: list[tuple[dict[str, str], tuple[int, ...]]] = field(default_factory=list)
    records: dict[str, RunRecord] = field(default_factory=dict)
    judged: Judgement | None = None
    evidence: dict[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def seeds(self) -> int:
        """How many it takes."""
        return sum(len(seeds) for _, seeds in self.groups)

    @property
    def seconds(self) -> float:
        """Of training, over all its runs."""
        return sum(record.elapsed_seconds for record in self.records.values())


@app.command("run")
def run(
    which: Annotated[str, typer.Argument(help="Number or id of a claim, or: all.")],
    seeds: Annotated[int, typer.Option(help="How many seeds; 0: as many as each claim takes.", min=0, max=64)] = 0,
    json_file: Annotated[Path | None, typer.Option("--json", help="File for the verdicts.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Folder of the database.")] = None,
    datasets_dir: Annotated[Path | None, typer.Option(help="Folder of the data sets.")] = None,
) -> None:
    """Run a claim and its counter-experiment. Ends with 0 where it is supported, 3 refuted, 4 inconclusive, 1 when a
    run failed, 130 after Ctrl-C; for all claims with 0 where each has a verdict."""
    chosen = settings(data_dir=data_dir, datasets_dir=datasets_dir)
    wanted = CLAIMS if which == "all" else tuple(filter(None, [claim(which)]))
    if not wanted:
        raise fail(f"expected all, or one of {', '.join(f'{c.number} ({c.id})' for c in CLAIMS)}, got '{which}'")
    log.configure(chosen)
    with opened(chosen) as store:
        trials = [
            _launched(Trial(each, experiment), seeds, store, chosen)
            for each in wanted
            for experiment in (each.experiment, each.counter)
        ]
        interrupted = asyncio.run(_watch(store, chosen, trials))
        console.print(summary(trials))
    if json_file is not None:
        json_file.write_text(json.dumps(_document(trials), indent=1) + "\n", encoding="utf-8")
    if interrupted:
        raise typer.Exit(INTERRUPTED)
    failed = [r for trial in trials for r in trial.records.values() if r.state != "finished"]
    if failed:
        raise fail(f"{len(failed)} runs did not finish: {failed[0].error or failed[0].state}")
    first = trials[0].judged
    raise typer.Exit(0 if which == "all" or first is None else STATUS[first.verdict])


def _launched(trial: Trial, seeds: int, store: Store, chosen: Settings) -> Trial:
    """Queue the runs of ``trial``; all are checked before the first is stored."""
    count = seeds or trial.experiment.seeds
    scale = Durations(store).scale()
    checked = []
    for group in parts(range(FIRST_SEED, FIRST_SEED + count)):
        for name, spec in trial.experiment.specs(group).items():
            cost = estimate(spec, scale=scale)
            try:
                check_cost(cost, cost_limits(chosen))
            except SpecError as error:
                raise fail(f"claim {trial.claim.number}, {name}: {error.path}: {error}") from None
            checked.append((group, name, spec, cost.seconds))
    for group, name, spec, expected in checked:
        record = store.create(spec, estimated_seconds=expected)
        trial.records[record.id] = record
        if not trial.groups or trial.groups[-1][1] != group:
            trial.groups.append(({}, group))
        trial.groups[-1][0][name] = record.id
    return trial


async def _watch(store: Store, chosen: Settings, trials: list[Trial]) -> bool:
    """Follow all runs to their ends, judge each experiment when it is over; whether Ctrl-C came."""
    interrupts = 0

    def interrupt() -> None:
        nonlocal interrupts
        interrupts += 1
        for trial in trials:
            for record in trial.records.values():
                if record.state not in ENDED:
                    with contextlib.suppress(CommandRefused):
                        store.command(record.id, "stop")

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupt)
    cache = PointCache(store)
    display = Display(trials)
    async with supervised(store, chosen):
        with Live(display.render(), console=console, refresh_per_second=10, transient=True) as live:
            while any(trial.judged is None for trial in trials) and not interrupts:
                await asyncio.sleep(LOOK_SECONDS)
                for trial in trials:
                    if trial.judged is None and await asyncio.to_thread(_ended, store, trial):
                        await asyncio.to_thread(_judge, store, cache, trial)
                        console.print(line(trial))
                live.update(display.render())
    return interrupts > 0


def _ended(store: Store, trial: Trial) -> bool:
    for run_id, record in trial.records.items():
        if record.state not in ENDED:
            trial.records[run_id] = store.get(run_id)
    return all(record.state in ENDED for record in trial.records.values())


def _judge(store: Store, cache: PointCache, trial: Trial) -> None:
    if any(record.state != "finished" for record in trial.records.values()):
        trial.judged = Judgement("inconclusive", "not_measured")
    else:
        trial.judged, trial.evidence = judgement(trial.experiment, store, cache, trial.groups)


def _document(trials: list[Trial]) -> list[dict[str, Any]]:
    """One entry for each claim: its verdict and that of its counter-experiment."""
    found = []
    for main, counter in zip(trials[::2], trials[1::2], strict=True):
        found.append({"claim": main.claim.id, "number": main.claim.number, **_entry(main)})
        found[-1]["counter_experiment"] = _entry(counter)
    return found


def _entry(trial: Trial) -> dict[str, Any]:
    judged = trial.judged
    return {
        "verdict": None if judged is None else judged.verdict,
        "reason": None if judged is None else judged.reason,
        "effect": None if judged is None else judged.effect,
        "effect_text": "" if judged is None else effect_text(trial.experiment.unit, judged.effect),
        "unit": trial.experiment.unit,
        "interval": None if judged is None else judged.interval,
        "seeds": trial.seeds,
        "seconds": round(trial.seconds, 2),
        "evidence": {name: [_number(value) for value in values] for name, values in trial.evidence.items()},
        "runs": [run_id for ids, _ in trial.groups for run_id in ids.values()],
    }


def _number(value: float) -> float | str:
    """JSON has no infinity: such a number is written as a text."""
    return value if abs(value) < float("inf") else str(value)
