"""The RabbitMQ driver of the bus: brings word of waiting jobs to one worker that has a free place.

A message says that one more row of a queue waits (and which one, for people): it is an invitation to
claim, not the job. A worker that gets it claims the most urgent row of that queue, so priorities hold
although queues are first in, first out, and a lost, late or doubled message does no harm. A message stays
unacknowledged while its place is taken, so the broker gives a worker no more than it can do at once.

What was not announced (a delayed job, a commit while the broker was away) the relay announces; while the
broker is away, workers look for themselves. Delays are rows with `run_at`: no delay queues are needed.
"""
