"""Chaos: real processes and real brokers under load, killed one after another, and nothing may be lost.

`make chaos` (or `python -m tests.chaos [--quick] [--only worker_killed,redis_restarted]`) starts PostgreSQL,
Redis and RabbitMQ of its own, two API processes, two workers and two relays, and keeps clients talking
through them. A fake model says numbered tokens, of which each names its prompt and the call of the model that
said it, so that one token lost, doubled or taken from another answer is seen.

`model` is what is said, `services` and `deployment` are what is killed, `faults` how, `clients` who listens,
`truth` what the database holds afterwards, `checks` compares all of it, purely, and `run` prints the table.
"""
