"""What follows from settings that were not made."""

import pytest

from medea.kernel.settings import Settings, WebSettings


@pytest.mark.parametrize(
    ("seed", "host", "origin", "has_demo"),
    [
        (None, "127.0.0.1", None, True),
        (None, "localhost", "http://localhost:9000", True),
        (None, "127.0.0.1", "https://medea.example.com", False),
        (None, "0.0.0.0", None, False),
        (None, "192.0.2.7", None, False),
        (True, "0.0.0.0", "https://medea.example.com", True),
        (False, "127.0.0.1", None, False),
    ],
)
def test_an_operator_whose_password_everybody_knows_is_made_for_this_machine_alone(
    seed: bool | None, host: str, origin: str | None, has_demo: bool
) -> None:
    web = WebSettings(dashboard_origin=origin)
    assert Settings(_env_file=None, seed=seed, host=host, web=web).has_demo is has_demo
