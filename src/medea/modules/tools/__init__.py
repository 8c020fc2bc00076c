"""Tools: what agents can do besides talk."""
