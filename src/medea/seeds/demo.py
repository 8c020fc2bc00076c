"""The demo company: Northwind Outdoor, with documents, a published assistant, a draft and a key for the demo page."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

import msgspec
import structlog

from medea.kernel.auth.principal import Principal, PrincipalKind, system_principal
from medea.kernel.auth.scopes import Role
from medea.kernel.context import Context, Ports
from medea.kernel.ids import AgentId, KnowledgeBaseId, TenantId
from medea.modules.agents import facade as agents
from medea.modules.identity.facade import LoginFailed, find_person_by_email, prove_login, set_operator
from medea.modules.knowledge import facade as knowledge
from medea.modules.tenancy import facade as tenancy
from medea.seeds.northwind import SHOP_ASSISTANT, TRIP_PLANNER
from medea.seeds.northwind_documents import DOCUMENTS

log = structlog.get_logger()

EMAIL = "demo@medea.example"
PASSWORD = "medea-demo-2026"
AGENT_SLUG = "demo"
DRAFT_SLUG = "trip-planner"
_TENANT_NAME = "Northwind Outdoor"
_BASE_NAME = "Shop handbook"


@dataclass(frozen=True, slots=True)
class DemoFacts:
    """What the start banner and the demo page need to know.

    Attributes:
        tenant_id: the demo company.
        tenant_name: its name at the beginning.
        email: login of its owner.
        password: as it was set; people may have changed it.
        agent_id: the published assistant.
        agent_slug: its slug.
        publishable_key: for the dashboard's and the widget's origin of these settings.
        is_new: whether the company was founded just now.
    """

    tenant_id: TenantId
    tenant_name: str
    email: str
    password: str
    agent_id: AgentId
    agent_slug: str
    publishable_key: str
    is_new: bool


async def seed(ports: Ports) -> DemoFacts | None:
    """Make what is missing of the demo, read it back, and return where to find it.

    Returns:
        None if people have changed the demo so that it cannot work: its account owns no company any more, or
        its slug belongs to an agent that is not published. Nothing is forced on them.
    """
    nobody = Context(ports, system_principal(None))
    founded = await tenancy.find_owned_tenant(nobody, EMAIL)
    is_new = founded is None
    if founded is None:
        if await find_person_by_email(nobody, EMAIL) is not None:
            log.warning("seeds.demo_skipped", reason="its account owns no company")
            return None
        founded = await tenancy.create_tenant_with_owner(
            nobody, email=EMAIL, password=PASSWORD, name="Nora Demo", tenant_name=_TENANT_NAME, slug="northwind"
        )
        await set_operator(nobody, EMAIL, is_operator=True)
    owner = Principal(PrincipalKind.USER, founded.tenant_id, ports.scopes.of_role(Role.OWNER), user_id=founded.user_id)
    ctx = Context(ports, owner)
    live = await _find_live(ctx)
    if live is None and await agents.find_agent(ctx, AGENT_SLUG) is None:
        await _create_agents(ports, owner)
        live = await _find_live(ctx)
    if live is None:
        log.warning("seeds.demo_skipped", reason="somebody made an unpublished agent of the demo's slug")
        return None
    key = await _ensure_key(ports, owner)
    log.debug("seeds.demo_ready", is_new=is_new, version=live.version)
    return DemoFacts(
        tenant_id=founded.tenant_id,
        tenant_name=_TENANT_NAME,
        email=EMAIL,
        password=PASSWORD,
        agent_id=live.id,
        agent_slug=live.slug,
        publishable_key=key,
        is_new=is_new,
    )


async def is_open_to_all(ports: Ports) -> bool:
    """Tell whether the demo's account is there with the password that everybody knows."""
    nobody = Context(ports, system_principal(None))
    if await find_person_by_email(nobody, EMAIL) is None:
        return False
    try:
        await prove_login(nobody, EMAIL, PASSWORD)
    except LoginFailed:
        return False
    return True


async def _find_live(ctx: Context) -> agents.LiveAgent | None:
    try:
        return await agents.get_live_agent(ctx, AGENT_SLUG)
    except agents.AgentNotFound:
        return None


async def _create_knowledge(ports: Ports, owner: Principal) -> KnowledgeBaseId:
    """Make the shop's documents, unless they are there; a worker reads them soon after."""
    async with Context(ports, owner) as ctx:
        known = await knowledge.find_base(ctx, _BASE_NAME)
        if known is not None:
            return known
        base_id = await knowledge.create_base(ctx, name=_BASE_NAME, description="Care, manuals and rental terms")
        for name, text in DOCUMENTS.items():
            await knowledge.add_file(ctx, base_id, name, text.encode())
    return base_id


async def _create_agents(ports: Ports, owner: Principal) -> None:
    base_id = await _create_knowledge(ports, owner)
    assistant = msgspec.structs.replace(
        SHOP_ASSISTANT,
        retrieval=agents.Retrieval(
            knowledge_bases=(str(base_id),), when_unanswered="Write to hello@northwind.example; people answer there."
        ),
    )
    async with Context(ports, owner) as ctx:
        # the draft first, so that lists, newest first, begin with the assistant that answers
        if await agents.find_agent(ctx, DRAFT_SLUG) is None:
            await agents.create_agent(
                ctx, TRIP_PLANNER, slug=DRAFT_SLUG, description="A draft: plans tours, not published yet"
            )
        agent_id = await agents.create_agent(
            ctx, assistant, slug=AGENT_SLUG, description="Answers on the pages of the shop"
        )
        await agents.publish_agent(ctx, agent_id, note="First version")


async def _ensure_key(ports: Ports, owner: Principal) -> str:
    """Return the demo page's key.

    It follows from the installation's secret and the origins, so a start on another port finds or makes
    the key that allows that port, and no query is needed to know it.
    """
    origins, key = _origins(ports), _key(ports)
    if await tenancy.find_publishable_key(ports, key) is None:
        async with Context(ports, owner) as ctx:
            await tenancy.create_api_key(ctx, name="Demo page", kind="publishable", allowed_origins=origins, token=key)
        assert await tenancy.find_publishable_key(ports, key) is not None  # noqa: S101 - what was written is read back
    return key


async def find_publishable_key(ports: Ports) -> str | None:
    """Return the demo page's key, or None where the demo was not seeded for these origins."""
    key = _key(ports)
    return key if await tenancy.find_publishable_key(ports, key) is not None else None


def _origins(ports: Ports) -> tuple[str, str]:
    return ports.settings.dashboard_origin, ports.settings.widget_origin


def _key(ports: Ports) -> str:
    secret = ports.keyring.signing_key("demo-key")
    digest = hmac.digest(secret, " ".join(_origins(ports)).encode(), hashlib.sha256)
    return "pk_" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
