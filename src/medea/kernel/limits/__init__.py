"""Rate limits: a port and its in-process implementation."""
