"""Access to language models: one port, its adapters, and what a call costs.

`port.ModelClient` is what the turn runtime talks to; `router.ModelRouter` chooses the adapter for a model
name and asks `circuits` whether it may be called at all; `catalogue` and `pricing` know what models cost and can do;
`providers` holds the adapters: any endpoint that speaks OpenAI's chat completions or Anthropic's Messages, and
`medea/offline`, which needs no network. Every failure is a `errors.ModelError` with a stable code; nothing else
leaves an adapter.
"""
