"""Egress: what a company's work asked of the outbound door, and what the door refused.

Owns no table's writing: the kernel notes each call (`medea.kernel.outbound.ledger`) and forgets it after some days.
Here it is read.

Invariants: host, port, method and outcome are shown; no path, query, header or body was ever noted.
"""
