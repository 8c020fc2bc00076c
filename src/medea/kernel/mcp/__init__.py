"""Servers of the Model Context Protocol, as a client of theirs: connections, lists of tools, calls, OAuth.

Everything goes through the outbound door. Beside `connections` (the port: a pool with bounds) and `values` (what goes
in and out), the files that import the official SDK are `session`, `transport`, `content` and the folder `oauth`: it
takes 0.6 s and 22 MB, so they are imported when the first server is spoken to, never at start.
"""
