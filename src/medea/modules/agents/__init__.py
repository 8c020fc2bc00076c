"""Assistants: a draft that people edit, and immutable versions that visitors talk to.

Owns the tables `agents` (identity and draft in one row) and `agent_versions` (append-only: the app role
may not change or delete one).

Beside the house's files: `config` is the value that a draft holds and a version freezes, `slugs` makes
slugs of names, `references` checks what a draft names, `live` reads agents for turns, remembered per process,
`scope` judges whether a message is within an agent's topics, `trying` tells what guardrails would do to a text.

Invariants: a slug is unique among a tenant's agents that are not deleted; version numbers of an agent are
1, 2, 3 ... without gaps; the live version is one of them; publishing an unchanged draft makes no version.

Announces `agents.agent_created`, `agents.agent_published`, `agents.agent_deleted`.
"""
