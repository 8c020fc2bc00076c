"""Use cases of knowledge, by what they are about."""
