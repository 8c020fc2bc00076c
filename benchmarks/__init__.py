"""Benchmarks: what a token, a turn and a stream cost, beside a bare relay measured in the same run.

`make bench` (or `python -m benchmarks [--quick] [--only cpu,turns]`) starts a fake model, a bare FastAPI
relay and a real `medea up`, puts load on them from a process of its own, and prints one table. Nothing
here is imported by the product or by a test. See `docs/benchmarks.md`.
"""
