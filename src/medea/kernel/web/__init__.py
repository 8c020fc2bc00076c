"""The only kernel folder that knows FastAPI: routes, credentials at the edge, problems, lists, streams."""
