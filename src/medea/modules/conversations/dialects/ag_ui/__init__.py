"""AG-UI 1.0, as CopilotKit and others speak it: `runs` makes a run's events, `messages` a thread's messages.

Shapes after `@ag-ui/core` and its JSON Schema. A thread is a conversation, a run the part of a turn up to where
somebody outside has to answer. The protocol knows no resuming of a stream: who comes back gets the messages so far, and
then the running answer from its beginning.
"""
