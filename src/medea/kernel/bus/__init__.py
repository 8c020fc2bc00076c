"""Events and tasks: announced in the business transaction, done after it, at least once.

Rows of the table `jobs` are the truth and the outbox in one: an emitted event becomes one row per
subscriber, an enqueued task one row, written by `Outbox.flush` in the use case's transaction. A driver
carries them to a worker. A job that is done is deleted; deleting it inside the handler's own transaction
makes its effect happen exactly once.
"""
