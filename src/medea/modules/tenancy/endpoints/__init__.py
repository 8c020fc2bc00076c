"""Tenancy over HTTP, one file per subject; `routers` gathers them."""
