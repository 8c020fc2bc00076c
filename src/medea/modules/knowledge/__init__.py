"""Knowledge: documents that tenants bring, cut into chunks, searched by words and by meaning.

Beside the house's files: `values` is what travels between its parts.
"""
