"""Whether a message is within an agent's topics: words first, then vectors of the model that comes along."""

from medea.kernel.cache.base import CacheSpec
from medea.kernel.context import Context
from medea.kernel.embeddings.port import Embedder, Matrix
from medea.kernel.errors import AppError
from medea.kernel.guardrails.rules import TopicRules
from medea.kernel.guardrails.topics import Verdict, find_phrase, is_worth_judging, judge
from medea.modules.knowledge import facade as knowledge

TOPICS: CacheSpec[Matrix] = CacheSpec("agents.topics", ttl=3600.0, size=500)
"""Vectors of topics, by the topics themselves."""
_LONGEST = 2_000
"""Characters of a message that are looked at."""


async def judge_topics(ctx: Context, rules: TopicRules, text: str) -> Verdict | None:
    """Return why a message is refused; None: it is not, or nothing here can tell.

    Where the model of vectors is missing, fails, or does not know the message's language, words alone decide.
    """
    if found := find_phrase(rules, text):
        return found
    text = text[:_LONGEST]
    embedder = ctx.ports.embedders.local()
    if embedder is None or not is_worth_judging(rules, text) or not _knows(embedder, text):
        return None
    topics = [*rules.allowed, *rules.forbidden]

    async def load() -> Matrix:
        return (await embedder.embed(topics, is_query=True)).vectors

    try:
        of_topics = await ctx.ports.cache(TOPICS).get(ctx.tenant, "\n".join(topics), load)
        of_text = (await embedder.embed([text], is_query=True)).vectors[0]
    except AppError as error:
        ctx.log.warning("agents.topics_not_judged", code=error.code)
        return None
    return judge(rules, text, of_text, of_topics)


def _knows(embedder: Embedder, text: str) -> bool:
    return embedder.languages is None or knowledge.detect_language(text) in embedder.languages
