"""HTTP of tools, one file per kind."""
