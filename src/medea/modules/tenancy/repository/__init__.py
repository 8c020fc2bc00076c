"""Every query of tenancy: `across` as medea_system, the others inside the bound company."""
