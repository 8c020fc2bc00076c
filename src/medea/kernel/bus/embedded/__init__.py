"""The PostgreSQL driver of the bus: claims with SKIP LOCKED, leases, wake-ups by signal, slow polling.

A process that has a worker with a free place leases a job to it in the very statement that writes it, so
the job starts right after the commit without being looked for.
"""
