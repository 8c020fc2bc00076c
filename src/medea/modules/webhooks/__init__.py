"""Webhooks: what happens in a company, sent to its own servers.

Owns the addresses that companies subscribe to events, the events as they are told, and their deliveries with what was
answered. Beside the usual files: `catalogue` (which events there are and what they hold), `signing` (as the Standard
Webhooks specification says), `pauses` (when a delivery is tried again), `values` (what a webhook is), `caches` (who
wants what).

Invariants: an event that happened while a webhook wanted it is delivered at least once, under one id, or is listed as
failed; no order is promised; a secret is shown once; every request goes through the outbound door.

Announces `webhooks.webhook_disabled`.
"""
