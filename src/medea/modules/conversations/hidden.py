"""Values that guardrails hid in what is kept, as long as their turn needs them: encrypted, and gone when it ends.

Where an agent's transcripts hold placeholders only, a tool may still need the address that one stands for, also when
another process takes the turn over.
"""

from collections.abc import Mapping

import msgspec

from medea.kernel.auth.rotation import Cipher
from medea.kernel.context import Context
from medea.kernel.db.batch import Batch, Statement
from medea.kernel.db.sql import Sql
from medea.kernel.ids import ConversationId, TenantId, TurnId
from medea.modules.conversations.aggregate import State

_FORGET = Statement(forgotten="DELETE FROM turn_values WHERE turn_id = ANY($1::uuid[])")


def owner_of_values(tenant: TenantId, turn: TurnId) -> str:
    """Return what a turn's values are encrypted for."""
    return f"turn_values/{tenant}/{turn}"


CIPHERS = (
    Cipher(
        "turn_values",
        "ciphertext",
        ("turn_id", "version"),
        lambda tenant, row: owner_of_values(tenant, TurnId(row["turn_id"])),
    ),
)
"""The columns of this module that hold ciphertexts."""


async def keep(
    ctx: Context, sql: Sql, conversation: ConversationId, turn: TurnId, version: int, values: Mapping[str, str]
) -> None:
    """Keep values by their placeholders until the turn ends.

    Args:
        ctx: who and where.
        sql: the transaction that appends what the placeholders stand in.
        conversation: of the turn.
        turn: that needs them.
        version: of the conversation before that.
        values: by placeholder.
    """
    sealed = ctx.ports.keyring.encrypt(msgspec.json.encode(dict(values)), owner_of_values(ctx.tenant, turn))
    await sql.execute(
        "INSERT INTO turn_values (tenant_id, turn_id, version, conversation_id, ciphertext, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        ctx.tenant,
        turn,
        version,
        conversation,
        sealed,
        ctx.now(),
    )


async def read(ctx: Context, sql: Sql, turn: TurnId) -> dict[str, str]:
    """Return the values of a turn by their placeholders."""
    rows = await sql.fetch("SELECT ciphertext FROM turn_values WHERE turn_id = $1 ORDER BY version", turn)
    found: dict[str, str] = {}
    for row in rows:
        opened = ctx.ports.keyring.decrypt(row["ciphertext"], owner_of_values(ctx.tenant, turn))
        found |= msgspec.json.decode(opened, type=dict[str, str])
    return found


def forget_ended(batch: Batch, before: State, after: State) -> None:
    """Delete the values of turns that are open before and not after, with what ends them."""
    ended = [
        turn.turn_id
        for turn in (*(() if before.active is None else (before.active,)), *before.waiting)
        if turn.has_values and after.find_turn(turn.turn_id) is None
    ]
    if ended:
        batch.add(_FORGET, ended)
