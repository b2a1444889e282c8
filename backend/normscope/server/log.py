"""Logs as plain lines on the standard error stream."""

from __future__ import annotations

import logging
import sys

import structlog

from normscope.settings import Settings


def configure(settings: Settings) -> None:
    """From ``settings.log_level`` on; tracebacks without the values of variables."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[settings.log_level.upper()]),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S"),
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
            ),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
