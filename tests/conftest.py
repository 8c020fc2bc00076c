"""What every test may use."""

_SUPPORT = ("folders", "postgres", "app", "live", "redis")

pytest_plugins = [f"tests.support.{name}" for name in _SUPPORT]
