"""How well and how fast knowledge is searched: `make bench-retrieval`."""
