"""Conversations that are longer than the model can read."""

from hypothesis import given
from hypothesis import strategies as st

from medea.kernel.llm.messages import CalledTool, ChatMessage, ModelRequest
from medea.modules.conversations.runtime.fitting import shortened
from medea.modules.conversations.runtime.spending import estimate_prompt

SYSTEM = ChatMessage("system", "Be kind. " * 10)


def talk(length: int) -> tuple[ChatMessage, ...]:
    said = [ChatMessage(role, f"{number} {role} " * 20) for number in range(length) for role in ("user", "assistant")]
    return (SYSTEM, *said, ChatMessage("user", "And now?"))


def test_the_oldest_go_first_and_no_answer_stays_without_its_question() -> None:
    request = ModelRequest(talk(10))
    kept = shortened(request, 600).messages
    assert kept[0] is SYSTEM
    assert kept[1].role == "user"
    assert kept[1:] == request.messages[-len(kept) + 1 :]
    assert 3 < len(kept) < 21


def test_what_came_of_the_last_prompt_stays_whatever_its_length() -> None:
    steps = (
        ChatMessage("assistant", "", (CalledTool("a", "calculator", "{}"),)),
        ChatMessage("tool", "4" * 9000, call_id="a"),
    )
    request = ModelRequest((*talk(3), *steps))
    assert shortened(request, 10).messages == (SYSTEM, request.messages[-3], *steps)


@given(st.integers(0, 12), st.integers(0, 3000))
def test_it_fits_or_only_the_last_is_left(length: int, room: int) -> None:
    request = ModelRequest(talk(length))
    kept = shortened(request, room)
    assert estimate_prompt(kept) <= room or len(kept.messages) == 2
    assert kept.messages[-1] == request.messages[-1]
    if estimate_prompt(request) <= room:
        assert kept == request
