"""What this module refuses."""

from medea.kernel.errors import Conflict, Forbidden, Invalid, LimitReached, NotFound, Unavailable


class ConversationNotFound(NotFound):
    """There is no such conversation."""

    code = "conversations.conversation_not_found"


class TurnNotFound(NotFound):
    """There is no such turn."""

    code = "conversations.turn_not_found"


class MessageNotFound(NotFound):
    """There is no such message."""

    code = "conversations.message_not_found"


class ConversationClosed(Conflict):
    """The conversation is closed; start another one."""

    code = "conversations.closed"


class ConversationMovedOn(Conflict):
    """More was said in this conversation since; read it again."""

    code = "conversations.moved_on"


class ResponseNotFound(NotFound):
    """There is no such response; it was deleted, or not to be stored."""

    code = "conversations.response_not_found"


class AnswerBrokenOff(Unavailable):
    """This server stops in the middle of the answer; it goes on elsewhere."""

    code = "conversations.broken_off"


class TooManyWaiting(Conflict):
    """Too many prompts of this conversation wait for an answer; wait for one."""

    code = "conversations.too_many_waiting"


class TooManyRunning(LimitReached):
    """As many answers of this company run and wait as may at once; try again in a moment."""

    code = "conversations.too_many_running"


class SaidTooOften(LimitReached):
    """The assistant takes no more messages of one visitor in a minute; try again in a moment."""

    code = "conversations.said_too_often"


class NothingToRegenerate(Conflict):
    """Only the last reply can be written again, and only while no other turn runs."""

    code = "conversations.nothing_to_regenerate"


class TurnAlreadyEnded(Conflict):
    """The turn has ended, or another attempt at it has begun."""

    code = "conversations.turn_already_ended"


class CallNotFound(NotFound):
    """This turn has no such call of a tool."""

    code = "conversations.call_not_found"


class NothingAwaited(Conflict):
    """Nobody waits for this answer: it was given already, its time is up, or the turn has ended."""

    code = "conversations.nothing_awaited"


class AnswerAwaited(Conflict):
    """The assistant waits for somebody to allow what it wants to do, or to fill in a form."""

    code = "conversations.answer_awaited"


class ResultsMissing(Invalid):
    """Every call of the last answer needs a message with its result."""

    code = "conversations.results_missing"


class FormInvalid(Invalid):
    """The form is not filled in as it asks; `errors` names the fields."""

    code = "conversations.form_invalid"


class NotAReply(Conflict):
    """Feedback can only be given on a reply of the assistant."""

    code = "conversations.not_a_reply"


class EmptyPrompt(Invalid):
    """The message has no text; write something."""

    code = "conversations.empty_prompt"


class HostedPageAmbiguous(Conflict):
    """Several assistants have this name here; add the publishable key of the one you mean."""

    code = "conversations.agent_ambiguous"


class VisitorSessionsClosed(Forbidden):
    """A visitor session is opened with a publishable key, or from this installation's own widget page."""

    code = "conversations.publishable_key_required"


class IdentityTokenInvalid(Invalid):
    """The identity token does not prove who the visitor is; sign another."""

    code = "conversations.identity_token_invalid"
