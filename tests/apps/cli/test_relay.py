"""RabbitMQ on the command line: a start that cannot go well is told in one sentence; one that can, works."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.apps.cli.test_commands import medea, refusal
from tests.support.rabbitmq import own_topology, rabbitmq_url


def test_a_relay_without_a_broker_is_told(tmp_path: Path) -> None:
    said = refusal(medea("relay", cwd=tmp_path))
    assert said.startswith("`medea relay` announces jobs to the RabbitMQ of MEDEA_RABBITMQ__URL, which is not set")


@pytest.mark.parametrize("command", ["worker", "relay"])
def test_a_broker_that_does_not_answer_is_told(tmp_path: Path, fresh_database_url: str, command: str) -> None:
    said = refusal(
        medea(
            command,
            cwd=tmp_path,
            MEDEA_DATABASE__URL=fresh_database_url,
            MEDEA_RABBITMQ__URL="amqp://guest:guest@127.0.0.1:1/",
        )
    )
    assert said.startswith("The RabbitMQ of MEDEA_RABBITMQ__URL cannot be used: ")


@pytest.mark.services
@pytest.mark.parametrize("command", ["worker", "relay"])
async def test_it_starts_and_stops_with_a_broker(tmp_path: Path, fresh_database_url: str, command: str) -> None:
    settings = {"MEDEA_DATABASE__URL": fresh_database_url, "MEDEA_RABBITMQ__URL": str(rabbitmq_url())}
    async with own_topology() as topology:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "medea",
            command,
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], **settings, "MEDEA_RABBITMQ__PREFIX": topology.prefix},
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        async with asyncio.timeout(40):
            told = b""
            while b"Ctrl-C stops it" not in told:
                line = await process.stdout.readline()
                assert line, told
                told += line
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
