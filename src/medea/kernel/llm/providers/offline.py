"""`medea/offline`: answers without any network, and says so.

With no provider configured the platform still works, on this. It is no language model: it quotes the best
of the agent's examples, else the best sentences of what was found in its documents, else a sentence of its
instructions, else says what it could be asked.
"""

import asyncio
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from medea.kernel.llm.config import OFFLINE, OFFLINE_MODEL
from medea.kernel.llm.messages import (
    Finish,
    FinishReason,
    ModelEvent,
    ModelRequest,
    TextDelta,
    Usage,
    estimate_tokens,
)
from medea.kernel.llm.providers.matching import Matcher
from medea.kernel.llm.providers.streamed import count_prompt_tokens
from medea.kernel.llm.sources import Sources
from medea.kernel.text import clean_text

_LONGEST = 0.8  # seconds that a whole answer takes at most; the pace rises with its length
_GOOD_EXAMPLE = 0.34
_GOOD_SENTENCE = 0.45
_GOOD_QUOTE = 0.2  # lower: what is quoted from was found for the question already
_QUOTED = 3  # sentences at most
_LONGEST_HEADING = 6  # words
_SHOWN = 3  # examples named when asked what it can do

_HELLO = """
hi hello hey howdy yo hallo moin servus hola buenas bonjour salut coucou salve olá ola oi hej hei ahoj cześć
привет здравствуйте merhaba selam salam مرحبا שלום 你好 您好 こんにちは 안녕하세요
"""
_THANK_YOU = "thanks thank thx danke merci gracias grazie obrigado obrigada спасибо 谢谢 ありがとう"
_GOODBYE = "bye goodbye tschüss tschuess ciao adiós adios revoir arrivederci пока 再见"
_GREETINGS, _THANKS, _FAREWELLS = (frozenset(words.split()) for words in (_HELLO, _THANK_YOU, _GOODBYE))
_ABOUT = re.compile(
    r"\b(?:who|what)\s+(?:\w+\s+)?are you\b|\b(?:which|what)\s+(?:ai\s+|language\s+)?model\b|\bare you (?:an? )?"
    r"(?:ai|bot|robot|human|real|offline)\b|\bwer bist du\b|\bqui es[- ]tu\b|\bquién eres\b",
    re.IGNORECASE,
)
_DIRECTIVE = re.compile(
    r"(?:you(?:'re| are| must| should| will| can(?:not)?)?|never|always|do not|don't|act|be|your (?:task|job|role|goal)"
    r"|answer|reply|respond|keep|avoid|speak|write|use|if|du bist|sie sind|antworte|tu es|vous êtes|eres)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+|\n+|(?<=[。！？])")
_PIECE = re.compile(r"\S+\s*|\s+")

_CONNECT = (
    "To connect a real model, add a provider under **Settings → Model providers**, or start the server with "
    "`OPENROUTER_API_KEY`."
)
_ABOUT_ME = (
    f"I am `{OFFLINE_MODEL}`, Medea's built-in offline model: no language model, but a stand-in that quotes this "
    "assistant's documents, examples and instructions."
)
_FOOTER = (
    f"\n\n*Quoted by `{OFFLINE_MODEL}`, the built-in offline model, from this assistant's {{source}}. "
    "Connect a real model under Settings → Model providers.*"
)


@dataclass(frozen=True, slots=True)
class OfflineModel:
    """A `ModelClient` that needs nothing.

    Attributes:
        delay: seconds between words, less for long answers; 0 only yields to other tasks.
    """

    delay: float = 0.012

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """Answer word by word; see `ModelClient`."""
        text, reason = _bounded(clean_text(compose(request)), request)
        pieces = _PIECE.findall(text)
        pause = min(self.delay, _LONGEST / max(1, len(pieces)))
        for piece in pieces:
            await asyncio.sleep(pause)
            yield TextDelta(piece)
        prompt = count_prompt_tokens([message.content for message in request.messages])
        usage = Usage(prompt, estimate_tokens(text), cost_usd=0.0, is_estimated=True)
        yield Finish(reason, usage, OFFLINE_MODEL, OFFLINE)


def _bounded(text: str, request: ModelRequest) -> tuple[str, FinishReason]:
    """Keep the request's limits, as a real model would."""
    ends = [end for end in (text.find(stop) for stop in request.stop if stop) if end >= 0]
    if ends:
        text = text[: min(ends)]
    limit = request.max_output_tokens
    if limit is None or estimate_tokens(text) <= limit:
        return text, "stop"
    return text.encode()[: limit * 4].decode("utf-8", "ignore"), "length"


def compose(request: ModelRequest) -> str:
    """Write the whole answer to the last message of the user."""
    question = next((m.content for m in reversed(request.messages) if m.role == "user"), "").strip()
    instructions = "\n".join(m.content for m in request.messages if m.role == "system")
    found = Matcher([example.user for example in request.examples]).best(question)
    quoted, fit = ("", 0.0) if request.sources is None else _quotes(request.sources, question)
    if found is not None and found[1] >= max(_GOOD_EXAMPLE, fit):
        return request.examples[found[0]].assistant.strip() + _FOOTER.format(source="examples")
    if _ABOUT.search(question):
        return f"{_ABOUT_ME}\n\n{_CONNECT}{_offers(request)}"
    courtesy = _courtesy(question)
    if courtesy is not None:
        return f"{courtesy} {_ABOUT_ME}{_offers(request)}"
    if quoted:
        return quoted + _FOOTER.format(source="documents")
    sentence = _fitting_sentence(instructions, question)
    if sentence is not None:
        return sentence + _FOOTER.format(source="instructions")
    return _nothing(request)


def _nothing(request: ModelRequest) -> str:
    if request.sources is None:
        looked, otherwise = "examples and instructions", ""
    else:
        looked, otherwise = "documents, examples and instructions", request.sources.otherwise
    offered = f" {otherwise}" if otherwise else ""
    return (
        f"I found nothing about that in this assistant's {looked}.{offered} {_ABOUT_ME}{_offers(request)}\n\n{_CONNECT}"
    )


def _quotes(sources: Sources, question: str) -> tuple[str, float]:
    """Quote the sentences that fit the question best, each with its number, and tell how well the best does.

    A sentence of a passage that was found further up counts for more; one that hardly fits is not quoted. A
    question or a heading in a document is not quoted either, but what follows it.
    """
    sentences = [
        (source, sentence)
        for source in sources.found
        for part in _SENTENCE.split(source.text)
        if (sentence := part.strip())
    ]
    ranks = {source.number: place for place, source in enumerate(sources.found)}
    matcher = Matcher([sentence for _, sentence in sentences])
    scored: dict[int, float] = {}
    for place, score in matcher.scores(question).items():
        source = sentences[place][0]
        while place < len(sentences) and sentences[place][0] is source and _is_above(sentences[place][1]):
            place += 1  # noqa: PLW2901 - to what stands under it
        if place == len(sentences) or sentences[place][0] is not source:
            continue
        scored[place] = max(scored.get(place, 0.0), score * 0.92 ** ranks[source.number])
    best = sorted(((score, place) for place, score in scored.items()), reverse=True)[:_QUOTED]
    if not best or best[0][0] < _GOOD_QUOTE:
        return "", 0.0
    kept = sorted(place for score, place in best if score >= 0.6 * best[0][0])
    marks = [f" [{sentences[place][0].number}]" if sources.is_cited else "" for place in kept]
    return " ".join(f"{_ended(sentences[place][1])}{mark}" for place, mark in zip(kept, marks, strict=True)), best[0][0]


def _is_above(sentence: str) -> bool:
    """Tell a question or a heading, which says less than what stands under it."""
    if sentence.startswith("#") or sentence.endswith(("?", "？")):
        return True
    is_open = sentence[-1].isalnum() and not sentence.startswith(("-", "*", "•"))
    return is_open and len(sentence.split()) <= _LONGEST_HEADING


def _ended(sentence: str) -> str:
    line = " ".join(sentence.split()).lstrip("#-*•> ")
    return line if line[-1:] in ".!?。！？:" else f"{line}."


def _courtesy(question: str) -> str | None:
    said = re.findall(r"\w+", question.casefold())
    if not said or len(said) > 4:
        return None
    if not _GREETINGS.isdisjoint(said):
        return "Hello!"
    if not _THANKS.isdisjoint(said):
        return "You are welcome!"
    if not _FAREWELLS.isdisjoint(said):
        return "Goodbye!"
    return None


def _fitting_sentence(instructions: str, question: str) -> str | None:
    """Find the sentence that answers; directives are for the model and are not read out to visitors."""
    parts = [part.strip(" \t-*•#") for part in _SENTENCE.split(instructions)]
    facts = [part for part in parts if len(part) > 8 and not _DIRECTIVE.match(part)]
    found = Matcher(facts).best(question)
    return facts[found[0]] if found is not None and found[1] >= _GOOD_SENTENCE else None


def _offers(request: ModelRequest) -> str:
    asked = [" ".join(example.user.split()) for example in request.examples[:_SHOWN] if example.user.strip()]
    if not asked:
        return ""
    return "\n\nYou can ask me, for example:\n" + "\n".join(f"- {line}" for line in asked)
