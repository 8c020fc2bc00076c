"""What a process tells whoever watches it: `/metrics`, and beside a worker or relay a small server for it."""
