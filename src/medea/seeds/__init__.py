"""Scenarios that fill an installation with something to look at.

One scenario per file. Each is deterministic, goes through facades, reads back what it wrote, and may run
again at every start: what is there already is left as people have changed it.
"""
