"""MCP servers that tenants connected, below the use cases.

`values` (what a server and its tools are), `repository` (their SQL), `naming` (what models call the tools),
`remembering` (what is cached), `grants` (tokens, and the one who renews them), `connecting` (where a server is and as
whom it is asked), `health` (how it is), `calling` (one call).
"""
