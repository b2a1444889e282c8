"""``normscope openapi``."""

from __future__ import annotations

import sys

from normscope.cli.common import settings
from normscope.server.app import create_app
from normscope.server.openapi import text


def command() -> None:
    """Print the OpenAPI description of the server."""
    sys.stdout.write(text(create_app(settings())))
