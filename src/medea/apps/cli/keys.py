"""`medea keys`: what encrypts the secrets that are kept, and how to replace it."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING

import typer

from medea.apps.cli.output import DIM, GREEN, RED, YELLOW, CommandFault, say, styled

if TYPE_CHECKING:  # each command imports its own work
    from medea.kernel.context import Ports
    from medea.kernel.ids import TenantId

keys = typer.Typer(help="Keys that encrypt what is kept.", no_args_is_help=True)

_PAGE = 500
_TELL_SECONDS = 2.0


@keys.command()
def new() -> None:
    """Print a fresh key and how to bring it into use."""
    import secrets

    say(secrets.token_urlsafe(36))
    say()
    say("1. Several processes: add it to MEDEA_AUTH__OLDER_ENCRYPTION_KEYS (a JSON list) and restart all, one by one.")
    say("2. Make it MEDEA_AUTH__ENCRYPTION_KEY, the key it replaces (if any) one of the older ones; restart all.")
    say("3. medea keys rotate")
    say("4. medea keys status names the older keys that can be taken out.")


@keys.command()
def status() -> None:
    """Tell what is encrypted under which key, and which keys can be taken out."""

    async def work(ports: "Ports") -> None:
        from medea.apps import registry
        from medea.kernel.auth.rotation import count_tenant

        found: Counter[tuple[str, str]] = Counter()
        async for tenant_id in _tenants(ports):
            found += await count_tenant(ports.database, registry.ciphers(), tenant_id)
        _show(ports, found)

    _run(work)


@keys.command()
def rotate() -> None:
    """Encrypt everything anew under the current key. Medea may run meanwhile; killed, start it again."""

    async def work(ports: "Ports") -> None:
        await _rotate_all(ports, _tenants(ports))

    _run(work)


async def _rotate_all(ports: "Ports", tenants: "AsyncIterator[TenantId]") -> None:
    """Go through all columns of all companies. What fails for one of them is told at the end and stops no other.

    Raises:
        CommandFault: something could not be brought under the current key.
    """
    from medea.apps import registry
    from medea.kernel.auth.rotation import rotate_tenant
    from medea.kernel.db.outages import is_outage

    done: Counter[str] = Counter()
    unreadable: Counter[str] = Counter()
    failed: dict[str, list[str]] = {}
    seen, told = 0, time.monotonic()
    async for tenant_id in tenants:
        for cipher in registry.ciphers():
            try:
                async for step in rotate_tenant(ports.database, ports.keyring, [cipher], tenant_id):
                    done[str(cipher)] += step.done
                    unreadable[str(cipher)] += step.unreadable
            except Exception as error:
                if is_outage(error):
                    raise
                failed.setdefault(str(cipher), []).append(f"{tenant_id}: {type(error).__name__}: {error}")
        seen += 1
        if time.monotonic() - told > _TELL_SECONDS:
            told = time.monotonic()
            say(styled(f"{seen} companies, {done.total()} secrets", DIM))
    for column, number in sorted(done.items()):
        say(f"{number:>8}  {column}")
    say(
        f"{styled('✓', GREEN)} {done.total()} secrets of {seen} companies were brought under the key"
        f" {ports.keyring.names[0]}"
    )
    for column, faults in sorted(failed.items()):
        say(f"{styled('✗', RED)} {column} of {len(faults)} companies, first of {faults[0].splitlines()[0]}")
    _complain(unreadable, sorted(failed))


def _complain(unreadable: Counter[str], failed: list[str]) -> None:
    """Say in one sentence what was not done, if anything was not."""
    faults = []
    if failed:
        faults.append(f"not everything was encrypted anew ({', '.join(failed)}, see above), so run it again")
    if lost := unreadable.total():
        columns = ", ".join(column for column, number in sorted(unreadable.items()) if number)
        faults.append(f"{lost} secrets open under no key that is set ({columns}); they were left as they are")
    if faults:
        sentence = "; ".join(faults)
        raise CommandFault(f"{sentence[0].upper()}{sentence[1:]}.")


def _show(ports: "Ports", found: Counter[tuple[str, str]]) -> None:
    current, *others = ports.keyring.names
    for (column, key), number in sorted(found.items()):
        mark = "current" if key == current else "older" if key in others else "not set: cannot be opened"
        say(f"{number:>8}  {column:<36} {key:<10} {styled(mark, DIM if key == current else YELLOW)}")
    used = {key for _, key in found}
    for key in others:
        if key == "secret":
            words = "still encrypts" if key in used else "encrypts nothing any more; it still hashes and signs"
            say(f"the installation's secret {words}")
        elif key in used or "secret" in used:  # what is under a secret may be under an earlier one
            say(f"{key} is still needed: medea keys rotate")
        else:
            say(f"{key} can be taken out")
    if missing := sorted(used - {current, *others}):
        raise CommandFault(f"Secrets are encrypted under {', '.join(missing)}, which is not set.")
    say(f"{styled('✓', GREEN)} {current} is the current key")


async def _tenants(ports: "Ports") -> "AsyncIterator[TenantId]":
    from medea.modules.tenancy import facade as tenancy

    after = None
    while page := await tenancy.list_tenants(ports, after, _PAGE):
        for tenant_id in page:
            yield tenant_id
        after = page[-1]


def _run(work: "Callable[[Ports], Awaitable[None]]") -> None:
    async def run() -> None:
        from medea.apps.bootstrap import open_installation
        from medea.apps.cli.postgres import check_reachable, opened, read_settings
        from medea.kernel.db.migrate import migrate

        settings = read_settings()
        if settings.database.url is not None:
            await check_reachable(settings.database.url)
        async with opened(settings) as url:
            await migrate(url)
            installation = await open_installation(settings, url)
            try:
                await work(installation.ports)
            finally:
                await installation.close()

    asyncio.run(run())
