"""The doors past row-level security: where they stand, and why."""

import ast
from pathlib import Path

from tests.architecture.sources import SRC, files

# file or folder -> why it must see rows of all tenants, or of none
SYSTEM_DOORS = {
    "apps/cli/knowledge.py": "copies the vectors of all tenants into a store",
    "apps/cli/operating.py": "who has the machine looks after the jobs of all tenants",
    "apps/housekeeping.py": "clears away for all tenants",
    "apps/monitoring/gauges.py": "counts the jobs, turns and documents of all tenants",
    "kernel/bus/scheduler.py": "recurring work belongs to no tenant",
    "kernel/bus/work": "claims, leases and settles the jobs of all tenants",
    "kernel/outbound/ledger.py": "writes down the calls of all tenants in one statement",
    "kernel/bus/rabbitmq/relay.py": "announces the jobs of all tenants",
    "modules/identity": "people, sessions and password resets belong to no tenant",
    "modules/operations": "who operates the installation looks after the jobs of all tenants",
    "modules/tenancy/authenticator.py": "a credential says which tenant it is for only once it is found",
    "modules/tenancy/facade.py": "finds the company of an e-mail address, for the seeds",
    "modules/tenancy/service/accounts.py": "a person's companies; an invitation's company by its token",
    "modules/tenancy/service/allowances.py": "a company does not say itself what it may keep",
    "modules/tenancy/service/entries.py": "what the operator says of the platform's models belongs to no tenant",
    "modules/tenancy/service/founding.py": "a company that is being founded is no tenant yet",
    "modules/billing/service/reservations.py": "gives back and clears away for all tenants",
    "modules/agents/live.py": "a hosted page names an agent by slug alone",
    "modules/tools/service/mcp/tending.py": "finds the MCP servers of all tenants that are due",
    "modules/knowledge/service/sweeping.py": "finds the tenants that have knowledge",
    "modules/knowledge/service/visiting.py": "finds the sources of all tenants that are due",
    "modules/webhooks/service/purging.py": "forgets the events of all tenants",
    "modules/conversations/kept_responses.py": "forgets the responses of all tenants that have had their time",
    "modules/conversations/service/rebuilding.py": "goes through the conversations of all tenants",
}

OWNER_DOORS = {
    "modules/knowledge/index/graphs.py": "gives big knowledge bases a vector index of their own",
}
"""Where `owning` is called: statements as the owner of the tables, who sees no rows."""


def doors() -> dict[str, list[int]]:
    """Return where `Database.system` is called, by file."""
    found: dict[str, list[int]] = {}
    for path in files(".py", under=SRC):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "system":
                found.setdefault(path.relative_to(SRC).as_posix(), []).append(node.lineno)
    return found


def test_the_system_role_is_used_in_named_places_only() -> None:
    unnamed = {
        file: lines
        for file, lines in doors().items()
        if not any(Path(file).is_relative_to(place) for place in SYSTEM_DOORS)
    }
    assert not unnamed, unnamed


def test_every_named_place_still_needs_it() -> None:
    used = doors()
    idle = [place for place in SYSTEM_DOORS if not any(Path(file).is_relative_to(place) for file in used)]
    assert not idle, idle


def test_statements_of_the_owner_are_run_in_named_places_only() -> None:
    found = {
        path.relative_to(SRC).as_posix()
        for path in files(".py", under=SRC)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "owning"
    }
    assert found == set(OWNER_DOORS)
