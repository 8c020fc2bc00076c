"""Wire types of tenancy."""
