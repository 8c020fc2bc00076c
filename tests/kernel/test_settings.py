"""What follows from settings that were not made."""

import pytest

from medea.kernel.settings import Settings, WebSettings, find_misspelt, setting_names


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


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("MEDEA_DATABSE__URL", "MEDEA_DATABASE__URL"),
        ("medea_redis_url", "MEDEA_REDIS__URL"),
        ("MEDEA_PROT", "MEDEA_PORT"),
        ("MEDEA_DATA_FOLDER", None),
        ("MEDEA_PORT_8000_TCP_PORT", None),
        ("MEDEA_SERVICE_HOST", None),
        ("MEDEA_TEST_REQUIRE_SERVICES", None),
        ("MEDEA_MCP__PROGRAMS__FILES__COMMAND", None),
        ("MEDIA_PORT", None),
    ],
)
def test_a_name_that_is_nearly_one_is_found(name: str, meant: str | None) -> None:
    assert find_misspelt({name: "x", "PATH": "/bin"}) == (None if meant is None else (name.upper(), meant))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MEDEA_KNOWLEDGE", '{"ocr": false}'),
        ("MEDEA_API_PORT", "tcp://10.0.0.1:8000"),
        ("MEDEA_DB_PORT", "tcp://10.0.0.2:5432"),
    ],
)
def test_groups_given_whole_and_what_kubernetes_says_of_services_stop_no_start(name: str, value: str) -> None:
    assert find_misspelt({name: value}) is None


def test_every_setting_is_one() -> None:
    assert find_misspelt(dict.fromkeys(setting_names(), "x")) is None
    assert find_misspelt() is None
