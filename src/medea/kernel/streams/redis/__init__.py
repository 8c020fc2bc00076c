"""Live streams between processes, through Redis: written in one, read in all.

`layout` says how a stream lies in Redis, `writing` brings frames there, `reading` brings them into a mirror
in the memory of a process that has clients for them, `streams` is the port.
"""
