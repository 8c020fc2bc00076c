"""Live token streams: what a turn says while it says it, readable by any number of clients at once.

A stream belongs to one tenant and one turn and is written by one attempt at a time. Frames are
Server-Sent Events with ids `<attempt>-<seq>`, encoded once. It is kept for ten minutes after its end;
after that, and after a crash, the stored reply is the truth.
"""
