"""What every test may use."""

import structlog

_SUPPORT = ("folders", "postgres", "app", "live", "redis")

pytest_plugins = [f"tests.support.{name}" for name in _SUPPORT]

# structlog's own choice draws every local variable of every frame, which takes minutes where a whole application is one
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.StackInfoRenderer(),
        structlog.dev.set_exc_info,
        structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False),
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)
