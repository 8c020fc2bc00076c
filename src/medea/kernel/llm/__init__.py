"""Access to language models: one port, its adapters, and what a call costs.

`port.ModelClient` is what the turn runtime talks to; `router.ModelRouter` chooses the adapter for a model
name and falls back to other models; `providers` holds the adapters: any endpoint that speaks OpenAI's chat
completions, and `medea/offline`, which needs no network. Every failure is a `errors.ModelError` with a
stable code; nothing else leaves an adapter.
"""
