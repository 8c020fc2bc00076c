"""Event streams in PostgreSQL: append with an expected version, ordered gap-free reading, upcasters.

The table belongs to the module that uses it (`columns_sql` says what it needs); the application role may
read and insert, never change or delete.
"""
