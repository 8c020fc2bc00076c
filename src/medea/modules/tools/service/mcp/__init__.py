"""Use cases of MCP servers: `servers`, `listing` what they offer, `tools`, `authorizing`, `detecting`, `tending`."""
