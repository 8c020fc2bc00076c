"""Every embedding model does what the port says: the fake, the one that comes along, OpenAI-compatible endpoints."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiohttp import web

from medea.kernel.embeddings.endpoint import JsonEndpoint
from medea.kernel.embeddings.fake import HashedWords
from medea.kernel.embeddings.minilm.package import find_files
from medea.kernel.embeddings.openai_compatible import OpenAIEmbeddings
from medea.kernel.embeddings.port import Embedder
from medea.kernel.llm.config import CallLimits, ProviderConfig
from medea.kernel.llm.errors import ModelAddressRefused, ModelAuthentication, ModelInterrupted, ModelUnavailable
from medea.kernel.llm.providers.connections import Connections
from medea.kernel.outbound.policy import OutboundPolicy

KEY = "sk-of-the-endpoint"
LIMITS = CallLimits(connect=5, first_token=10, max_attempts=3, backoff=0.01)
MODELS = Path(__file__).resolve().parents[2] / ".medea-test" / "models"
"""Kept from run to run: quantising the model takes seconds."""


class Endpoint:
    """A server that speaks OpenAI's embeddings: vectors of the fake, unnormalised and out of order."""

    def __init__(self) -> None:
        self.failures: list[int] = []
        self.answer: Any = None
        self.batches: list[int] = []
        self.port = 0

    async def embeddings(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.batches.append(len(body["input"]))
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return web.json_response({"error": {"message": "no"}}, status=401)
        if self.failures:
            return web.json_response({"error": {"message": "busy"}}, status=self.failures.pop(0))
        if self.answer is not None:
            return web.json_response(self.answer)
        assert (body["model"], body["encoding_format"]) == ("small", "float")
        found = await HashedWords().embed(body["input"])
        data = [{"index": n, "embedding": (3 * row).tolist()} for n, row in enumerate(found.vectors)]
        return web.Response(text=json.dumps({"data": data[::-1], "usage": {}}), content_type="application/json")

    def client(self, connections: Connections, **options: Any) -> OpenAIEmbeddings:
        options = {"base_url": f"http://127.0.0.1:{self.port}", "api_key": KEY, "is_guarded": False, **options}
        config = ProviderConfig("platform", **options)
        return OpenAIEmbeddings("platform:small", "small", JsonEndpoint("/embeddings", config, LIMITS, connections))


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    made = Endpoint()
    app = web.Application()
    app.router.add_post("/v1/embeddings", made.embeddings)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.port = runner.addresses[0][1]
    yield made
    await runner.cleanup()


@pytest.fixture
async def connections() -> AsyncIterator[Connections]:
    made = Connections(LIMITS, OutboundPolicy())
    yield made
    await made.close()


@pytest.fixture(params=["fake", "local", "endpoint"])
async def embedder(
    request: pytest.FixtureRequest, endpoint: Endpoint, connections: Connections
) -> AsyncIterator[Embedder]:
    if request.param == "fake":
        yield HashedWords()
    elif request.param == "endpoint":
        yield endpoint.client(connections)
    else:
        if find_files() is None:
            pytest.skip("the model's package is not installed: `make setup`")
        from medea.kernel.embeddings.minilm.runtime import MiniLm

        model = MiniLm(MODELS, threads=1)
        yield model
        model.close()


async def test_vectors_have_length_one_and_come_in_order(embedder: Embedder) -> None:
    texts = ["How do I return a parcel?", "Cats sleep all day.", "x" * 5000, "日本語のテキスト", ""]
    found = await embedder.embed(texts)
    assert found.vectors.shape[0] == len(texts)
    assert found.vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(found.vectors, axis=1), 1, atol=1e-3)
    for place in (0, 1, 3):
        alone = await embedder.embed([texts[place]], is_query=True)
        assert float(found.vectors[place] @ alone.vectors[0]) > 0.98


async def test_texts_alike_are_near(embedder: Embedder) -> None:
    found = await embedder.embed(["where is my parcel", "where is my parcel now", "bananas are yellow fruit"])
    assert found.vectors[0] @ found.vectors[1] > 0.2 + found.vectors[0] @ found.vectors[2]


async def test_no_texts_and_many(embedder: Embedder) -> None:
    assert len((await embedder.embed([])).vectors) == 0
    many = [f"text number {number}" for number in range(150)]
    assert len((await embedder.embed(many)).vectors) == 150


async def test_words_where_the_model_has_them(embedder: Embedder) -> None:
    text = "Unbelievable weather, isn't it?"
    found = await embedder.embed([text, "second"], with_words=True)
    if not embedder.has_words:
        assert found.words == ()
        return
    words = found.words[0]
    assert len(words.vectors) == len(words.spans)
    assert text[slice(*words.spans[0])] == "Unbelievable"
    assert np.allclose(np.linalg.norm(words.vectors, axis=1), 1, atol=1e-3)
    assert [start for start, _ in words.spans] == sorted(start for start, _ in words.spans)


@pytest.mark.skipif(find_files() is None, reason="the model's package is not installed: `make setup`")
async def test_a_vector_does_not_depend_on_what_came_with_it() -> None:
    from medea.kernel.embeddings.minilm.runtime import MiniLm

    model = MiniLm(MODELS)
    texts = ["How do I return a parcel?", "Cats sleep all day. " * 40, "Short."]
    together = await model.embed(texts, with_words=True)
    for place, text in enumerate(texts):
        alone = await model.embed([text], with_words=True)
        assert np.array_equal(together.vectors[place], alone.vectors[0])
        assert np.array_equal(together.words[place].vectors, alone.words[0].vectors)
    model.close()


@pytest.mark.skipif(find_files() is None, reason="the model's package is not installed: `make setup`")
@pytest.mark.parametrize("suffix", ["onnx", "data"])
async def test_a_model_that_was_cut_short_is_built_anew(tmp_path: Path, suffix: str) -> None:
    from medea.kernel.embeddings.minilm.runtime import MiniLm

    whole = MiniLm(MODELS)
    expected = await whole.embed(["How do I return a parcel?"])
    whole.close()
    for path in MODELS.glob("minilm-*"):
        content = path.read_bytes()
        (tmp_path / path.name).write_bytes(content[: len(content) // 2] if path.name.endswith(suffix) else content)
    (tmp_path / ".building-left").mkdir()
    (tmp_path / ".building-left" / "plain.onnx").write_bytes(b"of a builder that was killed")
    (tmp_path / "minilm-of-another-version.onnx").write_bytes(b"")
    mended = MiniLm(tmp_path)
    found = await mended.embed(["How do I return a parcel?"])
    mended.close()
    assert np.array_equal(found.vectors, expected.vectors)
    assert files_of(tmp_path) == {".building"} | {path.name for path in MODELS.glob("minilm-*")}


@pytest.mark.skipif(find_files() is None, reason="the model's package is not installed: `make setup`")
async def test_a_model_that_cannot_be_kept_is_out_of_order(tmp_path: Path) -> None:
    """Not a fault of the search, which goes by words then; and not tried again with every question."""
    from medea.kernel.embeddings.minilm.runtime import MiniLm

    place = tmp_path / "models"
    place.write_bytes(b"a file where a folder should be")
    model = MiniLm(place)
    with pytest.raises(ModelUnavailable, match="operator") as first:
        await model.embed(["How do I return a parcel?"], is_query=True)
    assert isinstance(first.value.__cause__, OSError)
    with pytest.raises(ModelUnavailable) as second:
        await model.embed(["How do I return a parcel?"], is_query=True)
    assert second.value.__cause__ is None, "it is left alone for a while"
    model.close()


def files_of(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


WEIGHED = """
import asyncio, sys
from pathlib import Path

def most():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6

before = most()
from medea.kernel.embeddings.minilm.runtime import MiniLm
model = MiniLm(Path(sys.argv[1]))
texts = [" ".join(f"word{n}of{m} {m * n}" for m in range(120)) for n in range(48)]
asyncio.run(model.embed(texts, with_words=True))
model.close()
print(most() - before)
"""


@pytest.mark.skipif(find_files() is None, reason="the model's package is not installed: `make setup`")
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_what_the_model_takes() -> None:
    made = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WEIGHED, str(MODELS), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await made.communicate()
    assert 50 < float(said) < 145, (
        "MB with all its libraries; a worker at rest has 140, and may have 300 while it embeds"
    )


async def test_an_endpoint_is_asked_in_batches_and_again(endpoint: Endpoint, connections: Connections) -> None:
    endpoint.failures = [503, 429]
    found = await endpoint.client(connections).embed(["one"] * 100)
    assert len(found.vectors) == 100
    assert max(endpoint.batches) == 64


@pytest.mark.parametrize(
    ("answer", "options", "error"),
    [
        ({"data": []}, {}, ModelInterrupted),
        ({"nothing": 1}, {}, ModelInterrupted),
        (None, {"api_key": "sk-wrong"}, ModelAuthentication),
        (None, {"base_url": "http://127.0.0.1:1"}, ModelUnavailable),
        (None, {"is_guarded": True}, ModelAddressRefused),
    ],
)
async def test_failures_become_ours(
    endpoint: Endpoint, connections: Connections, answer: Any, options: dict[str, Any], error: type[Exception]
) -> None:
    endpoint.answer = answer
    with pytest.raises(error):
        await endpoint.client(connections, **options).embed(["one"])
