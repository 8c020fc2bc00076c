"""The pure parts: contrast, comparison, hashes, slugs."""

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medea.modules.agents.config import (
    AgentConfig,
    Appearance,
    Example,
    Fallback,
    Retrieval,
    ToolChoice,
    compare,
    contrast,
    readable_on,
)
from medea.modules.agents.slugs import MAX_LENGTH, slug_of, with_suffix

TEXT = st.text(max_size=30)
COLOUR = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)
CONFIG = st.builds(
    AgentConfig,
    name=TEXT,
    system_prompt=TEXT,
    examples=st.lists(st.builds(Example, user=TEXT, assistant=TEXT), max_size=3).map(tuple),
    model=st.none() | TEXT,
    temperature=st.none() | st.floats(0, 2),
    max_output_tokens=st.none() | st.integers(1, 32_768),
    greeting=TEXT,
    suggested_questions=st.lists(TEXT, max_size=3).map(tuple),
    appearance=st.builds(Appearance, accent=COLOUR, radius=st.integers(0, 28), title=st.none() | TEXT),
)


@pytest.mark.parametrize(
    ("accent", "expected"),
    [
        ("#000000", "#ffffff"),
        ("#ffffff", "#000000"),
        ("#ffff00", "#000000"),
        ("#0000ff", "#ffffff"),
        ("#ff0000", "#000000"),
        ("#1f6f5c", "#ffffff"),
        ("#767676", "#000000"),
        ("#757575", "#ffffff"),
    ],
)
def test_text_on_the_accent_is_the_better_of_black_and_white(accent: str, expected: str) -> None:
    assert readable_on(accent) == expected


@given(COLOUR)
def test_text_on_any_accent_is_readable(accent: str) -> None:
    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return float(sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True)))

    darker, lighter = sorted((luminance(accent), luminance(readable_on(accent))))
    assert contrast(lighter, darker) >= 4.5


@given(CONFIG)
def test_a_configuration_survives_its_stored_form(config: AgentConfig) -> None:
    again = AgentConfig.from_json(config.to_json())
    assert again == config
    assert again.content_hash == config.content_hash
    assert compare(config, again) == []


@given(CONFIG, CONFIG)
def test_the_hash_differs_exactly_where_a_field_does(one: AgentConfig, other: AgentConfig) -> None:
    assert (one.content_hash == other.content_hash) == (compare(one, other) == [])


def test_an_agent_from_before_there_were_chains_limits_and_guardrails_reads_as_unchanged() -> None:
    config = AgentConfig(
        name="Helper",
        system_prompt="Help.",
        examples=(Example("a", "b"),),
        model="m",
        tools=(ToolChoice(name="calculator"),),
        retrieval=Retrieval(knowledge_bases=("kb_1",)),
    )
    # what the code of then stored when it published this
    assert config.content_hash == "6893188dcb6ca8b2e0176cb360a1b79106e1f8c684cf0f2037063b3d6665d8a0"
    chained = msgspec.structs.replace(config, fallbacks=(Fallback(model="n"),))
    assert chained.content_hash != config.content_hash


def test_comparison_names_fields_and_members_of_the_appearance() -> None:
    before = AgentConfig(name="A", system_prompt="be kind")
    after = AgentConfig(name="A", system_prompt="be brief", temperature=0.5, appearance=Appearance(accent="#000000"))
    assert [(c.field, c.before, c.after) for c in compare(before, after)] == [
        ("system_prompt", "be kind", "be brief"),
        ("temperature", None, 0.5),
        ("appearance.accent", "#1f6f5c", "#000000"),
    ]


def test_a_version_of_an_older_release_gets_the_defaults_of_newer_fields() -> None:
    config = AgentConfig.from_json({"name": "Old", "appearance": {"accent": "#123456"}})
    assert config.appearance == Appearance(accent="#123456")
    assert config.missing_parts == ["system_prompt"]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Shop Assistant", "shop-assistant"),
        ("  Größe & Maß! ", "grosse-mass"),
        ("Ærø Łódź", "aero-lodz"),
        ("東京", "agent"),
        ("🎉", "agent"),
        ("ﬁne Café №5", "fine-cafe-no5"),
        ("---", "agent"),
    ],
)
def test_slugs_of_names(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@given(st.text(max_size=200), st.integers(1, 10_000))
def test_every_name_has_a_valid_slug(name: str, number: int) -> None:
    slug = with_suffix(slug_of(name), number)
    assert re.fullmatch(r"[a-z0-9](-?[a-z0-9])*", slug)
    assert len(slug) <= MAX_LENGTH
