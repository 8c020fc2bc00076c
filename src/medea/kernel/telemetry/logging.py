"""Structured logs: one event per line, a dotted constant and fields; no message content, no secrets.

Every line of a request or job says to what it belongs: `trace_id` and `span_id` come from the trace, `request_id`,
`tenant`, `job`, `turn` are bound by whoever learns them first (`bind`) and hold until the request or job ends.
"""

import logging
import re
import sys
from typing import Any, Literal

import msgspec
import structlog

from medea.kernel.telemetry import tracing

Level = Literal["debug", "info", "warning", "error"]

_ROW = re.compile(r"DETAIL:  [^\n]*")  # as asyncpg puts it behind what it says

_encode = msgspec.json.Encoder(enc_hook=str).encode

bind = structlog.contextvars.bind_contextvars
"""Add fields to all further lines of this request or job."""

unbind_all = structlog.contextvars.clear_contextvars
"""Forget the fields of an earlier request or job."""


def _add_trace(_logger: Any, _method: str, event: Any) -> Any:
    place = tracing.current()
    if place is not None:
        event["trace_id"] = f"{place.trace_id:032x}"
        event["span_id"] = f"{place.span_id:016x}"
    return event


def _format_exception(logger: Any, method: str, event: Any) -> Any:
    """Write the stack as text, without what PostgreSQL tells of rows: `DETAIL:  Key (email)=(...) already exists`."""
    event = structlog.processors.format_exc_info(logger, method, event)
    for name in ("exception", "error", "reason"):
        told = event.get(name)
        if isinstance(told, str) and "DETAIL:  " in told:
            event[name] = _ROW.sub("DETAIL: left out", told)
    return event


def _render_json(_logger: Any, _method: str, event: Any) -> bytes:
    return _encode(event)


def _render_json_text(_logger: Any, _method: str, event: Any) -> str:
    return _encode(event).decode()


def configure(level: Level, form: Literal["console", "json"]) -> None:
    """Set up logging for this process. Once, before anything logs.

    What libraries log through the standard library takes the same form.

    Args:
        level: the least severe level that is written.
        form: `console` for people, `json` for collectors: one object per line.
    """
    number = getattr(logging, level.upper())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        _add_trace,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    is_json = form == "json"
    # rich tracebacks, the default, print local variables: passwords and keys among them
    console = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    last: list[Any] = [_format_exception, _render_json if is_json else console]
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=(
            structlog.BytesLoggerFactory(sys.stderr.buffer) if is_json else structlog.PrintLoggerFactory(sys.stderr)
        ),
        cache_logger_on_first_use=True,
    )
    theirs = logging.StreamHandler(sys.stderr)
    theirs.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _format_exception,
                _render_json_text if is_json else console,
            ],
        )
    )
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[theirs], force=True)
