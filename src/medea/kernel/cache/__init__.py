"""Remembering what is read often: per tenant, for a time, at most so much, forgotten on demand everywhere."""
