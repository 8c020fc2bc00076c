"""What every test may use."""

pytest_plugins = ["tests.support.folders", "tests.support.postgres", "tests.support.app", "tests.support.live"]
