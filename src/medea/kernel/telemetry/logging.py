"""Structured logs: one event per line, a dotted constant and fields; no message content, no secrets."""

import logging
import sys
from typing import Any, Literal

import msgspec
import structlog

Level = Literal["debug", "info", "warning", "error"]

_encode = msgspec.json.Encoder(enc_hook=str).encode


def _render_json(_logger: Any, _method: str, event: Any) -> bytes:
    return _encode(event)


def configure(level: Level, form: Literal["console", "json"]) -> None:
    """Set up logging for this process. Once, before anything logs.

    Args:
        level: the least severe level that is written.
        form: `console` for people, `json` for collectors: one object per line.
    """
    number = getattr(logging, level.upper())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    is_json = form == "json"
    last: list[Any] = (
        [structlog.processors.format_exc_info, _render_json]
        if is_json
        # rich tracebacks, the default, print local variables: passwords and keys among them
        else [
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        ]
    )
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=(
            structlog.BytesLoggerFactory(sys.stderr.buffer) if is_json else structlog.PrintLoggerFactory(sys.stderr)
        ),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(number, logging.WARNING), stream=sys.stderr, force=True)
