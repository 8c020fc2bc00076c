"""The HTTP application: all routers, the pages, health and metrics."""
