"""The tools that need no definition."""

from collections.abc import AsyncIterator

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.ids import TenantId
from medea.kernel.settings import OutboundSettings, Settings
from medea.modules.tools import facade
from medea.modules.tools.builtin import BUILTIN
from medea.modules.tools.errors import ToolFailed
from medea.modules.tools.pages import page_text
from medea.modules.tools.service.forms import read_answers
from medea.modules.tools.validation import check_schema
from tests.support.app import TravelClock, problem
from tests.support.threads import watch_threads
from tests.support.upstream import Answer, Call, Send, Upstream, upstream

PAGE = """<html><head><title>Opening  hours</title><script>track()</script></head><body><nav>Home About</nav>
<main><h1>Hours</h1><p>We are open <b>every day</b>.</p><ul><li>Mon 9-5</li><li>Sun 10-4</li></ul>
<div hidden>secret</div></main><footer>Imprint</footer></body></html>"""


ENCODED = {
    "/latin": ("<p>Öffnungszeiten</p>".encode("latin-1"), "text/html; charset=ISO-8859-1"),
    "/announced": ('<meta charset="windows-1251"><p>Часы работы</p>'.encode("cp1251"), "text/html"),
}


def site(call: Call) -> Answer:
    """Be a small web site."""
    html = (("Content-Type", "text/html; charset=utf-8"),)
    match call.path:
        case "/moved":
            return Answer([], 302, (("Location", "/hours"),))
        case "/away":
            return Answer([], 302, (("Location", "http://evil.example.org/"),))
        case "/round":
            return Answer([], 302, (("Location", "/round"),))
        case "/picture":
            return Answer([Send(b"\x89PNG")], 200, (("Content-Type", "image/png"),))
        case "/missing":
            return Answer([], 404, html)
        case "/deep":
            return Answer([Send(b"<div>" * 30_000)], 200, html)
    page, kind = ENCODED.get(call.path, (PAGE.encode(), html[0][1]))
    return Answer([Send(page)], 200, (("Content-Type", kind),))


@pytest.fixture
async def server() -> AsyncIterator[Upstream]:
    """The site."""
    async with upstream(respond=site) as running:
        yield running


@pytest.fixture
def settings(settings: Settings, server: Upstream) -> Settings:
    """Settings that let requests through to it."""
    return settings.model_copy(update={"outbound": OutboundSettings(allowed_private_hosts=("127.0.0.1",))})


@pytest.fixture
async def ctx(owner: AsyncClient, installation: Installation) -> Context:
    """A turn's context."""
    tenant = TenantId.parse((await owner.get("/v1/auth/me")).json()["tenant"]["id"])
    return Context(installation.ports, system_principal(tenant))


async def call(ctx: Context, name: str, **arguments: object) -> object:
    """Call a tool with arguments that fit its schema."""
    (tool,) = await facade.find_tools(ctx, [name])
    assert facade.find_faults(tool.parameters, arguments) == []
    return await facade.call(ctx, tool, arguments, key="tcl_1")


def test_their_schemas_are_sound() -> None:
    for tool, _ in BUILTIN.values():
        check_schema(tool.parameters)


async def test_the_time_is_told_in_a_zone(ctx: Context, clock: TravelClock) -> None:
    told = await call(ctx, "current_time", time_zone="Asia/Kolkata")
    assert isinstance(told, dict)
    assert told["time"].endswith("+05:30")
    assert told["weekday"].endswith("day")
    assert (await call(ctx, "current_time"))["time"].endswith("+00:00")  # type: ignore[index]
    for zone in ("Mars/Phobos", "../../etc/passwd", "Europe"):
        with pytest.raises(ToolFailed, match="no time zone"):
            await call(ctx, "current_time", time_zone=zone)


async def test_only_listed_sites_are_read(ctx: Context, owner: AsyncClient, server: Upstream) -> None:
    origin = f"http://127.0.0.1:{server.port}"
    with pytest.raises(ToolFailed, match="No site is allowed"):
        await call(ctx, "fetch_page", url=f"{origin}/hours")
    problem(await owner.patch("/v1/tool-settings", json={"fetch_hosts": ["not a host"]}), 422, "tools.invalid")
    changed = await owner.patch("/v1/tool-settings", json={"fetch_hosts": ["https://127.0.0.1/x", "*.Example.com"]})
    assert changed.json()["fetch_hosts"] == ["127.0.0.1", "*.example.com"]
    handed = watch_threads()
    for path in ("/hours", "/moved"):
        page = await call(ctx, "fetch_page", url=origin + path)
        assert isinstance(page, dict)
        assert page["title"] == "Opening hours"
        assert page["text"].split("\n\n") == ["Hours", "We are open every day.", "Mon 9-5", "Sun 10-4"]
    assert handed.names.count("_read") == 2, "the loop has other things to do than to parse"
    for path, words in (("/latin", "Öffnungszeiten"), ("/announced", "Часы работы")):
        page = await call(ctx, "fetch_page", url=origin + path)
        assert isinstance(page, dict)
        assert page["text"] == words, "whatever its encoding"
    for path, words in (
        ("/away", "evil.example.org is not one of the allowed sites"),
        ("/round", "leads in circles"),
        ("/picture", "no page of text"),
        ("/missing", "status 404"),
        ("/deep", "nested more deeply"),
    ):
        with pytest.raises(ToolFailed, match=words):
            await call(ctx, "fetch_page", url=origin + path)
    for url in ("http://localhost/", "file:///etc/passwd", "http://127.0.0.1@evil.example.org/", "nonsense"):
        with pytest.raises(ToolFailed):
            await call(ctx, "fetch_page", url=url)


def test_broken_pages_are_read_as_far_as_they_go() -> None:
    assert page_text("") == ("", "")
    assert page_text("<p>One<p>Two<script>x</script>")[1].split() == ["One", "Two"]
    assert page_text("<title>A\0</title><p>b\0c")[1].replace("\ufffd", "") == "bc"


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<div>" * 30_000, "nested more deeply"),
        ("<FIGURE>" * 5_000, "nested more deeply"),
        ("<div></b>" * 15_000, "nested more deeply"),
        ("<div><!--</div>-->" * 30_000, "more tags"),
        ("<x>" * 100_000, "more tags"),
    ],
)
def test_pages_that_only_cost_are_not_parsed(page: str, words: str) -> None:
    with pytest.raises(ToolFailed, match=words):
        page_text(page)


def test_answers_are_held_against_the_form() -> None:
    fields = [
        {"name": "name", "label": "Name", "type": "text", "is_required": True},
        {"name": "phone", "label": "Phone", "type": "phone"},
        {"name": "number", "label": "Number", "type": "number"},
    ]
    form = {"title": "x", "fields": fields}
    assert read_answers(form, {"name": " Ada ", "phone": "+49 (30) 123-456", "number": 3}) == (
        {"name": "Ada", "phone": "+49 (30) 123-456", "number": "3"},
        {},
    )
    answers, faults = read_answers(form, {"phone": "call me", "number": "many", "other": "x"})
    assert answers == {}
    assert set(faults) == {"name", "phone", "number", "other"}
