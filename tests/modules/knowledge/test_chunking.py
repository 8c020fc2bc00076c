"""Chunks hold the whole text, in order, at exact offsets, and none is too long."""

from hypothesis import given, settings
from hypothesis import strategies as st

from medea.kernel.extraction.readers.markdown import read_markdown
from medea.kernel.extraction.structure import Block, Heading, Structure
from medea.modules.knowledge.chunking import FULL_ENOUGH, MAXIMUM, chunk_text, count_tokens
from medea.modules.knowledge.values import ChunkDraft

SENTENCE = "The quick brown fox jumps over the lazy dog while nobody is looking at all. "


def check(text: str, chunks: list[ChunkDraft], target: int) -> None:
    """Assert the law of this file."""
    at = 0
    for chunk in chunks:
        assert text[chunk.char_from : chunk.char_to] == chunk.text != ""
        assert chunk.text == chunk.text.strip()
        assert not text[at : chunk.char_from].strip(), "nothing but blanks is left out"
        assert chunk.tokens == count_tokens(chunk.text) <= int(target * MAXIMUM)
        at = chunk.char_to
    assert not text[at:].strip()


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=30)
lines = st.one_of(
    st.lists(words, max_size=60).map(" ".join),
    st.sampled_from(
        ["# A heading", "## Another", "#### A small one", "| a | b |", "|---|---|", "```", "- item", "", " "]
    ),
    st.text(st.sampled_from("字汉ありกขค"), max_size=900),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(lines, max_size=60), st.sampled_from([64, 200, 512]))
def test_everything_is_in_chunks_in_order_within_the_maximum(parts: list[str], target: int) -> None:
    found = read_markdown("\n".join(parts))
    check(found.text, chunk_text(found.text, found.structure, target=target), target)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=4000), st.data())
def test_whatever_the_structure_says(text: str, data: st.DataObject) -> None:
    places = st.integers(0, len(text))
    headings = sorted({data.draw(places) for _ in range(data.draw(st.integers(0, 5)))})
    bounds = sorted({data.draw(places) for _ in range(2 * data.draw(st.integers(0, 2)))})
    blocks = [Block("table", a, b) for a, b in zip(bounds[::2], bounds[1::2], strict=False)]
    structure = Structure(sorted({0, len(text) // 2}), [Heading(at, 1 + at % 6, "h") for at in headings], blocks)
    chunks = chunk_text(text, structure, target=64)
    check(text, chunks, 64)
    assert all(chunk.page_from in {1, 2} and chunk.page_to in {1, 2} for chunk in chunks)


def test_a_text_shorter_than_a_chunk_stays_one() -> None:
    text = "# One\n\nA word.\n\n# Two\n\nAnother.\n"
    found = read_markdown(text)
    assert [chunk.text for chunk in chunk_text(text, found.structure, target=200)] == [text.strip()]


def test_no_chunk_goes_over_a_heading_once_it_is_a_third_full() -> None:
    text = "".join(f"## Part {n}\n\n{SENTENCE * 5}\n\n" for n in range(12))
    found = read_markdown(text)
    chunks = chunk_text(found.text, found.structure, target=200)
    assert count_tokens(SENTENCE * 5) > 200 * FULL_ENOUGH
    assert [chunk.heading_path for chunk in chunks] == [(f"Part {n}",) for n in range(12)]


def test_a_heading_goes_with_what_follows_it() -> None:
    text = f"{SENTENCE * 11}\n\n#### The last\n\n{SENTENCE * 9}"
    found = read_markdown(text)
    first, second = chunk_text(found.text, found.structure, target=200)
    assert "The last" not in first.text
    assert second.text.startswith("#### The last")


def test_sections_too_small_for_a_chunk_share_one() -> None:
    text = "".join(f"## Part {n}\n\nOne short sentence.\n\n" for n in range(100))
    found = read_markdown(text)
    chunks = chunk_text(found.text, found.structure, target=200)
    assert all(chunk.tokens >= 200 * FULL_ENOUGH for chunk in chunks[:-1])


def test_a_table_is_kept_whole_or_its_columns_are_told() -> None:
    rows = "\n".join(f"| article {n} | {n}.50 | in stock |" for n in range(80))
    small, large = "| name | price |\n|---|---|\n| a | 1 |", f"| article | price | state |\n|---|---|---|\n{rows}"
    text = f"{SENTENCE * 9}\n\n{small}\n\n{SENTENCE * 9}\n\n# Stock\n\n{large}"
    found = read_markdown(text)
    chunks = chunk_text(found.text, found.structure, target=200)
    assert sum(small in chunk.text for chunk in chunks) == 1
    later = [chunk for chunk in chunks if "article 40" in chunk.text or "article 79" in chunk.text]
    assert later
    assert all(chunk.heading_path == ("Stock", "article | price | state") for chunk in later)
    assert all(line.startswith("|") for chunk in later for line in chunk.text.split("\n")), "cut between rows"


def test_sentences_are_whole() -> None:
    text = SENTENCE * 60
    for chunk in chunk_text(text, Structure(), target=200):
        assert chunk.text.startswith("The quick")
        assert chunk.text.endswith("at all.")


def test_pages_are_told() -> None:
    text = SENTENCE * 40
    chunks = chunk_text(text, Structure(pages=[0, 1000, 2000]), target=200)
    assert chunks[0].page_from == 1
    assert chunks[-1].page_to == 3
    assert [chunk.page_from for chunk in chunks] == sorted(chunk.page_from or 0 for chunk in chunks)


def test_signs_that_belong_together_are_not_parted() -> None:
    text = "e\u0301" * 5000
    assert all(not chunk.text.startswith("\u0301") for chunk in chunk_text(text, Structure(), target=64))
