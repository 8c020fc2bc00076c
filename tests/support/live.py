"""The application behind a real socket, in this process: for what only shows while a stream is open."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from fastapi import FastAPI

from medea.apps.bootstrap import Installation


@pytest.fixture
async def live(app: FastAPI, working: Installation) -> AsyncIterator[str]:
    """The origin at which the application answers, with its worker running."""
    assert working.worker is not None
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await serving
    listener.close()
