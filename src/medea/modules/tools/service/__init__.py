"""Use cases of tools, one file per kind."""
