"""PostgreSQL: pools per role, transactions bound to a tenant, schema and paging.

Invariant: every transaction of `medea_app` starts by binding a tenant; without one row-level security
shows no tenant's rows.
"""
