"""Every query of this module."""
