"""What the installation says about itself while it runs."""
