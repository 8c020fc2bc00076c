"""OpenAI's Responses: `items` are what a response is made of, `encoding` makes them, `numbering` counts its events.

Shapes after `openai-python`'s `types/responses`. A response is the part of a turn up to where somebody outside has to
answer; with their answers the next response of the same turn begins.
"""
