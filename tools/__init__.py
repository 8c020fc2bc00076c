"""What the Makefile calls before Medea itself can run: standard library only."""
