"""The adapters behind the model port, and the layers that the remote ones are made of.

From the wire up: `sse` turns bytes into event payloads, `chunks` turns payloads into text, `answer` follows
one whole answer; none of them does any input or output. `endpoint` writes requests. `remote` adds the network, for
every dialect: OpenAI's here, Anthropic's in `anthropic`.
"""
