"""Use cases: setting budgets, setting aside and settling, warning."""
