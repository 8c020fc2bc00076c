"""Clients of three kinds, who go to any API process and come back as well as their kind can."""

import asyncio
import json
import random
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from httpx2 import AsyncClient, HTTPError, Limits, Response

from tests.chaos.checks import Asked, Kind
from tests.chaos.deployment import World
from tests.chaos.model import prompt_text

PATIENCE = 60.0  # after which a client counts as stuck
_DEAD_SECONDS = 12.0  # a stream without a byte for so long is dead: a sign of life comes every five
_STREAM = {"accept": "text/event-stream"}
_AGAIN = {409, 425, 429}


class Refused(Exception):
    """The server refused what it should have taken."""


class Chatter:
    """One client: opens a conversation and asks one thing after the other.

    Args:
        world: where.
        kind: how it listens.
        seed: of its choices.
    """

    def __init__(self, world: World, kind: Kind, seed: int) -> None:
        self.kind = kind
        self._world = world
        self._random = random.Random(seed)
        self._conversation = ""
        self._heard_at = 0.0
        self._http = AsyncClient(headers=world.headers, timeout=_DEAD_SECONDS, limits=Limits(max_connections=4))

    async def open(self) -> None:
        """Open the conversation."""
        answer = await self._http.post(f"{self._origin()}/v1/conversations", json={"agent": "helper"})
        self._conversation = answer.json()["id"]

    async def close(self) -> None:
        """Hang up."""
        await self._http.aclose()

    async def ask(self, prompt: str, length: int) -> Asked:
        """Ask one thing and listen as long as it takes, or until patience ends."""
        asked = Asked(prompt, self.kind)
        ways: dict[Kind, Callable[[Asked, str], Awaitable[None]]] = {
            "native": self._native,
            "openai": self._openai,
            "polling": self._polling,
        }
        self._heard_at = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE):
                await ways[self.kind](asked, prompt_text(prompt, length))
        except TimeoutError:
            pass  # it shows in `asked`
        return asked

    def _origin(self) -> str:
        return self._random.choice(self._world.apis).origin

    async def _pause(self) -> None:
        await asyncio.sleep(self._random.uniform(0.05, 0.3))

    async def _connected(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Do something on a connection; False when the connection was lost or the server has trouble."""
        task: asyncio.Task[None] = asyncio.ensure_future(work())
        self._world.cuts.add(task)
        try:
            await asyncio.wait({task})
        finally:
            self._world.cuts.discard(task)
            if not task.done():
                task.cancel()
                await asyncio.wait({task})
        if task.cancelled():
            return False
        error = task.exception()
        if error is None:
            return True
        if isinstance(error, HTTPError | OSError):
            return False
        raise error

    def _heard(self, asked: Asked) -> None:
        now = time.monotonic()
        asked.silence = max(asked.silence, now - self._heard_at)
        self._heard_at = now

    async def _native(self, asked: Asked, text: str) -> None:
        """Our own stream: the same key after a lost answer, `Last-Event-ID` after a lost stream."""
        key, place = uuid.uuid4().hex, [""]

        async def once() -> None:
            if asked.turn_id:
                path, method, more = f"/v1/turns/{asked.turn_id}/stream", "GET", {"last-event-id": place[0]}
                body = None
            else:
                path, method, more = self._messages, "POST", {"idempotency-key": key}
                body = {"text": text}
            headers = _STREAM | {name: value for name, value in more.items() if value}
            async with self._http.stream(method, self._origin() + path, json=body, headers=headers) as answer:
                if await self._is_stream(asked, answer):
                    async for frame_id, frame in _events(answer):
                        place[0] = frame_id or place[0]
                        self._take(asked, frame)

        while not asked.has_ended:
            await self._connected(once)
            if not asked.has_ended:
                await self._pause()

    @property
    def _messages(self) -> str:
        return f"/v1/conversations/{self._conversation}/messages"

    async def _is_stream(self, asked: Asked, answer: Response) -> bool:
        """Read the head of an answer; learn the turn from it where it is no stream."""
        if answer.status_code == 303:
            asked.turn_id = answer.headers["location"].split("/")[3]
        elif answer.status_code == 202:
            asked.turn_id = json.loads(await answer.aread())["turn_id"]
        elif answer.status_code != 200 and answer.status_code < 500 and answer.status_code not in _AGAIN:
            raise Refused(f"{answer.request.url}: {answer.status_code} {(await answer.aread())!r}")
        return answer.status_code == 200

    def _take(self, asked: Asked, data: str) -> None:
        if data == "[DONE]":
            asked.has_ended = True
            return
        frame = json.loads(data)
        if frame["type"] == "start":
            asked.turn_id = frame["messageMetadata"]["turn_id"]
        elif frame["type"] == "data-restart":
            asked.text = ""
            asked.restarts += 1
        elif frame["type"] == "text-delta":
            asked.text += frame["delta"]
            self._heard(asked)

    async def _openai(self, asked: Asked, text: str) -> None:
        """OpenAI's dialect, which has no way back: what breaks off is lost to it, and it must be able to tell."""
        body = {"model": "helper", "stream": True, "messages": [{"role": "user", "content": text}]}
        url = f"{self._origin()}/v1/chat/completions"

        async def once() -> None:
            async with self._http.stream("POST", url, json=body) as answer:
                if answer.status_code != 200:
                    return
                asked.turn_id = answer.headers["x-medea-turn"]
                async for _, data in _events(answer):
                    if data == "[DONE]":
                        asked.has_ended = not asked.has_broken_off
                    elif "error" in (event := json.loads(data)):
                        asked.has_broken_off = True
                    else:
                        asked.text += _delta(event)
                        self._heard(asked)

        await self._connected(once)
        asked.has_broken_off = not asked.has_ended and bool(asked.turn_id)
        asked.was_refused = not asked.turn_id
        if not asked.has_ended:
            await self._pause()

    async def _polling(self, asked: Asked, text: str) -> None:
        """No stream at all: ask, look how the turn stands, read the stored reply."""
        key = uuid.uuid4().hex

        async def once() -> None:
            if not asked.turn_id:
                headers = {"idempotency-key": key}
                answer = await self._http.post(self._origin() + self._messages, json={"text": text}, headers=headers)
                await self._is_stream(asked, answer)
                return
            answer = await self._http.get(f"{self._origin()}/v1/turns/{asked.turn_id}")
            if answer.status_code != 200 or answer.json()["status"] in {"queued", "running"}:
                return
            asked.restarts = answer.json()["attempt"] - 1
            page = await self._http.get(self._origin() + self._messages, params={"order": "desc", "limit": 10})
            for message in page.json()["data"] if page.status_code == 200 else ():
                if message["turn_id"] == asked.turn_id and message["role"] == "assistant":
                    asked.text, asked.has_ended = message["text"], True

        while not asked.has_ended:
            await self._connected(once)
            await self._pause()


def _delta(event: dict[str, Any]) -> str:
    return "".join(choice["delta"].get("content") or "" for choice in event["choices"])


async def _events(answer: Response) -> AsyncIterator[tuple[str, str]]:
    """Yield (id, data) of whole events only: what a cut left half is not there."""
    frame_id, data = "", ""
    async for line in answer.aiter_lines():
        if line.startswith("id: "):
            frame_id = line[4:]
        elif line.startswith("data: "):
            data = line[6:]
        elif not line:
            if data:
                yield frame_id, data
            frame_id = data = ""
