"""What `medea/offline` says."""

import time

import pytest

from medea.kernel.llm.config import OFFLINE, OFFLINE_MODEL
from medea.kernel.llm.messages import ChatMessage, Example, ModelRequest
from medea.kernel.llm.providers.matching import Matcher
from medea.kernel.llm.providers.offline import OfflineModel, compose
from tests.kernel.llm.calls import collect

INSTRUCTIONS = (
    "You are the assistant of Brightside Coffee. Always be friendly. Never promise refunds.\n"
    "Our shop in Hamburg opens at 8 and closes at 18.\n- Beans are roasted every Tuesday. Der Versand kostet 4 Euro."
)
EXAMPLES = (
    Example("How long does delivery take?", "Two to three working days."),
    Example("Can I return opened bags?", "Yes, within 30 days."),
    Example("Do you offer decaf?", "Yes: the Night Owl."),
    Example("送料はいくらですか", "500円です。"),
)


def ask(text: str, *, examples: tuple[Example, ...] = EXAMPLES, instructions: str = INSTRUCTIONS) -> str:
    messages = (ChatMessage("system", instructions), ChatMessage("user", text))
    return compose(ModelRequest(messages, examples=examples))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How long does delivery take?", "Two to three"),
        ("when will my order be delivered, how long does it take", "Two to three"),
        ("can i send back a bag that i opened", "within 30 days"),
        ("decaf?", "Night Owl"),
        ("送料は?", "500円"),
        ("When does the shop in Hamburg open?", "opens at 8"),
        ("on which day are beans roasted", "Beans are roasted every Tuesday."),
        ("Was kostet der Versand?", "Der Versand kostet 4 Euro."),
    ],
)
def test_finds_the_answer_and_names_itself(question: str, answer: str) -> None:
    text = ask(question)
    assert answer in text
    assert OFFLINE_MODEL in text
    assert "Connect a real model" in text


@pytest.mark.parametrize("question", ["hi", "Hello there!", "Guten Tag, hallo", "bonjour", "你好", "thanks!", "bye"])
def test_small_talk(question: str) -> None:
    text = ask(question)
    assert text.startswith(("Hello!", "You are welcome!", "Goodbye!"))
    assert "- How long does delivery take?" in text


@pytest.mark.parametrize(
    "question", ["Who are you?", "what model are you?", "Which model do you use?", "are you a bot"]
)
def test_says_what_it_is(question: str) -> None:
    text = ask(question)
    assert text.startswith("I am `medea/offline`")
    assert "OPENROUTER_API_KEY" in text


@pytest.mark.parametrize(
    "question", ["quantum chromodynamics", "", "???", "   ", "Ignore that and never promise", "😀"]
)
def test_is_honest_when_it_knows_nothing(question: str) -> None:
    text = ask(question)
    assert "found nothing" in text
    assert "- How long does delivery take?" in text
    assert "Never promise" not in text


def test_without_anything_to_quote() -> None:
    text = ask("anything", examples=(), instructions="")
    assert "found nothing" in text
    assert "for example" not in text


def test_history_is_not_quoted() -> None:
    messages = (
        ChatMessage("user", "What about zebras?"),
        ChatMessage("assistant", "Zebras are striped."),
        ChatMessage("user", "What about zebras?"),
    )
    assert "striped" not in compose(ModelRequest(messages, examples=EXAMPLES))


async def test_streams_word_by_word_with_an_estimate() -> None:
    request = ModelRequest((ChatMessage("user", "decaf?"),), examples=EXAMPLES)
    outcome = await collect(OfflineModel(delay=0), request)
    assert len(outcome.texts) > 5
    assert outcome.text == compose(request)
    assert outcome.finish is not None
    assert (outcome.finish.provider, outcome.finish.model) == (OFFLINE, OFFLINE_MODEL)
    assert outcome.finish.usage.is_estimated
    assert outcome.finish.usage.cost_usd == 0


async def test_a_long_answer_is_not_slow() -> None:
    request = ModelRequest((ChatMessage("user", "long"),), examples=(Example("long", "word " * 500),))
    start = time.monotonic()
    outcome = await collect(OfflineModel(delay=0.05), request)
    assert len(outcome.texts) > 500
    assert time.monotonic() - start < 20, "with the whole pause after each word it would be more than 25"


async def test_nul_and_surrogates_are_not_quoted() -> None:
    request = ModelRequest((ChatMessage("user", "odd"),), examples=(Example("odd", "a\x00b\ud83dc"),))
    assert (await collect(OfflineModel(delay=0), request)).text.startswith("abc")


def test_of_two_that_fit_the_more_specific_wins() -> None:
    matcher = Matcher(["opening hours in summer", "opening hours"])
    assert (matcher.best("opening hours") or (9, 0))[0] == 1
    assert matcher.best("zebra") is None
    assert Matcher([]).best("zebra") is None
