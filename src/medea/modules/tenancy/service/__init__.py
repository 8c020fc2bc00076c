"""Use cases of tenancy, one file per subject."""
