"""What must be true when all is over. Pure: what clients heard, what the model said, what the database holds."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["native", "openai", "polling"]


@dataclass
class Asked:
    """One prompt of one client, and what the client knows of it in the end.

    Attributes:
        prompt: its name, which no other has.
        kind: how the client listens. `openai` cannot come back: its answer may break off, and says so.
        turn_id: as the server named it; empty if the client never learnt it.
        text: what the client would show; a `data-restart` empties it.
        has_ended: the client was told that this is the whole answer.
        has_broken_off: the connection ended before that, for good.
        was_refused: nothing was accepted, as far as the client knows; it may have been all the same.
        restarts: how often it was told that the text begins anew.
        silence: longest wait for the next token, seconds.
    """

    prompt: str
    kind: Kind
    turn_id: str = ""
    text: str = ""
    has_ended: bool = False
    has_broken_off: bool = False
    was_refused: bool = False
    restarts: int = 0
    silence: float = 0.0

    @property
    def is_stuck(self) -> bool:
        """Whether the client waits to this day."""
        return not (self.has_ended or self.has_broken_off or self.was_refused)


@dataclass(frozen=True)
class Turn:
    """A turn as the database has it: read models and event log.

    Attributes:
        prompt: text of the message that began it.
        replies: texts of its replies in `messages`.
        logged: texts of its replies in the event log.
        prompts_logged: how often the log says that this prompt was received.
    """

    id: str
    prompt: str
    status: str
    attempt: int
    replies: tuple[str, ...]
    logged: tuple[str, ...]
    prompts_logged: int


@dataclass(frozen=True)
class Stored:
    """All that the database holds.

    Attributes:
        waiting_jobs: jobs that are not done.
        dead_jobs: jobs that were given up, with their reasons.
        gaps: conversations whose events are not numbered one after the other.
        effects: how often the effect of each job took place, where jobs note it.
    """

    turns: Sequence[Turn]
    waiting_jobs: int = 0
    dead_jobs: Sequence[str] = ()
    gaps: int = 0
    effects: Mapping[str, int] = field(default_factory=dict)


@dataclass
class Verdict:
    """How often something was wrong, and a sentence for each time."""

    lost_tokens: int = 0
    lost_messages: int = 0
    doubled_effects: int = 0
    stuck_turns: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether nothing was wrong."""
        return not self.faults

    def lose_tokens(self, number: int, why: str) -> None:
        """Note tokens that are missing, too many or not those that were said."""
        self.lost_tokens += max(1, number)
        self.faults.append(f"tokens: {why}")

    def lose_message(self, why: str) -> None:
        """Note a message that is not there, or has no answer."""
        self.lost_messages += 1
        self.faults.append(f"message: {why}")

    def double(self, number: int, why: str) -> None:
        """Note an effect that took place more than once."""
        self.doubled_effects += number
        self.faults.append(f"doubled: {why}")

    def stick(self, number: int, why: str) -> None:
        """Note what never ended."""
        self.stuck_turns += number
        self.faults.append(f"stuck: {why}")


def judge(asked: Iterable[Asked], said: Mapping[str, Sequence[Sequence[str]]], stored: Stored) -> Verdict:
    """Compare what clients heard with what the model said and what the database holds.

    Args:
        asked: every prompt.
        said: by prompt, the tokens of each call of the model.
        stored: the database after all.
    """
    verdict = Verdict()
    turns: dict[str, list[Turn]] = {}
    for turn in stored.turns:
        turns.setdefault(turn.prompt, []).append(turn)
    for one in asked:
        _judge_turns(verdict, one, turns.pop(one.prompt, []), said)
    for prompt in turns:
        verdict.lose_message(f"{prompt}: the database has a turn that nobody asked for")
    if stored.waiting_jobs:
        verdict.stick(stored.waiting_jobs, f"{stored.waiting_jobs} jobs were never done")
    for reason in stored.dead_jobs:
        verdict.stick(1, f"a job was given up: {reason}")
    if stored.gaps:
        verdict.lose_message(f"{stored.gaps} conversations lack events in the middle")
    for name, number in stored.effects.items():
        if number != 1:
            verdict.double(abs(number - 1), f"{name} took place {number} times")
    return verdict


def _judge_turns(
    verdict: Verdict, one: Asked, turns: Sequence[Turn], said: Mapping[str, Sequence[Sequence[str]]]
) -> None:
    if one.is_stuck:
        verdict.stick(1, f"{one.prompt} ({one.kind}): its client still waits")
    if not turns:
        if not one.was_refused:
            verdict.lose_message(f"{one.prompt} ({one.kind}): accepted, and not in the database")
        return
    if len(turns) > 1:
        verdict.double(len(turns) - 1, f"{one.prompt} ({one.kind}): {len(turns)} turns")
    turn = turns[0]
    if one.turn_id and one.turn_id not in {each.id for each in turns}:
        verdict.lose_message(f"{one.prompt} ({one.kind}): answered as another turn than the client was told")
    whole = ["".join(tokens) for tokens in said.get(one.prompt, ())]
    _judge_stored(verdict, turn, whole)
    _judge_heard(verdict, one, turn, whole)


def _judge_stored(verdict: Verdict, turn: Turn, whole: Sequence[str]) -> None:
    if turn.status in {"queued", "running"}:
        verdict.stick(1, f"{turn.prompt}: the turn is {turn.status} in attempt {turn.attempt}")
        return
    if turn.status != "completed":
        verdict.lose_message(f"{turn.prompt}: the turn {turn.status}")
        return
    if turn.prompts_logged != 1:
        verdict.double(abs(turn.prompts_logged - 1), f"{turn.prompt}: received {turn.prompts_logged} times")
    if len(turn.logged) != 1 or len(turn.replies) != 1:
        number = max(len(turn.logged), len(turn.replies))
        verdict.double(
            max(1, number - 1), f"{turn.prompt}: {len(turn.logged)} replies logged, {len(turn.replies)} kept"
        )
        return
    if turn.logged != turn.replies:
        verdict.lose_message(f"{turn.prompt}: the log holds another reply than the conversation")
    if turn.replies[0] not in whole:
        verdict.lose_tokens(_missing(turn.replies[0], whole), f"{turn.prompt}: kept is not what the model said")


def _judge_heard(verdict: Verdict, one: Asked, turn: Turn, whole: Sequence[str]) -> None:
    kept = turn.replies[0] if turn.replies else ""
    if one.has_ended and one.text != kept:
        verdict.lose_tokens(_missing(one.text, [kept]), f"{one.prompt} ({one.kind}): the client shows another text")
    elif one.has_broken_off and not any(text.startswith(one.text) for text in whole):
        verdict.lose_tokens(1, f"{one.prompt} ({one.kind}): heard, before it broke off, what nobody said")


def _missing(text: str, whole: Sequence[str]) -> int:
    """Return how many tokens a text is away from the nearest of what it should be."""
    has = Counter(text.split())
    distances = [((has - Counter(each.split())) + (Counter(each.split()) - has)).total() for each in whole]
    return min(distances, default=has.total())
