"""Conversations: the event log, its read models, and the turns that answer.

Owns `conversation_events` (append-only, the truth) and what is derived from it in the same transaction:
`conversations`, `messages`, `turns`. Commands go through `service` and the pure `aggregate`; queries read
the derived tables and never the aggregate. Beside the usual files: `log` (the events as stored), `calls` (the
aggregate within a turn), `reviews` (and for answers that somebody looks at first), `activity` (what a reply did besides
its last words), `sources` (what it shows of the passages it stands on), `guarded` (what guardrails did to a message),
`fallen_back` (which models gave it no answer), `hidden` (values that guardrails hid in what is kept, while their turn
needs them), `access` (who may see what), `dialects` (our frames in the words of other programs), `kept_responses` (what
clients of OpenAI's Responses asked for), `mcp` (agents as servers of the Model Context Protocol).

Invariants: at most one turn of a conversation runs at a time, further prompts wait in order; a turn ends
exactly once (completed, failed or cancelled); whatever was answered with 2xx is in the log.

Announces `conversations.conversation_started`, `conversations.turn_completed`, `conversations.turn_failed`,
`conversations.answer_held`, `conversations.question_unanswered`, `conversations.handoff_requested` and
`conversations.feedback_given`.
"""
