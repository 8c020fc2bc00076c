"""When something was last seen of a document: what operators are told by is as new as its state."""

from datetime import UTC, datetime, timedelta

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.bus.task import Job, RetryLater
from medea.kernel.context import Context
from medea.kernel.extraction.sandbox import ChildKilled
from medea.kernel.extraction.structure import Extraction, Structure
from medea.kernel.ids import DocumentId, JobId
from medea.modules.knowledge.ingestion import steps
from medea.modules.knowledge.models import Failure
from medea.modules.knowledge.repository import documents as repository
from medea.modules.knowledge.service import visiting
from medea.modules.knowledge.service.documents import get_document
from tests.modules.knowledge.shop import make_base
from tests.modules.knowledge.test_documents import tenant_of
from tests.support.app import TravelClock


@pytest.mark.parametrize("step", ["progress", "kept", "unchanged"])
async def test_a_state_is_as_new_as_it_says(
    installation: Installation, owner: AsyncClient, clock: TravelClock, step: str
) -> None:
    base = await make_base(owner)
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", files={"file": ("a.txt", b"Some words.")})
    document_id = DocumentId.parse(sent.json()["id"])
    ctx = Context(installation.ports, system_principal(await tenant_of(owner)))
    document = await get_document(ctx, document_id)
    if step == "unchanged":
        async with ctx.transaction() as sql:
            await repository.set_failed(sql, document_id, Failure("fetch_failed", "It was away."), at=ctx.now())
    clock.advance(hours=1)
    if step == "progress":
        await steps.Reporter(ctx, document_id, 1, "extracting").say(1, 2)
    elif step == "kept":
        assert await steps._keep(ctx, document, Extraction("text", "Some words.", Structure()))
    else:
        await visiting._take(ctx, document, None)
    found = await get_document(ctx, document_id)
    assert found.status == {"progress": "extracting", "kept": "chunking", "unchanged": "queued"}[step]
    assert found.updated_at - document.updated_at >= timedelta(hours=1)
    assert found.updated_at > datetime.now(UTC)


async def test_a_reader_that_was_killed_is_tried_again(
    installation: Installation, owner: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kernel without memory is no fault of the document; only the last attempt says so on it."""
    base = await make_base(owner)
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", files={"file": ("a.txt", b"Some words.")})
    document_id = DocumentId.parse(sent.json()["id"])
    ctx = Context(installation.ports, system_principal(await tenant_of(owner)))

    async def killed(*_arguments: object, **_options: object) -> Extraction:
        raise ChildKilled

    monkeypatch.setattr(steps, "extract", killed)
    ctx.job = attempt_at(ctx, 1)
    with pytest.raises(RetryLater):
        await steps.ingest(ctx, document_id, 1)
    assert (await get_document(ctx, document_id)).status == "extracting"
    ctx.job = attempt_at(ctx, 4)
    await steps.ingest(ctx, document_id, 1)
    found = await get_document(ctx, document_id)
    assert found.error is not None
    assert (found.status, found.error.code) == ("failed", "reader_killed")


def attempt_at(ctx: Context, number: int) -> Job:
    """Return an attempt at reading, of four; there is no row of it to be completed."""
    return Job(
        id=JobId.new(),
        tenant_id=ctx.tenant,
        name="knowledge.ingest_document",
        queue="slow",
        payload="{}",
        attempt=number,
        max_attempts=4,
        lease_owner="test",
        created_at=ctx.now(),
        is_given_up=True,
    )
