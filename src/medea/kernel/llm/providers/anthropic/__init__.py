"""Endpoints that speak Anthropic's Messages: Anthropic itself, and the many that take its dialect.

`events` turns payloads into typed events, `answer` follows one whole answer, `endpoint` writes requests and learns
what a model takes, `requests` holds the pure rules of Anthropic's message list, `messages` adds the network.
"""
