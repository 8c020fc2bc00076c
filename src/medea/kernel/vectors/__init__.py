"""Stores that find the nearest vectors, beside PostgreSQL: a port, Qdrant, Weaviate and Pinecone.

What PostgreSQL holds is the truth; a store is a copy of it that is quick to search, and can be made again at any time.
"""
