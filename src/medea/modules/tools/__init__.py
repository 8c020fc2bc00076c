"""Tools: what agents can do besides talk.

Owns the built-in tools, the tools that tenants define themselves (requests to their own servers) with their secrets,
the MCP servers that they connect with the tools of these, and the forms that visitors filled in. Beside the usual
files: `values` (what a tool is), `validation` (arguments against their JSON Schema), `arithmetic` (the calculator),
`builtin` (the tools that need no definition), `pages` (web pages as text), `webhooks` (calling a tenant's server),
`hosts` (their names), `masking` (no secret in what it answers), `vault` (their secrets), `openapi` (tools out of a
document), `caches` (what is remembered), `headers` (that a request may carry), `mcp` (servers that tenants
connected).

Invariants: a tool is only ever called with arguments that fit its schema; every request goes through the outbound
door; a secret leaves the vault only into such a request, and only to the hosts that it is bound to.

Announces `tools.lead_captured`.
"""
