"""What runs: the API, the worker, the command line; and the one place that builds and wires."""
