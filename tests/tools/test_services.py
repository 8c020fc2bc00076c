"""The tests' own servers: started where only their programs are here, told apart from those that run, ended."""

import dataclasses
import os
import shutil
import socket
from urllib.parse import urlsplit

import pytest

from tools import services

NOWHERE = 1  # a port on which nobody listens


def answers(url: str) -> bool:
    """Say whether somebody listens where the URL leads."""
    port = urlsplit(url).port or NOWHERE
    with socket.socket() as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.slow
@pytest.mark.parametrize("service", services.SERVICES, ids=lambda service: service.name)
def test_a_server_of_our_own_runs_for_the_block_and_no_longer(
    service: services.Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if shutil.which(service.program, path=f"{os.environ['PATH']}:/usr/sbin:/usr/lib/rabbitmq/bin") is None:
        pytest.skip(f"{service.program} is not installed here")
    monkeypatch.delenv(service.variable, raising=False)
    absent = dataclasses.replace(service, port=NOWHERE)
    with services.running(is_required=True, services=(absent,)):
        url = os.environ[service.variable]
        assert answers(url)
    assert service.variable not in os.environ
    assert not answers(url)
    assert "started on port" in capsys.readouterr().out


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    unknown = services.Service("Nothing", "no-such-program", NOWHERE, "MEDEA_TEST_NOTHING_URL", "x://{port}")
    for is_required, fate in ((True, "FAIL"), (False, "SKIPPED")):
        with services.running(is_required=is_required, services=(unknown,)):
            assert fate in capsys.readouterr().out
    monkeypatch.setenv(unknown.variable, "x://elsewhere")
    with services.running(is_required=True, services=(unknown,)):
        assert "named by" in capsys.readouterr().out
