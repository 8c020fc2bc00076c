"""Billing: budgets that bound what a tenant's agents may spend."""
