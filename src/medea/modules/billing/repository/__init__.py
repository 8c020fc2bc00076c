"""Every query of this module: budgets themselves, what counts against them, which warnings went out."""
