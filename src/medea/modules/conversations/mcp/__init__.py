"""A published agent as a server of the Model Context Protocol, at `/mcp/{agent}`.

`asking` is one question and its answer, whoever asks; `calls` names a call so that any process can stop it; `words`
puts our frames and rows in the protocol's words; `resources` are the documents that the agent answers from; `serving`
gives all of it to the protocol's SDK, which it alone imports, late.
"""
