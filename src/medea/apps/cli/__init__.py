"""The command line `medea`. What takes long to import is imported by the command that needs it."""
