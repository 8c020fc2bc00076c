"""Texts to vectors: the port, the model that comes along, endpoints that speak OpenAI's embeddings.

Nothing here is imported at start but `port`: numpy and onnxruntime come with the first embedding.
"""
