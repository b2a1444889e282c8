"""``normscope run``."""
from __future__ import annotations

import typer


def command() -> None:
    """Train."""
    raise typer.Exit(0)
