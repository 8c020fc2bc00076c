"""Use cases of conversations, one file per kind."""
