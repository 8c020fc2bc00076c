"""HTTP of knowledge, by what it is about."""
