"""Encrypting what is kept anew under the current key, while the system runs.

Each ciphertext tells its key, so that what is left to do is always a question to the tables: a run that was killed is
simply started again. A row is replaced only if it still holds what was read, so that nobody's change is undone.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medea.kernel.auth.crypto import DecryptionError, KeyRing, name_of
from medea.kernel.db.database import Database
from medea.kernel.db.sql import Sql
from medea.kernel.ids import TenantId

BATCH = 100


@dataclass(frozen=True, slots=True)
class Cipher:
    """A column of a tenants' table that holds ciphertexts of the key ring.

    Attributes:
        table: its table.
        column: of type bytea.
        key: the columns that, with the tenant, name a row.
        owner: gives the owner that a row is encrypted for, from its tenant and its key.
    """

    table: str
    column: str
    key: tuple[str, ...]
    owner: Callable[[TenantId, Mapping[str, Any]], str]

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"


@dataclass(frozen=True, slots=True)
class Step:
    """What was done to one column of one tenant.

    Attributes:
        done: rows that are under the current key now.
        unreadable: rows that no key of the ring opens; they stay as they are.
    """

    cipher: Cipher
    done: int
    unreadable: int


async def rotate_tenant(
    database: Database, keyring: KeyRing, ciphers: Sequence[Cipher], tenant_id: TenantId
) -> AsyncIterator[Step]:
    """Encrypt a tenant's ciphertexts anew, batch by batch, each in a transaction of its own.

    Yields:
        A step for each batch in which there was something to do.
    """
    for cipher in ciphers:
        after: tuple[Any, ...] | None = None
        while True:
            async with database.transaction(tenant_id) as sql:
                rows = await _stale(sql, keyring, cipher, after)
                step = await _replace(sql, keyring, cipher, tenant_id, rows)
            if not rows:
                break
            yield step
            if not cipher.key:
                break
            after = tuple(rows[-1][name] for name in cipher.key)


async def count_tenant(database: Database, ciphers: Sequence[Cipher], tenant_id: TenantId) -> Counter[tuple[str, str]]:
    """Return how many ciphertexts of a tenant there are by column and name of their key."""
    found: Counter[tuple[str, str]] = Counter()
    async with database.transaction(tenant_id, durable=False) as sql:
        for cipher in ciphers:
            rows = await sql.fetch(
                f"SELECT CASE WHEN substring({cipher.column} FROM 1 FOR 1) = '\\x02' THEN"
                f" substring({cipher.column} FROM 1 FOR 5) ELSE substring({cipher.column} FROM 1 FOR 1) END AS prefix,"
                f" count(*) AS number FROM {cipher.table} WHERE {cipher.column} IS NOT NULL GROUP BY 1"
            )
            for row in rows:
                found[str(cipher), name_of(row["prefix"])] += row["number"]
    return found


async def _stale(sql: Sql, keyring: KeyRing, cipher: Cipher, after: tuple[Any, ...] | None) -> list[Any]:
    """Return rows whose ciphertext is not under the current key, in the order of their key."""
    keys = ", ".join(cipher.key)
    beyond = ""
    if after is not None and keys:
        beyond = f" AND ({keys}) > ({', '.join(f'${number + 3}' for number in range(len(cipher.key)))})"
    order = f" ORDER BY {keys}" if keys else ""
    return await sql.fetch(
        f"SELECT {', '.join((*cipher.key, cipher.column))} FROM {cipher.table}"
        f" WHERE {cipher.column} IS NOT NULL"
        f" AND substring({cipher.column} FROM 1 FOR $2) <> $1{beyond}{order} LIMIT {BATCH}",
        keyring.prefix,
        len(keyring.prefix),
        *(after or ()),
    )


async def _replace(
    sql: Sql, keyring: KeyRing, cipher: Cipher, tenant_id: TenantId, rows: Sequence[Mapping[str, Any]]
) -> Step:
    changes, unreadable = [], 0
    for row in rows:
        old, owner = row[cipher.column], cipher.owner(tenant_id, row)
        try:
            changes.append((old, keyring.encrypt(keyring.decrypt(old, owner), owner), *(row[k] for k in cipher.key)))
        except DecryptionError:
            unreadable += 1
    named = "".join(f" AND {name} = ${number + 3}" for number, name in enumerate(cipher.key))
    await sql.executemany(
        f"UPDATE {cipher.table} SET {cipher.column} = $2 WHERE {cipher.column} = $1{named}",
        changes,
    )
    return Step(cipher, len(changes), unreadable)
