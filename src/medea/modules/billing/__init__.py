"""Billing: budgets that bound what a company's agents may spend, in money and tokens.

Owns `budgets`, what was spent and set aside of them (`budget_counters`, `budget_reservations`) and which warnings
went out (`budget_notices`). A budget bounds the whole company, one agent, or each end user, by day or month in
UTC; all that apply to a call must have room for it.

Invariants: what is spent and set aside never exceeds a limit when something is set aside, however many ask at
once; it can only come to exceed it by what a call used beyond its estimate. Settling and releasing a reservation
twice is doing it once. Where no budget applies no statement is sent.

Beside the usual files: `periods` (days and months), `caches` (what is remembered in process).

Events: `billing.budget_created`, `budget_changed`, `budget_deleted`, `budget_nearly_spent`, `budget_exhausted`.
"""
