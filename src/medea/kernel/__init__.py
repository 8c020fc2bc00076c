"""What every feature stands on and none of them owns.

The kernel knows no feature: it could be lifted into another product. It holds the ports (database, bus,
streams, models, mail, ...) and their adapters; only here are drivers and providers known by name.
"""
