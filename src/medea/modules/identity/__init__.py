"""People: their accounts, passwords and dashboard sessions.

Owns `users`, `user_sessions`, `password_resets`. A person belongs to no tenant, so these tables are
medea_system's alone; which company a person works in is `tenancy`'s to know, and a session merely
remembers the active one.

Invariants: one account per e-mail address, whatever its case; a session is known only by the keyed hash
of its token; changing or resetting a password ends every other session. No answer to someone who is not
logged in tells whether an account exists, except signing up with a taken address.

Beside the usual files: `caches`, what is remembered in process.

Events: `identity.user_signed_up`.
"""
