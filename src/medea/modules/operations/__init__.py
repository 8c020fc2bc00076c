"""Operating the installation: its jobs, queues and workers over all tenants, and the platform's models.

Owns no table: jobs are the kernel's (`kernel/bus/`), what is known of models is `tenancy`'s, who is an operator is
`identity`'s to know.

Invariants: only a logged-in person who is an operator at this moment sees or does anything here; to all
others, and to every key, these routes are not there. Only what was given up can be retried or purged. What
an operator does is written to the log with who did it.
"""
