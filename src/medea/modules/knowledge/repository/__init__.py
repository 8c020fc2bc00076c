"""Every query of this module, by what it is about."""
