"""Other programs' words for our turns: one encoder a dialect, each made of the same frames.

A turn is written once, as the frames of `streaming`, live or made of the stored reply. `frames` reads them back,
`happenings` puts them in an order that does not depend on when they came, and what stands beside these says the same
in the words of one protocol: `completions` and `responses` are OpenAI's, `ag_ui` is CopilotKit's and others'. `calls`
and `openai_errors` hold what several of them share. Nothing here reads or writes a database.
"""
