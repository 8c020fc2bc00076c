"""OAuth 2.1 towards MCP servers: who issues tokens for one, getting one with a person's consent, and renewing it.

The authorization part of the protocol's version of November 2025, with what older servers still need: protected
resource metadata (RFC 9728), authorization server metadata (RFC 8414), dynamic registration (RFC 7591) or a client id
that is the address of a document, PKCE (RFC 7636), resource indicators (RFC 8707), the issuer in the answer (RFC 9207).
`flow` has the three steps, `discovery` finds the addresses, `exchange` speaks to them; what is kept between the steps
is in `values`, which alone does not import the SDK. Unlike the SDK's own provider, which waits for the person within
one request, each step can run in another process.
"""
