"""The command line. The only place that builds ``Settings``."""

from __future__ import annotations

import typer

from normscope.cli import claim, claim_record, doctor, export, openapi, run, serve, stop, sweep

app = typer.Typer(
    name="normscope",
    help="Live training visualisation: networks with and without normalisation, side by side.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("serve")(serve.command)
app.command("run")(run.command)
app.command("sweep")(sweep.command)
claim.app.command("record")(claim_record.record)
claim.app.command("table")(claim_record.print_table)
app.add_typer(claim.app, name="claim")
app.command("stop")(stop.command)
app.command("export")(export.command)
app.command("doctor")(doctor.command)
app.command("openapi")(openapi.command)


def main() -> None:
    """Entry point of ``normscope``."""
    app()
