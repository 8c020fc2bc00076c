"""HTTP of conversations, one file per kind."""
