"""Searching: one statement finds candidates by words and vectors, Python puts the best in order.

`searching` is the use case, `statements` the SQL, `features` what is measured of a candidate, `ranking` the order,
`expanding` adds neighbours to passages for an answer.
"""
