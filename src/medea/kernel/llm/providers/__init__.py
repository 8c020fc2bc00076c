"""The adapters behind the model port, and the layers that the OpenAI-compatible one is made of.

From the wire up: `sse` turns bytes into event payloads, `chunks` turns payloads into text, `answer` follows
one whole answer; none of them does any input or output. `openai_compatible` adds the network.
"""
