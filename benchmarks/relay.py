"""The baseline: the least that a FastAPI application can do between a model and a browser.

It reads the same upstream with aiohttp, decodes each chunk, and passes the text on as server-sent events.
No accounts, no log, no database, no second look at anything.
"""

import os
import sys
from collections.abc import AsyncIterator

import aiohttp
import msgspec
import uvicorn
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

UPSTREAM = os.environ.get("BENCH_UPSTREAM", "")

app = FastAPI()
_sessions: list[aiohttp.ClientSession] = []


class Prompt(BaseModel):
    """What is asked."""

    text: str


def _session() -> aiohttp.ClientSession:
    if not _sessions:
        _sessions.append(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
    return _sessions[0]


@app.post("/chat")
async def chat(prompt: Prompt) -> StreamingResponse:
    """Stream the model's answer."""
    return StreamingResponse(_deltas(prompt.text), media_type="text/event-stream")


async def _deltas(text: str) -> AsyncIterator[bytes]:
    asked = {"model": "m", "stream": True, "messages": [{"role": "user", "content": text}]}
    async with _session().post(UPSTREAM, json=asked) as response:
        rest = b""
        async for data in response.content.iter_any():
            *events, rest = (rest + data).split(b"\n\n")
            for event in events:
                if event == b"data: [DONE]":
                    yield b"data: [DONE]\n\n"
                    return
                choices = msgspec.json.decode(event[6:])["choices"]
                if choices and "content" in choices[0]["delta"]:
                    yield b"data: " + msgspec.json.encode({"delta": choices[0]["delta"]["content"]}) + b"\n\n"


if __name__ == "__main__":
    uvicorn.run(
        app, host="127.0.0.1", port=int(sys.argv[1]), loop="uvloop", http="httptools", log_level="warning", backlog=2048
    )
