"""Use cases of identity: accounts, sessions, passwords."""
