"""Conversations: the event log, its read models, and the turns that answer.

Owns `conversation_events` (append-only, the truth) and what is derived from it in the same transaction:
`conversations`, `messages`, `turns`. Commands go through `service` and the pure `aggregate`; queries read
the derived tables and never the aggregate. Beside the usual files: `log` (the events as stored), `calls` (the
aggregate within a turn), `activity` (what a reply did besides its last words), `sources` (what it shows of the
passages it stands on), `access` (who may see what), `openai_dialect` (our frames in OpenAI's words),
`openai_tools` (tools in these).

Invariants: at most one turn of a conversation runs at a time, further prompts wait in order; a turn ends
exactly once (completed, failed or cancelled); whatever was answered with 2xx is in the log.

Announces `conversations.conversation_started`, `conversations.turn_completed`, `conversations.turn_failed`,
`conversations.question_unanswered` and `conversations.feedback_given`.
"""
