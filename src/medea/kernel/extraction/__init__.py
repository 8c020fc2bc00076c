"""Text out of files that strangers made: in a process of its own, with limits, that is ended when it passes one.

No reader of such formats is safe inside the server: a file of a kilobyte makes one crash and another eat all
memory. So `sandbox` starts a child that has no network, no right to start programs, and bounds on memory, time and
what it writes; `child` is its other end and picks one of the `readers`. What comes back is one canonical text and
its `structure`: where pages begin, where headings stand, what is a table or code. Offsets are code points.
"""
