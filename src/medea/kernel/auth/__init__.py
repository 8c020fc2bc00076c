"""Who asks, and how we know: principals, scopes, tokens, passwords, encryption at rest."""
