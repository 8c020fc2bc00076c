"""Small messages to every process at once: cancel this, forget that.

At most once: who is not connected misses it. So a signal only hastens what the database already says,
and a subscriber can ask to be told of a gap.
"""
