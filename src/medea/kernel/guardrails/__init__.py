"""Rules for what may go into a model and come out of it: pure, and as fast as a turn needs them to be.

`rules` says what can be set, `guards` makes of it what a turn uses. Texts that come in pieces go through filters
(`filters`) that hold back only what they cannot decide yet, and give the same whatever the pieces are.
"""
