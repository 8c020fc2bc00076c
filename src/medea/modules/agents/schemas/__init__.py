"""Wire types of agents. Incoming text is bounded and storable; null clears a field, absence leaves it."""
