"""``normscope doctor``: what is there, what is missing, how to mend it."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from normscope.cli import checks
from normscope.cli.common import console, settings


def command(
    checksums: Annotated[bool, typer.Option(help="Also read the data sets and compare their checksums.")] = True,
) -> None:
    """Look at this installation; ends with 1 where something that is needed is missing."""
    chosen = settings()
    findings = list(checks.all_of(chosen, checksums=checksums))
    table = Table.grid(padding=(0, 2))
    marks = {"ok": "[green]ok[/green]", "note": "[yellow]note[/yellow]", "missing": "[red]missing[/red]"}
    for finding in findings:
        table.add_row(marks[finding.state], finding.what, finding.detail)
    console.print(table)
    mend = [finding for finding in findings if finding.mend]
    for finding in mend:
        console.print(f"{finding.what}: {finding.mend}", soft_wrap=True, markup=False)
    missing = sum(finding.state == "missing" for finding in findings)
    console.print("Everything that is needed is here." if not missing else f"{missing} missing.")
    raise typer.Exit(1 if missing else 0)
