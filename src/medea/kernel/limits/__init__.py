"""Rate limits: a port, in the memory of one process or in Redis for all of them."""
