"""What visitors filled in: listed, read, taken out as a table, deleted."""

import csv
import io
import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

from medea.kernel.context import Context
from medea.kernel.db.paging import Page, PageRequest, bad_cursor
from medea.kernel.ids import LeadId
from medea.modules.tools import queries, repository
from medea.modules.tools.errors import LeadNotFound
from medea.modules.tools.queries import Lead, LeadFilter, Place

MAX_FIELDS = 200
"""Columns of a table, besides those that each lead has; the rarest fields are left out."""
_AT_ONCE = 500
_HEAD = ("captured_at", "form", "lead_id", "agent_id", "conversation_id")
_FORMULA = re.compile(r"[\s]*[=+\-@\t\r\n|]")
_NUMBER = re.compile(r"[+-]?\d{1,15}([.,]\d{1,10})?")
_BYTE_ORDER_MARK = "\ufeff"


async def list_leads(ctx: Context, wanted: LeadFilter, page: PageRequest) -> Page[Lead]:
    """Return what visitors filled in, newest first.

    Raises:
        Invalid: the cursor is none of ours.
    """
    async with ctx.transaction(durable=False) as sql:
        rows = await queries.list_leads(sql, wanted, page.limit + 1, _place(page))
    return page.page(rows, lambda lead: [lead.created_at.isoformat(), str(lead.id)])


def _place(page: PageRequest) -> Place | None:
    key = page.key(2)
    if key is None:
        return None
    lead = LeadId.find(str(key[1]))
    try:
        at = datetime.fromisoformat(str(key[0])).astimezone(UTC)
    except (ValueError, OverflowError):
        raise bad_cursor() from None
    if lead is None:
        raise bad_cursor()
    return at, lead


async def get_lead(ctx: Context, lead_id: LeadId) -> Lead:
    """Return one.

    Raises:
        LeadNotFound: there is none.
    """
    async with ctx.transaction(durable=False) as sql:
        lead = await queries.find_lead(sql, lead_id)
    if lead is None:
        raise LeadNotFound()
    return lead


async def delete_lead(ctx: Context, lead_id: LeadId) -> None:
    """Delete one; what was said in its conversation stays there.

    Raises:
        LeadNotFound: there is none.
    """
    async with ctx.transaction() as sql:
        if not await repository.delete_lead(sql, lead_id):
            raise LeadNotFound()


async def export_leads(ctx: Context, wanted: LeadFilter) -> AsyncIterator[bytes]:
    """Yield leads as a CSV table (RFC 4180, UTF-8 with a mark, so that spreadsheets read it right), newest first.

    A column for each field that was filled in; what a spreadsheet would take for a formula begins with an apostrophe.
    Piece by piece, each from a short transaction of its own.
    """
    async with ctx.transaction(durable=False) as sql:
        fields = await queries.list_fields(sql, wanted, MAX_FIELDS)
    yield _BYTE_ORDER_MARK.encode() + _table([[*_HEAD, *(_unformula(name) for name in fields)]])
    behind: Place | None = None
    while True:
        async with ctx.transaction(durable=False) as sql:
            leads = await queries.list_leads(sql, wanted, _AT_ONCE, behind)
        if leads:
            yield _table([_row(lead, fields) for lead in leads])
            behind = leads[-1].place
        if len(leads) < _AT_ONCE:
            return


def _row(lead: Lead, fields: Sequence[str]) -> list[str]:
    head = [lead.created_at.isoformat(), lead.title, str(lead.id), str(lead.agent_id), str(lead.conversation_id)]
    return [_unformula(cell) for cell in (*head, *(_text(lead.answers.get(name)) for name in fields))]


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _unformula(cell: str) -> str:
    """Return a cell that no spreadsheet computes: an apostrophe before what looks like a formula, and is no number."""
    if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def _table(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue().encode()
